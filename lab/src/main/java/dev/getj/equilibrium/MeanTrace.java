package dev.getj.equilibrium;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The residuals of a batch as one curve. */
final class MeanTrace {
    /** What a float resolves, as a fraction. */
    private static final double RESOLUTION = 0x1p-24;

    private MeanTrace() {}

    /**
     * The geometric mean over the samples. Samples that have no residual at an evaluation, or one
     * that is not finite, are left out there. A residual of exactly 0 counts as 2⁻²⁴ of the largest
     * one, the least that floats tell from 0: else one sample would make the mean 0.
     *
     * @param traces one a sample, one entry an evaluation
     * @return one entry an evaluation, NaN where no sample has a finite one
     */
    static double[] of(double[][] traces) {
        double least =
                RESOLUTION
                        * Arrays.stream(traces)
                                .flatMapToDouble(DoubleStream::of)
                                .filter(Double::isFinite)
                                .max()
                                .orElse(0);
        int longest = Arrays.stream(traces).mapToInt(trace -> trace.length).max().orElseThrow();
        return IntStream.range(0, longest).mapToDouble(k -> mean(traces, k, least)).toArray();
    }

    private static double mean(double[][] traces, int k, double least) {
        return Math.exp(
                Arrays.stream(traces)
                        .filter(trace -> k < trace.length && Double.isFinite(trace[k]))
                        .mapToDouble(trace -> Math.log(trace[k] == 0 ? least : trace[k]))
                        .average()
                        .orElse(Double.NaN));
    }
}
