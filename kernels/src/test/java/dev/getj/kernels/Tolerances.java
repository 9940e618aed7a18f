package dev.getj.kernels;

import dev.getj.kernels.tensor.DType;

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
     * A device's kernels against the oracle in double.
     *
     * <ul>
     *   <li>OpenCL is compiled with relaxed mathematics: sums may be reordered and fused, and exp,
     *       log and quotients err by a few units in the last place, 1e-7 each. Sums on a device are
     *       trees or run over one tile, so {@link #FLOAT} has room for both; PoCL is off by 7e-7 at
     *       most.
     *   <li>CUDA is compiled without: as {@link #FLOAT}.
     *   <li>PTX has approximate exp, log, sin and cos, off by 5e-7 absolute. A weight of attention
     *       or a random number is off by as much again for every factor that it goes through, and a
     *       row's largest value may be small.
     * </ul>
     *
     * @param backend {@code opencl}, {@code ptx} or {@code cuda}
     */
    public static double device(String backend) {
        return switch (backend) {
            case "opencl", "cuda" -> FLOAT;
            case "ptx" -> 1e-4;
            default -> throw new IllegalArgumentException("no tolerance for " + backend);
        };
    }

    /**
     * Results that are rounded to 16 bits: sums that differ in the last bits of a float may be
     * rounded to neighbours, which are 2⁻¹⁰ or 2⁻⁷ of a value apart at most. What products have
     * without rounding is exact in float, so results in float keep {@link #FLOAT}.
     *
     * <p>Attention of 16-bit queries, keys and values rounds its probabilities, too: each is off by
     * at most half of that spacing, and a weighted mean of values by as much of the largest value.
     * The errors have either sign and average as the values do, so that the same bound is held.
     * Log-sum-exp is not rounded and keeps {@link #FLOAT}.
     */
    public static double rounded(DType type) {
        return type.spacing();
    }

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
