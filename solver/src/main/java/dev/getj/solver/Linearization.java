package dev.getj.solver;

import dev.getj.kernels.Tensor;

/**
 * One evaluation of a {@link DifferentiableMap} and its derivative there. All tensors are [B, …] as
 * the map's state and belong to this linearization alone.
 */
public interface Linearization {
    /** z, where f is evaluated: filled by the caller, left as it is by all methods. */
    Tensor state();

    /** f(z), overwritten by {@link #evaluate}. */
    Tensor next();

    /** The vector v of a product: filled by the caller, left as it is by all methods. */
    Tensor cotangent();

    /** vᵀ ∂f/∂z, overwritten by {@link #pullBack} and {@link #pullBackAll}. */
    Tensor product();

    /** Computes {@code next = f(state)} and keeps what the derivative needs. */
    void evaluate();

    /** Computes {@code product = vᵀ ∂f/∂z} at the last evaluation, as often as wanted. */
    void pullBack();

    /**
     * Like {@link #pullBack}, and adds {@code vᵀ ∂f/∂θ} to the gradients of everything else that f
     * depends on: parameters, inputs. The map's maker knows where those lie, and clears them.
     */
    void pullBackAll();
}
