package dev.getj.solver;

/**
 * What {@link Anderson} adds to the diagonal of its normal equations.
 *
 * @param value λ ≥ 0
 * @param relative whether λ is in units of the largest squared residual that is mixed, or as it is
 */
public record Ridge(double value, boolean relative) {
    /**
     * @throws IllegalArgumentException if the value is negative or not finite
     */
    public Ridge {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the ridge must be at least 0, not " + value);
        }
    }

    /**
     * The same λ always, as in TorchDEQ. Once squared residuals are below it, the last iterates are
     * hardly more than averaged, which is slower than plain iteration.
     */
    public static Ridge absolute(double value) {
        return new Ridge(value, false);
    }

    /** In units of the largest squared residual that is mixed: acceleration to the end. */
    public static Ridge relative(double value) {
        return new Ridge(value, true);
    }

    /** λ for residuals of which the largest has the square {@code largest}. */
    double of(double largest) {
        return relative ? value * largest : value;
    }
}
