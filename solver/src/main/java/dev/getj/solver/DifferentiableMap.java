package dev.getj.solver;

/** A map f(z; θ) whose derivatives can be applied: what gradients through an equilibrium need. */
public interface DifferentiableMap extends FixedPointMap {
    /**
     * A new place for one evaluation that is to be differentiated, with memory of its own: as many
     * as there are evaluations to be remembered at a time.
     */
    Linearization linearization();
}
