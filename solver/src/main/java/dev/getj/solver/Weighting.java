package dev.getj.solver;

/** Weights of the losses of n supervised states, as in TorchDEQ's {@code fp_correction}. */
public sealed interface Weighting {
    /** The weight of state {@code k}, from 0, of {@code n}. */
    double weight(int k, int n);

    /** {@code γ^(n−1−k)}; 0.8 is TorchDEQ's default and GET's choice. */
    record Exponential(double gamma) implements Weighting {
        public Exponential {
            if (!(gamma > 0 && gamma <= 1)) {
                throw new IllegalArgumentException(
                        "the loss decay must lie in (0, 1], not " + gamma);
            }
        }

        @Override
        public double weight(int k, int n) {
            return Math.pow(gamma, n - 1.0 - k);
        }
    }

    /** {@code 1 − γ (n−1−k)/n}; 0.9 is TorchDEQ's default. */
    record Linear(double gamma) implements Weighting {
        public Linear {
            if (!(gamma >= 0 && gamma <= 1)) {
                throw new IllegalArgumentException(
                        "the loss slope must lie in [0, 1], not " + gamma);
            }
        }

        @Override
        public double weight(int k, int n) {
            return 1 - gamma * (n - 1 - k) / n;
        }
    }

    /** The same for all. */
    record Constant(double value) implements Weighting {
        public Constant {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(
                        "the loss weight must be a number, not " + value);
            }
        }

        @Override
        public double weight(int k, int n) {
            return value;
        }
    }
}
