package dev.getj.train;

/**
 * An average of weights over a run whose weighting is a power of time (Karras et al., "Analyzing and
 * improving the training dynamics of diffusion models", 2024, section 3): after step t, those of step
 * s count {@code (s/t)^(γ+1) − ((s−1)/t)^(γ+1)}, which sums to 1 over s = 1…t. Its width grows with
 * the run, so it never holds the initial weights.
 *
 * @param exponent γ, at least 0
 */
public record PowerProfile(double exponent) {
    /** The longest, of γ = 0: the mean of all steps. */
    public static final double LONGEST = 1 / (2 * Math.sqrt(3));

    private static final int HALVINGS = 200;

    /**
     * The profile of a relative length: the standard deviation of s/t under its weighting, {@code
     * √(γ+1) / ((γ+2) √(γ+3))}.
     *
     * @throws IllegalArgumentException if the length is outside (0, 1/√12]
     */
    public static PowerProfile ofLength(double length) {
        if (!(length > 0 && length <= LONGEST)) {
            throw new IllegalArgumentException(
                    "the length of an average must lie between 0 and %s, not %s"
                            .formatted(LONGEST, length));
        }
        // the length falls with γ, at last as 1/γ
        double low = 0;
        double high = 2 / length;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (new PowerProfile(middle).length() > length) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return new PowerProfile(low);
    }

    /** σ, relative to the run. */
    public double length() {
        return Math.sqrt(exponent + 1) / ((exponent + 2) * Math.sqrt(exponent + 3));
    }

    /**
     * What the average keeps of itself in step {@code step}, counted from 1: {@code ((t−1)/t)^(γ+1)}.
     * The rest is the new weights'.
     */
    public double kept(long step) {
        return StrictMath.pow((step - 1.0) / step, exponent + 1);
    }
}
