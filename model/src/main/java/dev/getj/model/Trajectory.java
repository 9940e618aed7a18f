package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.Equilibrium;
import dev.getj.solver.GradientSteps;
import dev.getj.solver.JacobianPenalty;
import dev.getj.solver.StateLoss;
import dev.getj.solver.Statistics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** From noise through the stages of a network to its losses, and back. */
sealed interface Trajectory {
    Trunk.Pass<Output.Saved> trunk();

    /** z₀ of a GET that begins at noise, for the caller to fill, [B, N, D]. */
    Optional<Tensor> start();

    /** Forward and backward; the gradients of the batch before are overwritten. */
    Seen run(long seed, long first);

    /** What a run saw: solves and adjoint solves slice by slice, and the Jacobian penalty. */
    record Seen(List<Statistics> solves, List<Statistics> adjointSolves, double penalty) {
        static final Seen NOTHING = new Seen(List.of(), List.of(), 0);
    }

    /** A ViT: the state that leaves the blocks is decoded. */
    record Direct(Trunk.Pass<Output.Saved> trunk, List<Program> programs) implements Trajectory {
        static Direct of(Network.Vit vit, TrainingWorkspace workspace, DecodedLosses losses) {
            Space space = workspace.space();
            Backend backend = space.backend();
            Optional<Tensor> c = space.classes();
            Optional<Tensor> dC = space.classes();
            Tensor d = space.state();
            Trunk.Pass<Output.Saved> trunk = new Trunk.Pass<>(vit.trunk(), space, c, workspace);
            List<Program> programs = new ArrayList<>();
            programs.add(
                    backend.record(
                            "clear gradients",
                            k -> {
                                k.fill(0, workspace.gradients().flat());
                                dC.ifPresent(gradient -> k.fill(0, gradient));
                                k.fill(0, d);
                            }));
            programs.addAll(trunk.forward(1));
            programs.addAll(losses.record(0, trunk.h(), d));
            programs.addAll(Trunk.backward(trunk, workspace, dC, d));
            return new Direct(trunk, programs);
        }

        @Override
        public Optional<Tensor> start() {
            return Optional.empty();
        }

        @Override
        public Seen run(long seed, long first) {
            programs.forEach(Program::run);
            return Seen.NOTHING;
        }
    }

    /**
     * A GET: from z₀ to the equilibrium with its supervised states, whose losses the backward pass
     * of the {@link Equilibrium} computes.
     */
    record Solved(
            EquilibriumMap map,
            Optional<WarmUp> warmUp,
            Equilibrium equilibrium,
            Optional<JacobianPenalty> penalty,
            double penaltyWeight,
            Program clear,
            List<Program> injectBackward)
            implements Trajectory {
        static Solved of(
                Network.Get get,
                TrainingWorkspace workspace,
                DecodedLosses losses,
                Objective objective) {
            Space space = workspace.space();
            EquilibriumMap map = new EquilibriumMap(get, workspace);
            Equilibrium equilibrium =
                    new Equilibrium(
                            map,
                            Collections.nCopies(objective.slices(), objective.gradient().slice()),
                            loss(space, losses, objective));
            Tensor last = equilibrium.states().getLast();
            Optional<WarmUp> warmUp =
                    objective.gradient() instanceof Estimator.Truncated truncated
                            ? Optional.of(new WarmUp(map, truncated))
                            : Optional.empty();
            return new Solved(
                    map,
                    warmUp,
                    equilibrium,
                    objective.jacobianPenalty() > 0
                            ? Optional.of(JacobianPenalty.prepare(map, last))
                            : Optional.empty(),
                    objective.jacobianPenalty(),
                    space.backend()
                            .record(
                                    "clear gradients",
                                    k -> {
                                        k.fill(0, workspace.gradients().flat());
                                        map.clear(k);
                                    }),
                    map.injectBackward(
                            equilibrium.gradient(),
                            objective.gradient() instanceof Estimator.Unrolled));
        }

        // The losses of stored steps without damping add their gradients in place. The others round
        // each gradient before it is added: that keeps the bits of runs that were begun that way.
        private static StateLoss loss(Space space, DecodedLosses losses, Objective objective) {
            boolean inPlace =
                    switch (objective.gradient()) {
                        case Estimator.Unrolled steps ->
                                objective.slices() == 1
                                        && steps.memory() == GradientSteps.Memory.STORE;
                        case Estimator.Truncated _ -> true;
                        case Estimator.Phantom _ -> false;
                        case Estimator.Implicit _ -> true;
                    };
            return inPlace ? losses : losses.separately(space.state());
        }

        @Override
        public Trunk.Pass<Output.Saved> trunk() {
            return map.trunk();
        }

        @Override
        public Optional<Tensor> start() {
            return map.drawn();
        }

        @Override
        public Seen run(long seed, long first) {
            map.inject();
            warmUp.ifPresent(steps -> steps.run(seed));
            List<Statistics> solves = equilibrium.forward();
            clear.run();
            List<Statistics> adjointSolves = equilibrium.backward();
            double estimate = penalty.map(each -> each.estimate(seed, first)).orElse(0.0);
            penalty.ifPresent(each -> each.accumulate(penaltyWeight));
            injectBackward.forEach(Program::run);
            return new Seen(solves, adjointSolves, estimate);
        }
    }
}
