package dev.getj.model;

import dev.getj.kernels.Tensor;
import dev.getj.solver.Statistics;

import java.util.List;

/** From z₀ to the equilibrium with its supervised states, and back to the injection. */
sealed interface Trajectory permits UnrolledTrajectory, SolvedTrajectory {
    /** The last state, [B, N, D]. */
    Tensor last();

    /** From what {@code start} holds. */
    void forward();

    /** Decodes, measures losses, and adds up the gradients of parameters and injections. */
    void backward();

    /** What the solves of the last {@link #forward} saw. */
    default List<Statistics> solves() {
        return List.of();
    }

    /** What the adjoint solves of the last {@link #backward} saw. */
    default List<Statistics> adjointSolves() {
        return List.of();
    }
}
