package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.Equilibrium;
import dev.getj.solver.GradientSteps;
import dev.getj.solver.JacobianPenalty;
import dev.getj.solver.StateLoss;
import dev.getj.solver.Statistics;

import java.util.Collections;
import java.util.List;

/**
 * Loss and gradient of a network on batches of one size: inject, go to the equilibrium from z₀,
 * decode the supervised states, and go back through all of it.
 *
 * <pre>
 * noise → embed → blocks → h → u
 *                              ↓ (to every application of f)
 *                   z₀ → f → z₁ → f → z₂ … → z_k
 *                        ↓         ↓           ↓
 *                      loss₁     loss₂       loss_k
 * </pre>
 *
 * With {@code recompute}, only the inputs of the blocks are kept and a block's activations are
 * computed again in its backward, see {@link BlockApplications}.
 */
public final class TrainingPass {
    private final InjectionPass injection;
    private final DecodedLosses decoded;
    private final Trajectory trajectory;
    private final Tensor start;
    private final Program clear;
    private final List<Program> injectionBackward;
    private final double penaltyWeight;
    private Trajectory.Seen seen = Trajectory.Seen.NOTHING;

    /**
     * @param gradients receives the gradient of each batch, overwritten by {@link #run}
     * @param recompute trade time for memory
     */
    public TrainingPass(
            Network network,
            Parameters gradients,
            Objective objective,
            int batch,
            boolean recompute) {
        ModelConfig config = network.config();
        Backend backend = network.backend();
        BlockApplications blocks = new BlockApplications(network, gradients, batch, recompute);
        injection = new InjectionPass(network, blocks, gradients, batch);
        double[] weights = config.equilibrium() ? objective.weights() : new double[] {1};
        decoded = new DecodedLosses(network, gradients, objective.loss(), weights, batch);
        Tensor d;
        if (config.equilibrium()) {
            EquilibriumMap map = new EquilibriumMap(network, blocks, injection, batch);
            start = map.state();
            Equilibrium equilibrium =
                    new Equilibrium(
                            map,
                            Collections.nCopies(objective.slices(), objective.gradient().slice()),
                            loss(backend, objective, map));
            Tensor last = equilibrium.states().getLast();
            penaltyWeight = objective.jacobianPenalty();
            trajectory =
                    new Trajectory.Solved(
                            equilibrium,
                            penaltyWeight > 0
                                    ? new Trajectory.Penalty.Weighted(
                                            JacobianPenalty.prepare(map, last), penaltyWeight)
                                    : new Trajectory.Penalty.None());
            d = equilibrium.gradient();
        } else {
            start = network.allocateState(batch);
            d = network.allocateState(batch);
            penaltyWeight = 0;
            trajectory =
                    new Trajectory.Direct(
                            d,
                            backend.record("clear state gradient", k -> k.fill(0, d)),
                            decoded.record(0, injection.h(), d));
        }
        clear =
                backend.record(
                        "clear gradients",
                        k -> {
                            k.fill(0, gradients.flat());
                            injection.clear(k);
                        });
        injectionBackward = injection.recordBackward(d);
    }

    // The losses of stored steps without damping add their gradients in place. The others round
    // each gradient before it is added: that keeps the bits of runs that were begun that way.
    private StateLoss loss(Backend backend, Objective objective, EquilibriumMap map) {
        boolean inPlace =
                switch (objective.gradient()) {
                    case Estimator.Unrolled steps ->
                            objective.slices() == 1 && steps.memory() == GradientSteps.Memory.STORE;
                    case Estimator.Phantom _ -> false;
                    case Estimator.Implicit _ -> true;
                };
        return inPlace ? decoded : decoded.separately(backend.allocate(map.state().shape()));
    }

    /** Input noise, [B, C, S, S]. */
    public Tensor noise() {
        return injection.noise();
    }

    /** The teacher's images, [B, C, S, S]. */
    public Tensor target() {
        return decoded.target();
    }

    /** Class labels, [B]; not read by an unconditional network. */
    public IntTensor labels() {
        return injection.labels();
    }

    /** z₀, [B, N, D]; not read by a ViT. */
    public Tensor start() {
        return start;
    }

    /** The decoded image of supervised state {@code k}, [B, C, S, S]. */
    public Tensor image(int k) {
        return decoded.image(k);
    }

    /** As {@link #run(long)}, with the random vectors of seed 0. */
    public void run() {
        run(0);
    }

    /**
     * Computes losses and gradients of the batch that the input tensors hold.
     *
     * @param seed of the random vectors of the Jacobian penalty, read only if there is one
     */
    public void run(long seed) {
        injection.forward().forEach(Program::run);
        seen =
                switch (trajectory) {
                    case Trajectory.Direct vit -> run(vit);
                    case Trajectory.Solved get -> run(get, seed);
                };
        injectionBackward.forEach(Program::run);
    }

    private Trajectory.Seen run(Trajectory.Direct vit) {
        clear.run();
        vit.clear().run();
        vit.losses().forEach(Program::run);
        return Trajectory.Seen.NOTHING;
    }

    private Trajectory.Seen run(Trajectory.Solved get, long seed) {
        List<Statistics> solves = get.equilibrium().forward();
        clear.run();
        List<Statistics> adjointSolves = get.equilibrium().backward();
        double penalty =
                switch (get.penalty()) {
                    case Trajectory.Penalty.None _ -> 0;
                    case Trajectory.Penalty.Weighted weighted -> {
                        double estimate = weighted.jacobian().estimate(seed);
                        weighted.jacobian().accumulate(weighted.weight());
                        yield estimate;
                    }
                };
        return new Trajectory.Seen(solves, adjointSolves, penalty);
    }

    /** The unweighted loss of each supervised state, first to last, of the last {@link #run}. */
    public float[] losses() {
        return decoded.losses();
    }

    /** What the gradient belongs to: the weighted sum of {@link #losses}, and the penalty. */
    public double objective() {
        return decoded.objective() + penaltyWeight * seen.penalty();
    }

    /** {@code ‖vᵀJ‖² / numel} of the last {@link #run}; 0 if the objective has no such term. */
    public double jacobianPenalty() {
        return seen.penalty();
    }

    /** What the solves of the last {@link #run} saw, slice by slice; none when unrolling. */
    public List<Statistics> solves() {
        return seen.solves();
    }

    /** The same of the solves of the adjoint equation; none unless gradients are implicit. */
    public List<Statistics> adjointSolves() {
        return seen.adjointSolves();
    }
}
