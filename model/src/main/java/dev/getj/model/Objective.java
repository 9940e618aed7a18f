package dev.getj.model;

import dev.getj.kernels.op.LossKind;
import dev.getj.solver.Weighting;

/**
 * What training minimises: {@code Σ_k weight_k · distance(x̂_k, x)} over the decoded supervised
 * states (GET paper, section 4; reference {@code train.py}), and how its gradient is taken. A ViT
 * has one output, with weight 1, whatever this says.
 *
 * @param loss distance of an image to the teacher's
 * @param gradient how a slice of the way to the equilibrium is taken and differentiated
 * @param slices how often; each begins where the last ended, no gradient passes between them
 * @param weighting of the losses of the supervised states of all slices
 * @param jacobianPenalty factor γ of {@code ‖vᵀJ‖² / numel} at the last state, 0 for none
 */
public record Objective(
        LossKind loss,
        Estimator gradient,
        int slices,
        Weighting weighting,
        double jacobianPenalty) {
    /** Differentiated steps of all slices; the paper takes 6, and memory ends far before. */
    private static final int MAX_STEPS = 1 << 16;

    /**
     * @throws IllegalArgumentException if a value is outside its range
     */
    public Objective {
        if (slices < 1) {
            throw new IllegalArgumentException("at least 1 slice is needed, not " + slices);
        }
        long steps =
                switch (gradient) {
                    case Estimator.Unrolled unrolled -> unrolled.steps();
                    case Estimator.Truncated truncated -> truncated.steps();
                    case Estimator.Phantom phantom -> phantom.steps();
                    case Estimator.Implicit _ -> 1;
                };
        if (slices * steps > MAX_STEPS) {
            throw new IllegalArgumentException(
                    "%s slices of %s differentiated steps are more than the %s that can be"
                            .formatted(slices, steps, MAX_STEPS));
        }
        if (!(jacobianPenalty >= 0 && jacobianPenalty < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "the Jacobian penalty must be at least 0, not " + jacobianPenalty);
        }
    }

    /** As the paper ran it: L1, 6 iterations, 0.8. */
    public static Objective paper() {
        return unrolled(LossKind.L1, 6, 0.8);
    }

    /**
     * All states of {@code iterations} unrolled steps supervised, weighted {@code
     * decay^(iterations−1−k)}.
     */
    public static Objective unrolled(LossKind loss, int iterations, double decay) {
        return of(loss, Estimator.Unrolled.of(iterations), new Weighting.Exponential(decay));
    }

    /** One slice, no penalty. */
    public static Objective of(LossKind loss, Estimator gradient, Weighting weighting) {
        return new Objective(loss, gradient, 1, weighting, 0);
    }

    /** Number of supervised states. */
    public int states() {
        return slices * gradient.states();
    }

    /** The weights of the supervised states, first to last. */
    public double[] weights() {
        double[] weights = new double[states()];
        for (int k = 0; k < weights.length; k++) {
            weights[k] = weighting.weight(k, weights.length);
        }
        return weights;
    }
}
