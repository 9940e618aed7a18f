package dev.getj.solver;

/**
 * f, one sample at a time, in plain Java; for {@link HostMap}. For solving, {@link #value} alone
 * will do, so a lambda can be one of these; gradients need the others too.
 */
@FunctionalInterface
public interface HostFunction {
    /**
     * Writes f(z).
     *
     * @param sample which sample of the batch, from 0
     * @param z its state, flat
     * @param next receives f(z), as long as {@code z}; holds zeros before
     */
    void value(int sample, double[] z, double[] next);

    /**
     * Writes {@code vᵀ ∂f/∂z} at z.
     *
     * @param next f(z), as {@link #value} computed it
     * @param cotangent v
     * @param product receives the result; holds zeros before
     */
    default void pullBack(
            int sample, double[] z, double[] next, double[] cotangent, double[] product) {
        throw new UnsupportedOperationException(
                "a gradient needs HostFunction.pullBack, which this function does not have");
    }

    /**
     * Adds {@code vᵀ ∂f/∂θ} at z to the gradients of whatever else f depends on. Samples come in
     * order, on one thread.
     *
     * @param next f(z), as {@link #value} computed it
     * @param cotangent v
     */
    default void accumulate(int sample, double[] z, double[] next, double[] cotangent) {
        throw new UnsupportedOperationException(
                "a gradient needs HostFunction.accumulate, which this function does not have");
    }
}
