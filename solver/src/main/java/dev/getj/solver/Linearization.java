package dev.getj.solver;

import dev.getj.kernels.tensor.Tensor;

/**
 * One evaluation of a {@link DifferentiableMap} and its derivative there. A vector-Jacobian product
 * is computed in place: the tensor {@code gradient} that the linearization was made with holds v
 * before and vᵀ ∂f/∂z after. So the backward pass over a chain of evaluations needs one such tensor
 * and no copies.
 */
public interface Linearization {
    /** f(z), [B, …], overwritten by {@link #evaluate}; belongs to this linearization alone. */
    Tensor next();

    /** Computes {@code next = f(z)} and saves what the derivative needs. */
    void evaluate();

    /**
     * Prepares what computes {@code gradient ← gradientᵀ ∂f/∂z} at the last evaluation: prepared
     * once, run as often as wanted while z is unchanged.
     */
    Runnable pullBack();

    /**
     * Like {@link #pullBack}; it also adds {@code vᵀ ∂f/∂θ} to the gradients of everything else
     * that f depends on: parameters, inputs. The map's maker knows where those lie, and clears
     * them.
     */
    Runnable pullBackAll();
}
