package dev.getj.model;

import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;
import dev.getj.solver.Equilibrium;
import dev.getj.solver.Statistics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Through a solver and the gradient of its solution, by {@link Equilibrium}. */
final class SolvedTrajectory implements Trajectory {
    private final Equilibrium equilibrium;
    private final Program begin;
    private final List<Program> losses = new ArrayList<>();
    private List<Statistics> solves = List.of();
    private List<Statistics> adjointSolves = List.of();

    /**
     * @param start z₀, [B, N, D]
     */
    SolvedTrajectory(EquilibriumMap map, Objective objective, DecodedLosses decoded, Tensor start) {
        equilibrium =
                new Equilibrium(
                        map, Collections.nCopies(objective.slices(), objective.gradient().slice()));
        begin = map.backend().record("begin", k -> k.copy(start, map.state()));
        // last to first, the order in which unrolling in place adds up the decoder's gradients
        for (int i = equilibrium.states().size() - 1; i >= 0; i--) {
            Tensor cotangent = equilibrium.cotangents().get(i);
            losses.add(map.backend().record("clear cotangent", k -> k.fill(0, cotangent)));
            losses.addAll(decoded.record(i, equilibrium.states().get(i), cotangent));
        }
    }

    @Override
    public Tensor last() {
        return equilibrium.states().getLast();
    }

    @Override
    public void forward() {
        begin.run();
        solves = equilibrium.forward();
    }

    @Override
    public void backward() {
        losses.forEach(Program::run);
        adjointSolves = equilibrium.backward();
    }

    @Override
    public List<Statistics> solves() {
        return solves;
    }

    @Override
    public List<Statistics> adjointSolves() {
        return adjointSolves;
    }
}
