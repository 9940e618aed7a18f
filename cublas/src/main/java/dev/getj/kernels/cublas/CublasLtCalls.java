package dev.getj.kernels.cublas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.getj.kernels.DeviceException;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.HashMap;
import java.util.Map;

/** The functions of cuBLASLt that getj calls; each but the version returns a status. */
final class CublasLtCalls {
    /** Codes of cublasStatus_t; in order, as far as they are told apart. */
    private static final Map<Integer, String> STATUS =
            Map.of(
                    1, "the library is not initialised",
                    3, "out of memory",
                    7, "a value that it does not take",
                    8, "the device is too old",
                    13, "the kernel failed",
                    14, "an internal error",
                    15, "not supported");

    private static final String VERSION = "cublasLtGetVersion";

    private static final MethodType SPREAD = MethodType.methodType(Object.class, Object[].class);

    private final Map<String, MethodHandle> functions = new HashMap<>();

    CublasLtCalls(SymbolLookup library) {
        Linker linker = Linker.nativeLinker();
        add(linker, library, "cublasLtCreate", ADDRESS);
        add(linker, library, "cublasLtDestroy", ADDRESS);
        add(linker, library, "cublasLtMatmulDescCreate", ADDRESS, JAVA_INT, JAVA_INT);
        add(linker, library, "cublasLtMatmulDescDestroy", ADDRESS);
        add(
                linker,
                library,
                "cublasLtMatmulDescSetAttribute",
                ADDRESS,
                JAVA_INT,
                ADDRESS,
                JAVA_LONG);
        add(
                linker,
                library,
                "cublasLtMatrixLayoutCreate",
                ADDRESS,
                JAVA_INT,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG);
        add(linker, library, "cublasLtMatrixLayoutDestroy", ADDRESS);
        add(linker, library, "cublasLtMatmulPreferenceCreate", ADDRESS);
        add(linker, library, "cublasLtMatmulPreferenceDestroy", ADDRESS);
        add(
                linker,
                library,
                "cublasLtMatmulPreferenceSetAttribute",
                ADDRESS,
                JAVA_INT,
                ADDRESS,
                JAVA_LONG);
        add(
                linker,
                library,
                "cublasLtMatmulAlgoGetHeuristic",
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                JAVA_INT,
                ADDRESS,
                ADDRESS);
        add(
                linker,
                library,
                "cublasLtMatmul",
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                JAVA_LONG,
                ADDRESS);
        put(linker, library, VERSION, FunctionDescriptor.of(JAVA_LONG));
    }

    private void add(Linker linker, SymbolLookup library, String name, MemoryLayout... arguments) {
        put(linker, library, name, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private void put(Linker linker, SymbolLookup library, String name, FunctionDescriptor type) {
        int arguments = type.argumentLayouts().size();
        MethodHandle function = linker.downcallHandle(find(library, name), type);
        functions.put(name, function.asSpreader(Object[].class, arguments).asType(SPREAD));
    }

    private static MemorySegment find(SymbolLookup library, String name) {
        return library.find(name)
                .orElseThrow(
                        () ->
                                new DeviceException(
                                        "cuBLASLt has no %s: install another version, or use"
                                                        .formatted(name)
                                                + " --products java"));
    }

    /**
     * Calls a function.
     *
     * @throws DeviceException if it does not succeed
     */
    void call(String name, Object... arguments) {
        int status = (int) invoke(name, arguments);
        if (status != 0) {
            throw new DeviceException(
                    "%s: status %s, %s"
                            .formatted(name, status, STATUS.getOrDefault(status, "unknown")));
        }
    }

    /** 12.3.4 is 120304. */
    long version() {
        return (long) invoke(VERSION);
    }

    private Object invoke(String name, Object... arguments) {
        try {
            return (Object) functions.get(name).invokeExact(arguments);
        } catch (Error e) {
            throw e;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }
}
