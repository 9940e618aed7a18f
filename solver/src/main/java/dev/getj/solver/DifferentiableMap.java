package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.tensor.Tensor;

/**
 * A map f(z; θ) whose derivatives can be applied: what gradients through an equilibrium need. It
 * holds no memory for evaluations itself; each {@link #evaluation} and {@link #linearization} has
 * its own.
 */
public interface DifferentiableMap {
    Backend backend();

    /** z₀, [B, …]: where an {@link Equilibrium} starts. It is read and never written there. */
    Tensor state();

    /**
     * f alone, as a solver evaluates it, saving nothing for a backward pass. A new map whose
     * tensors are not {@link #state}.
     */
    FixedPointMap evaluation();

    /**
     * A new place for one evaluation that is to be differentiated, with memory for what its
     * backward pass needs: as many as there are evaluations to be remembered at a time.
     *
     * @param z where f is evaluated, [B, …]: read, never written
     * @param gradient [B, …]: see {@link Linearization#pullBack}; linearizations may share it
     */
    Linearization linearization(Tensor z, Tensor gradient);
}
