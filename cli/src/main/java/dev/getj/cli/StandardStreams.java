package dev.getj.cli;

import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

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
            return new PrintStream(new FileOutputStream("/dev/fd/" + descriptor, true), true);
        } catch (FileNotFoundException unavailable) {
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
            Linker linker = Linker.nativeLinker();
            var dup2 =
                    linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("dup2"),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT));
            int ignored = (int) dup2.invokeExact(real, 2);
        } catch (Throwable unavailable) {
            // Everything still reaches the user, only through the filter.
        }
    }
}
