package dev.getj.solver;

import java.util.stream.Stream;

/**
 * What a solve saw, per sample.
 *
 * <p>The evaluations with which a method only starts up (the first two of {@link Anderson}, the
 * first of {@link Broyden}, none of {@link FixedPointIteration}) stand in the traces, but as in
 * TorchDEQ their iterates are returned, and count in the last three components, only if no later
 * one was finite or if the sample had converged by then.
 *
 * @param evaluations how often f was evaluated
 * @param absolute one trace a sample of {@code ‖f(z) − z‖₂}, one entry an evaluation; it is shorter
 *     if the sample was done before the batch ({@link Stopping#EACH_SAMPLE}) or waited while others
 *     searched for a step length ({@link Broyden})
 * @param relative the same of {@code ‖f(z) − z‖₂ / (‖f(z)‖₂ + 1e-9)}
 * @param absoluteLowest lowest entry of each absolute trace; infinite if none was finite
 * @param relativeLowest lowest entry of each relative trace; infinite if none was finite
 * @param bestStep evaluation of the sample (from 1) that gave the returned iterate; 0 if it is
 *     still the start
 */
public record Statistics(
        int evaluations,
        double[][] absolute,
        double[][] relative,
        double[] absoluteLowest,
        double[] relativeLowest,
        int[] bestStep) {

    static Statistics of(
            int evaluations, ResidualTrace[] absolute, ResidualTrace[] relative, int[] bestStep) {
        return new Statistics(
                evaluations,
                traces(absolute),
                traces(relative),
                lowest(absolute),
                lowest(relative),
                bestStep.clone());
    }

    private static double[][] traces(ResidualTrace[] traces) {
        return Stream.of(traces).map(ResidualTrace::toArray).toArray(double[][]::new);
    }

    private static double[] lowest(ResidualTrace[] traces) {
        return Stream.of(traces).mapToDouble(ResidualTrace::lowest).toArray();
    }

    /** Mean over the batch of the residual of the returned iterates, in the absolute measure. */
    public double meanAbsolute() {
        double sum = 0;
        for (double lowest : absoluteLowest) {
            sum += lowest;
        }
        return sum / absoluteLowest.length;
    }

    /** Evaluations of f until sample {@code b} was done. */
    public int evaluations(int b) {
        return absolute[b].length;
    }

    /** Mean over the batch of the evaluations that each sample needed. */
    public double meanEvaluations() {
        double sum = 0;
        for (double[] trace : absolute) {
            sum += trace.length;
        }
        return sum / absolute.length;
    }
}
