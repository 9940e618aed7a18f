package dev.getj.solver;

import java.util.Arrays;

/**
 * The small system of one sample: the weights α, which sum to 1, of the lowest {@code ‖Σ α_j g_j‖²
 * + λ ‖α‖²}. TorchDEQ solves {@code [[0, 1ᵀ], [1, GGᵀ + λI]] [ν; α] = [1; 0]}; eliminating ν leaves
 * a positive definite system {@code (GGᵀ + λI) y = 1}, {@code α = y / Σ y}, for {@link Cholesky}.
 */
final class AndersonSystem {
    private static final int ATTEMPTS = 60;
    private static final double SMALLEST_RIDGE = 1e-14;

    /** Slots at first; a solve that stops early needs few, whatever it may keep. */
    private static final int FIRST_SLOTS = 8;

    private final Ridge ridge;
    private double[][] gram;

    AndersonSystem(int memory, Ridge ridge) {
        this.ridge = ridge;
        int slots = Math.min(memory, FIRST_SLOTS);
        gram = new double[slots][slots];
    }

    /** The inner products of the residual in {@code slot} with those in slots 0, 1, …. */
    void set(int slot, double[] dots, int at, int states) {
        if (states > gram.length) {
            grow(Math.max(states, 2 * gram.length));
        }
        for (int j = 0; j < states; j++) {
            gram[slot][j] = dots[at + j];
            gram[j][slot] = dots[at + j];
        }
    }

    private void grow(int slots) {
        double[][] larger = new double[slots][];
        for (int j = 0; j < slots; j++) {
            larger[j] = j < gram.length ? Arrays.copyOf(gram[j], slots) : new double[slots];
        }
        gram = larger;
    }

    /**
     * Writes the weights of slots 0 … states − 1. A residual that is not finite gets weight 0; a
     * singular system has its ridge raised.
     *
     * @param newest the slot that gets all the weight if nothing else is possible
     */
    void solve(int states, int newest, double[] weights, int at) {
        Arrays.fill(weights, at, at + states, 0);
        int[] finite = finite(states);
        if (finite.length == 0 || !solve(finite, weights, at)) {
            Arrays.fill(weights, at, at + states, 0);
            weights[at + newest] = 1;
        }
    }

    private int[] finite(int states) {
        int[] slots = new int[states];
        int count = 0;
        for (int j = 0; j < states; j++) {
            if (Double.isFinite(gram[j][j])) {
                slots[count++] = j;
            }
        }
        return Arrays.copyOf(slots, count);
    }

    private boolean solve(int[] slots, double[] weights, int at) {
        int n = slots.length;
        double largest = 0;
        for (int slot : slots) {
            largest = Math.max(largest, gram[slot][slot]);
        }
        double[] y = new double[n];
        double lambda = ridge.of(largest);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Arrays.fill(y, 1);
            if (Cholesky.solve(matrix(slots, lambda), y)) {
                double sum = 0;
                for (double value : y) {
                    sum += value;
                }
                if (Double.isFinite(sum) && sum > 0) {
                    for (int i = 0; i < n; i++) {
                        weights[at + slots[i]] = y[i] / sum;
                    }
                    return true;
                }
            }
            lambda = Math.max(10 * lambda, Math.max(SMALLEST_RIDGE * largest, Double.MIN_NORMAL));
        }
        return false;
    }

    private double[][] matrix(int[] slots, double lambda) {
        double[][] matrix = new double[slots.length][slots.length];
        for (int i = 0; i < slots.length; i++) {
            for (int j = 0; j < slots.length; j++) {
                matrix[i][j] = gram[slots[i]][slots[j]] + (i == j ? lambda : 0);
            }
        }
        return matrix;
    }
}
