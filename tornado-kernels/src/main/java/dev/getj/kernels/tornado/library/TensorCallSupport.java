package dev.getj.kernels.tornado.library;

/** Found by {@link java.util.ServiceLoader} where there is a provider for {@link TensorCall}s. */
public interface TensorCallSupport {
    /** True if TornadoVM finds the provider, too. */
    boolean found();
}
