package dev.getj.model;

import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.Equilibrium;
import dev.getj.solver.JacobianPenalty;
import dev.getj.solver.Statistics;

import java.util.List;

/** What lies between the injection transformer and the losses, and its backward pass. */
sealed interface Trajectory {
    /** A ViT: the state that leaves the blocks is decoded. */
    record Direct(Tensor d, Program clear, List<Program> losses) implements Trajectory {}

    /**
     * A GET: from z₀ to the equilibrium with its supervised states, whose losses the backward pass
     * of the {@link Equilibrium} computes.
     */
    record Solved(Equilibrium equilibrium, Penalty penalty) implements Trajectory {}

    /** Whether the objective has a Jacobian penalty. */
    sealed interface Penalty {
        /** It has none. */
        record None() implements Penalty {}

        /** It has one, with factor γ. */
        record Weighted(JacobianPenalty jacobian, double weight) implements Penalty {}
    }

    /** What the last run saw: solves and adjoint solves slice by slice, and the penalty. */
    record Seen(List<Statistics> solves, List<Statistics> adjointSolves, double penalty) {
        static final Seen NOTHING = new Seen(List.of(), List.of(), 0);
    }
}
