package dev.getj.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Map;

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
    static OutputStream output() {
        OutputStream usual = new FileOutputStream(FileDescriptor.out);
        String descriptor = System.getenv("GETJ_STDOUT");
        if (descriptor == null) {
            return usual;
        }
        try {
            return new Descriptor(Integer.parseInt(descriptor));
        } catch (NumberFormatException | UnsupportedOperationException unavailable) {
            // The result still reaches the user, only with what libraries print around it.
            return usual;
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

    private static MethodHandle function(
            String name, FunctionDescriptor types, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), types, options);
    }

    /**
     * Writes to an open descriptor. Opening its path instead would write at a place of its own
     * where it is a file, over what others write there.
     */
    private static final class Descriptor extends OutputStream {
        private static final StructLayout STATE = Linker.Option.captureStateLayout();
        private static final VarHandle ERRNO =
                STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

        /** These numbers are the same on all systems that have them. */
        private static final Map<Integer, String> ERRORS =
                Map.of(
                        4, "Interrupted system call",
                        5, "Input/output error",
                        9, "Bad file descriptor",
                        28, "No space left on device",
                        32, "Broken pipe");

        private final int descriptor;
        private final MethodHandle write =
                function(
                        "write",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG),
                        Linker.Option.captureCallState("errno"));

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
                MemorySegment state = arena.allocate(STATE);
                MemorySegment rest = arena.allocate(length);
                MemorySegment.copy(bytes, offset, rest, ValueLayout.JAVA_BYTE, 0, length);
                while (rest.byteSize() > 0) {
                    rest = rest.asSlice(written(state, rest));
                }
            }
        }

        private long written(MemorySegment state, MemorySegment bytes) throws IOException {
            long count;
            try {
                count = (long) write.invokeExact(state, descriptor, bytes, bytes.byteSize());
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
            if (count < 0) {
                int error = (int) ERRNO.get(state, 0L);
                throw new IOException(ERRORS.getOrDefault(error, "error " + error));
            }
            return count;
        }
    }
}
