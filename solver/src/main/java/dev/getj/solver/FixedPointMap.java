package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Tensor;

/** A map f whose fixed point is wanted, as a computation between two tensors of a backend. */
public interface FixedPointMap {
    Backend backend();

    /** z, the argument, [B, …]. Holds the start when a solve begins; the solver overwrites it. */
    Tensor state();

    /** f(z), same shape, overwritten by {@link #apply}. */
    Tensor next();

    /** Computes {@code next = f(state)}. */
    void apply();
}
