package dev.getj.model;

import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;
import dev.getj.solver.GradientSteps;
import dev.getj.solver.JacobianPenalty;
import dev.getj.solver.Statistics;

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
    private final JacobianPenalty penalty;
    private final double penaltyWeight;
    private final Program clear;
    private final List<Program> injectionBackward;
    private double lastPenalty;

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
        BlockApplications blocks = new BlockApplications(network, gradients, batch, recompute);
        injection = new InjectionPass(network, blocks, gradients, batch);
        double[] weights = config.equilibrium() ? objective.weights() : new double[] {1};
        decoded = new DecodedLosses(network, gradients, objective.loss(), weights, batch);
        start = network.allocateState(batch);
        Tensor d = network.allocateState(batch);
        Estimator.Unrolled unrolled = unrolled(config, objective);
        boolean penalized = config.equilibrium() && objective.jacobianPenalty() > 0;
        EquilibriumMap map =
                unrolled == null || penalized
                        ? new EquilibriumMap(network, blocks, injection, batch)
                        : null;
        trajectory =
                unrolled == null
                        ? new SolvedTrajectory(map, objective, decoded, start)
                        : new UnrolledTrajectory(
                                network, blocks, injection, decoded, unrolled, batch, start, d);
        penaltyWeight = penalized ? objective.jacobianPenalty() : 0;
        penalty = penalized ? JacobianPenalty.prepare(map, trajectory.last()) : null;
        clear =
                network.backend()
                        .record(
                                "clear gradients",
                                k -> {
                                    k.fill(0, gradients.flat());
                                    k.fill(0, d);
                                    injection.clear(k);
                                });
        injectionBackward = injection.recordBackward(d);
    }

    // the steps to unroll, none of them for a ViT; null if there is more to it
    private static Estimator.Unrolled unrolled(ModelConfig config, Objective objective) {
        if (!config.equilibrium()) {
            return Estimator.Unrolled.of(1);
        }
        return objective.slices() == 1
                        && objective.gradient() instanceof Estimator.Unrolled steps
                        && steps.memory() == GradientSteps.Memory.STORE
                ? steps
                : null;
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
        trajectory.forward();
        clear.run();
        trajectory.backward();
        if (penalty != null) {
            lastPenalty = penalty.estimate(seed);
            penalty.accumulate(penaltyWeight);
        }
        injectionBackward.forEach(Program::run);
    }

    /** The unweighted loss of each supervised state, first to last, of the last {@link #run}. */
    public float[] losses() {
        return decoded.losses();
    }

    /** What the gradient belongs to: the weighted sum of {@link #losses}, and the penalty. */
    public double objective() {
        return decoded.objective() + penaltyWeight * lastPenalty;
    }

    /** {@code ‖vᵀJ‖² / numel} of the last {@link #run}; 0 if the objective has no such term. */
    public double jacobianPenalty() {
        return lastPenalty;
    }

    /** What the solves of the last {@link #run} saw, slice by slice; none when unrolling. */
    public List<Statistics> solves() {
        return trajectory.solves();
    }

    /** The same of the solves of the adjoint equation; none unless gradients are implicit. */
    public List<Statistics> adjointSolves() {
        return trajectory.adjointSolves();
    }
}
