package dev.getj.kernels.device;

import dev.getj.kernels.Backend;
import dev.getj.kernels.jvm.JvmBackend;
import dev.getj.kernels.reference.ReferenceBackend;

/** Makes the backend that this Java machine can run. */
public final class Backends {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private Backends() {}

    /**
     * The JVM backend. Where Java was started without its Vector API module, the scalar reference
     * kernels instead, after a warning in the log.
     *
     * @param threads how many threads work on a launch, the caller's included
     * @throws IllegalArgumentException if {@code threads} is below 1
     */
    public static Backend jvm(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread is needed, not " + threads);
        }
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()) {
            return new JvmBackend(threads);
        }
        System.Logger log = System.getLogger(Backends.class.getName());
        log.log(
                System.Logger.Level.WARNING,
                "Java runs without its Vector API, so the scalar reference kernels are used,"
                        + " which are much slower; start it with --add-modules "
                        + VECTOR_MODULE);
        return new ReferenceBackend();
    }
}
