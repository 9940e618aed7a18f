package dev.getj.solver;

/**
 * What a solve saw, per sample.
 *
 * @param evaluations how often f was evaluated
 * @param absolute one trace a sample of {@code ‖f(z) − z‖₂}, one entry an evaluation
 * @param relative likewise {@code ‖f(z) − z‖₂ / (‖f(z)‖₂ + 1e-9)}
 * @param absoluteLowest lowest entry of each absolute trace; infinite if none was finite
 * @param relativeLowest lowest entry of each relative trace; infinite if none was finite
 * @param bestStep evaluation (from 1) that gave the returned iterate; 0 if it is still the start
 */
public record Statistics(
        int evaluations,
        double[][] absolute,
        double[][] relative,
        double[] absoluteLowest,
        double[] relativeLowest,
        int[] bestStep) {

    /** Mean over the batch of the residual of the returned iterates, in the absolute measure. */
    public double meanAbsolute() {
        double sum = 0;
        for (double lowest : absoluteLowest) {
            sum += lowest;
        }
        return sum / absoluteLowest.length;
    }
}
