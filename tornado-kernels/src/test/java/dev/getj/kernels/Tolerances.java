package dev.getj.kernels;

/**
 * How far results may lie apart, each with its reason. All but the absolute ones are relative to
 * the largest value.
 */
public final class Tolerances {
    private Tolerances() {}

    /**
     * Float kernels against the oracle in double. One rounding is 6e-8; sums of n terms in float
     * err by about √n of them: 2e-6 at n = 1000, and five times that for the unlucky element among
     * many.
     */
    public static final double FLOAT = 1e-5;

    /**
     * Central differences in double with step h = 1e-5: truncation h² · f‴/6 ≈ 1e-10 and
     * cancellation 1e-16/h = 1e-11, times the size of the sums.
     */
    public static final double FINITE_DIFFERENCE = 1e-7;

    /** The step of the central differences. */
    public static final double STEP = 1e-5;

    /**
     * Operands are stored as floats where they enter the oracle, computing in double adds nothing
     * worth counting.
     */
    public static final double DOUBLE = 1e-12;
}
