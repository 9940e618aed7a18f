package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The softmax of scores, down their columns: keys are rows, queries are columns, whole vectors of
 * them. Scores come in units of ln 2, so that probabilities are powers of 2, which are cheaper than
 * those of e.
 */
final class Softmax {
    /** What scores are multiplied with. */
    static final double UNIT = 1 / Math.log(2);

    private Softmax() {}

    /**
     * Scores become {@code 2^(score − maximum)}.
     *
     * @param maxima receives the largest score of each column, {@code sums} its sum of exponentials
     */
    static void exponentials(Matrix scores, int keys, int queries, Matrix maxima, Matrix sums) {
        float[] values = scores.values();
        for (int lane = 0; lane < queries; lane += LANES) {
            FloatVector highest = maximum(values, scores.at() + lane, scores.row(), keys);
            highest.intoArray(values, maxima.at() + lane);
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int k = 0; k < keys; k++) {
                int at = scores.row(k) + lane;
                FloatVector p =
                        VectorMath.exp2(FloatVector.fromArray(SPECIES, values, at).sub(highest));
                p.intoArray(values, at);
                sum = sum.add(p);
            }
            sum.intoArray(values, sums.at() + lane);
        }
    }

    // in two chains, of even and of odd keys, as each step waits for the last
    private static FloatVector maximum(float[] values, int at, int step, int keys) {
        FloatVector even = FloatVector.fromArray(SPECIES, values, at);
        FloatVector odd = even;
        int k = 1;
        for (; k < keys - 1; k += 2) {
            odd = larger(odd, FloatVector.fromArray(SPECIES, values, at + k * step));
            even = larger(even, FloatVector.fromArray(SPECIES, values, at + (k + 1) * step));
        }
        if (k < keys) {
            odd = larger(odd, FloatVector.fromArray(SPECIES, values, at + k * step));
        }
        return larger(even, odd);
    }

    // blends, because max would also order zeros and NaNs, at twice the price
    private static FloatVector larger(FloatVector a, FloatVector b) {
        return a.blend(b, b.compare(VectorOperators.GT, a));
    }

    /** Divides outputs, a row for each query, by the sum of its probabilities. */
    static void divide(Matrix outputs, int queries, int depth, Matrix sums) {
        float[] values = outputs.values();
        for (int q = 0; q < queries; q++) {
            float inverse = 1 / values[sums.at() + q];
            for (int i = 0; i < depth; i += LANES) {
                int at = outputs.row(q) + i;
                FloatVector.fromArray(SPECIES, values, at).mul(inverse).intoArray(values, at);
            }
        }
    }

    /** {@code ln Σ exp} of the scores without their unit. */
    static void logSums(Matrix maxima, Matrix sums, int queries, float[] target, int at) {
        float[] values = maxima.values();
        for (int q = 0; q < queries; q++) {
            double logSum = Math.log(values[sums.at() + q]);
            target[at + q] = (float) (values[maxima.at() + q] / UNIT + logSum);
        }
    }

    /**
     * Scores at {@code p} become the probabilities {@code 2^(score − logSum)}, and their slopes at
     * {@code dP} those of the scores, {@code p·(dP − Σ p·dP)}, times {@code scale}. Probabilities are
     * divided by their sum, which is 1 but for the rounding of logSum: an error of it, eps·|logSum|,
     * would be one of {@code Σ dS}, which keys that have much in common multiply.
     *
     * @param logSums those of {@link #logSums}, in the unit of the scores
     */
    static void backward(Matrix p, Matrix dP, int keys, int queries, Matrix logSums, float scale) {
        float[] values = p.values();
        for (int lane = 0; lane < queries; lane += LANES) {
            FloatVector logSum = FloatVector.fromArray(SPECIES, values, logSums.at() + lane);
            FloatVector sum = FloatVector.zero(SPECIES);
            FloatVector mean = FloatVector.zero(SPECIES);
            for (int k = 0; k < keys; k++) {
                int at = p.row(k) + lane;
                FloatVector score = FloatVector.fromArray(SPECIES, values, at);
                FloatVector probability = VectorMath.exp2(score.sub(logSum));
                probability.intoArray(values, at);
                FloatVector slope = FloatVector.fromArray(SPECIES, values, dP.row(k) + lane);
                sum = sum.add(probability);
                mean = probability.fma(slope, mean);
            }
            FloatVector inverse = FloatVector.broadcast(SPECIES, 1f).div(sum);
            mean = mean.mul(inverse);
            for (int k = 0; k < keys; k++) {
                int at = dP.row(k) + lane;
                int from = p.row(k) + lane;
                FloatVector slope = FloatVector.fromArray(SPECIES, values, at).sub(mean);
                FloatVector probability = FloatVector.fromArray(SPECIES, values, from).mul(inverse);
                probability.intoArray(values, from);
                slope.mul(probability).mul(scale).intoArray(values, at);
            }
        }
    }
}
