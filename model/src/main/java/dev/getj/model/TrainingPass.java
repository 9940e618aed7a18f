package dev.getj.model;

import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.Statistics;

import java.util.List;
import java.util.Optional;

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
 * computed again in its backward, see {@link TrainingWorkspace}.
 */
public final class TrainingPass {
    private final DecodedLosses decoded;
    private final Trajectory trajectory;
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
        this(network, gradients, objective, Optional.empty(), batch, recompute);
    }

    /**
     * As above.
     *
     * @param feature a loss beside that of the pixels
     * @throws IllegalArgumentException if it takes images of another size
     */
    public TrainingPass(
            Network network,
            Parameters gradients,
            Objective objective,
            Optional<FeatureLoss> feature,
            int batch,
            boolean recompute) {
        Space space = network.space(batch);
        TrainingWorkspace workspace = new TrainingWorkspace(space, gradients, recompute);
        double[] weights =
                switch (network.body()) {
                    case Network.Vit _ -> new double[] {1};
                    case Network.Get _ -> objective.weights();
                };
        decoded =
                new DecodedLosses(
                        network.decoder(), space, gradients, objective.loss(), weights, feature);
        trajectory =
                switch (network.body()) {
                    case Network.Vit vit -> Trajectory.Direct.of(vit, workspace, decoded);
                    case Network.Get get ->
                            Trajectory.Solved.of(get, workspace, decoded, objective);
                };
        penaltyWeight = objective.jacobianPenalty();
    }

    /** Input noise, [B, C, S, S]. */
    public Tensor noise() {
        return trajectory.trunk().images();
    }

    /** The teacher's images, [B, C, S, S]. */
    public Tensor target() {
        return decoded.target();
    }

    /** Class labels, [B]; not read by an unconditional network. */
    public IntTensor labels() {
        return trajectory.trunk().labels();
    }

    /** z₀ of a GET that begins at noise, for the caller to fill, [B, N, D]. */
    public Optional<Tensor> start() {
        return trajectory.start();
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
     * @param seed of the random vectors of the Jacobian penalty, and of a number of steps that is
     *     drawn; read only if there is one
     */
    public void run(long seed) {
        run(seed, 0);
    }

    /**
     * As {@link #run(long)} of a part of a batch.
     *
     * @param first number of the part's first sample within the batch
     */
    public void run(long seed, long first) {
        decoded.begin();
        seen = trajectory.run(seed, first);
    }

    /** The unweighted loss of each supervised state, first to last, of the last {@link #run}. */
    public float[] losses() {
        return decoded.losses();
    }

    /**
     * What the gradient belongs to: the weighted sum of {@link #losses}, those of features, and the
     * penalty.
     */
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
