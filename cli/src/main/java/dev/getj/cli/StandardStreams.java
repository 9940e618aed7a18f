package dev.getj.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Gives Java the real standard streams, in whose places the launcher starts it with filters. Does
 * nothing where the launcher has not asked for it.
 */
final class StandardStreams {
    private StandardStreams() {}

    /**
     * Standard output, or the descriptor that {@code GETJ_STDOUT} names: TornadoVM's native
     * libraries write to standard output, which then is a way to standard error.
     */
    static PrintStream output() {
        String descriptor = System.getenv("GETJ_STDOUT");
        if (descriptor == null) {
            return System.out;
        }
        try {
            return new PrintStream(new Descriptor(Integer.parseInt(descriptor)), true);
        } catch (NumberFormatException | UnsupportedOperationException unavailable) {
            // The result still reaches the user, only with what libraries print around it.
            return System.out;
        }
    }

    /**
     * Makes the descriptor that {@code GETJ_STDERR} names standard error again. The filter in its
     * place drops the line about incubator modules that Java prints before {@code main}.
     */
    static void restoreError() {
        String descriptor = System.getenv("GETJ_STDERR");
        if (descriptor == null) {
            return;
        }
        try {
            int real = Integer.parseInt(descriptor);
            var dup2 =
                    function(
                            "dup2",
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT));
            int ignored = (int) dup2.invokeExact(real, 2);
        } catch (Throwable unavailable) {
            // Everything still reaches the user, only through the filter.
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor types) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), types);
    }

    /**
     * Writes to an open descriptor. Opening its path instead would write at a place of its own
     * where it is a file, over what others write there.
     */
    private static final class Descriptor extends OutputStream {
        private final int descriptor;
        private final MethodHandle write =
                function(
                        "write",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG));

        Descriptor(int descriptor) {
            this.descriptor = descriptor;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment rest = arena.allocate(length);
                MemorySegment.copy(bytes, offset, rest, ValueLayout.JAVA_BYTE, 0, length);
                while (rest.byteSize() > 0) {
                    rest = rest.asSlice(written(rest));
                }
            }
        }

        private long written(MemorySegment bytes) throws IOException {
            long count;
            try {
                count = (long) write.invokeExact(descriptor, bytes, bytes.byteSize());
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
            if (count < 0) {
                throw new IOException("cannot write to descriptor " + descriptor);
            }
            return count;
        }
    }
}
