package dev.getj.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What getj's products reach of the roof of fused multiply-adds, both with the vectors of this Java
 * process.
 *
 * @param bits of a vector
 * @param median share, 0 … 1
 * @param lowest share
 * @param low names of products below {@link #EXPECTED}, each with its share
 */
record Shares(int bits, double median, double lowest, List<String> low) {
    /** Inner loops that keep their sums in registers reach more than that of it. */
    static final double EXPECTED = 0.8;

    static Shares of(List<Comparison> comparisons, Roofs roofs) {
        double[] shares =
                comparisons.stream().mapToDouble(comparison -> share(comparison, roofs)).toArray();
        List<String> low =
                comparisons.stream()
                        .filter(comparison -> share(comparison, roofs) < EXPECTED)
                        .map(
                                comparison ->
                                        percent(share(comparison, roofs))
                                                + " at "
                                                + comparison.label())
                        .toList();
        Arrays.sort(shares);
        return new Shares(Roofs.bits(), shares[shares.length / 2], shares[0], low);
    }

    /** The row of the report. */
    String describe() {
        return "Share of the roof with %s-bit vectors: %s (median), %s at least."
                .formatted(bits, percent(median), percent(lowest));
    }

    /** What is below, for those who look at nothing else. */
    String warning() {
        return "**Warning**: below %s of the roof: %s. Either the machine was busy, or an inner loop is slow on this processor."
                .formatted(percent(EXPECTED), String.join("; ", low));
    }

    private static double share(Comparison comparison, Roofs roofs) {
        return comparison.gflops(Comparison.GETJ) / roofs.gflops();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}
