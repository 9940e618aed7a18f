package dev.getj.kernels.cublas;

import dev.getj.kernels.ProductLibrary;

import java.lang.foreign.SymbolLookup;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Whether cuBLASLt is here, and in which version. */
public final class CublasLibrary implements ProductLibrary {
    static final String NAME = "cuBLASLt";

    /** The first with kernels for Hopper. */
    private static final long OLDEST = 12_00_00;

    private static final String INSTALL =
            "install cuBLAS of CUDA 13 or 12 (apt install libcublas-13-0, or 'pip install"
                    + " nvidia-cublas' and "
                    + CublasFiles.VARIABLE
                    + "=…/libcublasLt.so.13), or use --products java";

    private final Function<Map<String, String>, Optional<Long>> versions;
    private final boolean onModulePath;

    /** Looks in this environment. */
    public CublasLibrary() {
        this(
                environment -> CublasFiles.find(environment).map(CublasLibrary::version),
                CublasLibrary.class.getModule().isNamed());
    }

    /**
     * @param versions finds the library and asks it
     */
    CublasLibrary(Function<Map<String, String>, Optional<Long>> versions, boolean onModulePath) {
        this.versions = versions;
        this.onModulePath = onModulePath;
    }

    private static long version(SymbolLookup library) {
        return CublasLtNative.version(library);
    }

    @Override
    public State look() {
        if (onModulePath) {
            return new Missing(
                    "TornadoVM does not find getj-cublas on the module path",
                    "put it on the class path, or use --products java");
        }
        Optional<Long> version = versions.apply(System.getenv());
        if (version.isEmpty()) {
            return new Missing(NAME + " is not installed", INSTALL);
        }
        String text = text(version.get());
        return version.get() < OLDEST
                ? new Missing(
                        "%s is of version %s, and 12.0 or newer is needed".formatted(NAME, text),
                        INSTALL)
                : new Found(NAME, text);
    }

    // 12.3.4 is 120304
    private static String text(long version) {
        return "%s.%s.%s".formatted(version / 10000, version / 100 % 100, version % 100);
    }
}
