package dev.getj.model;

import dev.getj.kernels.LossKind;

/**
 * What training minimises: {@code Σ_k decay^(iterations−1−k) · distance(x̂_k, x)} over the decoded
 * states of all unrolled iterations (GET paper, section 4; reference {@code train.py}).
 *
 * @param loss L1 or L2
 * @param iterations unrolled applications of the equilibrium map; a ViT has one output whatever
 *     this says
 * @param decay 0.8 in the paper: the last state counts fully, earlier ones less
 */
public record Objective(LossKind loss, int iterations, double decay) {
    /**
     * @throws IllegalArgumentException if a value is outside its range
     */
    public Objective {
        if (iterations < 1) {
            throw new IllegalArgumentException(
                    "at least 1 iteration must be unrolled, not " + iterations);
        }
        if (!(decay > 0 && decay <= 1)) {
            throw new IllegalArgumentException("the loss decay must lie in (0, 1], not " + decay);
        }
    }

    /** As the paper ran it: L1, 6 iterations, 0.8. */
    public static Objective paper() {
        return new Objective(LossKind.L1, 6, 0.8);
    }

    /** Weight of the state after iteration {@code k}, k = 0 … iterations−1. */
    public double weight(int k) {
        return Math.pow(decay, iterations - 1.0 - k);
    }
}
