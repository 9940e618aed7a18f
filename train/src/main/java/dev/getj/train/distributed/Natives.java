package dev.getj.train.distributed;

import dev.getj.io.GetjException;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Functions of a native library that return 0, or the code of an error.
 *
 * @param name of the file
 * @param symbols in it
 */
record Natives(String name, SymbolLookup symbols) {
    /**
     * Loads a library.
     *
     * @param remedy what to do if it is not there
     * @throws GetjException saying so
     */
    static Natives load(String name, String remedy) {
        try {
            return new Natives(name, SymbolLookup.libraryLookup(name, Arena.global()));
        } catch (IllegalArgumentException absent) {
            throw new GetjException("%s cannot be loaded: %s".formatted(name, remedy), absent);
        }
    }

    /**
     * @throws GetjException if the library has none of this name: it is too old
     */
    MemorySegment symbol(String symbol) {
        return symbols.find(symbol)
                .orElseThrow(
                        () ->
                                new GetjException(
                                        "%s has no %s: a newer version is needed"
                                                .formatted(name, symbol)));
    }

    MethodHandle function(String symbol, MemoryLayout... arguments) {
        return Linker.nativeLinker()
                .downcallHandle(
                        symbol(symbol), FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    /** A call of such a function. */
    interface Call {
        int make() throws Throwable;
    }

    /** The code that a call returns. */
    static int code(Call call) {
        try {
            return call.make();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
