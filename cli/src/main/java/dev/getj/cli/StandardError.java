package dev.getj.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/**
 * Gives Java the real standard error back. The launcher starts it with a filter in that place, to
 * drop the line about incubator modules that Java prints before {@code main}, and passes the real
 * one as another descriptor, named in {@code GETJ_STDERR}.
 */
final class StandardError {
    private StandardError() {}

    /** Does nothing unless the launcher asked for it. */
    static void restore() {
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
