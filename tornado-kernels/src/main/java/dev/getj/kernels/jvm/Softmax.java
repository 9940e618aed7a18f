package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The softmax of a panel of scores, down its columns: keys are rows, queries are columns. Scores
 * come in units of ln 2, so that probabilities are powers of 2, which are cheaper than those of e.
 */
final class Softmax {
    /** What scores are multiplied with. */
    static final double UNIT = 1 / Math.log(2);

    private static final int WIDTH = PanelGemm.WIDTH;

    private Softmax() {}

    /** The largest score of each column. */
    static void maxima(float[] working, int scores, int keys, int maxima) {
        FloatVector left = FloatVector.fromArray(SPECIES, working, scores);
        FloatVector right = FloatVector.fromArray(SPECIES, working, scores + LANES);
        for (int k = 1; k < keys; k++) {
            // blends, because max would also order zeros and NaNs, at twice the price
            FloatVector score = FloatVector.fromArray(SPECIES, working, scores + k * WIDTH);
            left = left.blend(score, score.compare(VectorOperators.GT, left));
            score = FloatVector.fromArray(SPECIES, working, scores + k * WIDTH + LANES);
            right = right.blend(score, score.compare(VectorOperators.GT, right));
        }
        left.intoArray(working, maxima);
        right.intoArray(working, maxima + LANES);
    }

    /**
     * Scores become {@code 2^(score − maximum)}, and {@code sums} receives the sum of each column.
     */
    static void exponentials(float[] working, int scores, int keys, int maxima, int sums) {
        for (int lane = 0; lane < WIDTH; lane += LANES) {
            FloatVector highest = FloatVector.fromArray(SPECIES, working, maxima + lane);
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int k = 0; k < keys; k++) {
                int at = scores + k * WIDTH + lane;
                FloatVector p =
                        VectorMath.exp2(FloatVector.fromArray(SPECIES, working, at).sub(highest));
                p.intoArray(working, at);
                sum = sum.add(p);
            }
            sum.intoArray(working, sums + lane);
        }
    }

    /** Divides each column of a panel with {@code rows} rows by its sum. */
    static void divide(float[] working, int panel, int rows, int sums) {
        for (int lane = 0; lane < WIDTH; lane += LANES) {
            FloatVector sum = FloatVector.fromArray(SPECIES, working, sums + lane);
            FloatVector inverse = FloatVector.broadcast(SPECIES, 1).div(sum);
            for (int r = 0; r < rows; r++) {
                int at = panel + r * WIDTH + lane;
                FloatVector.fromArray(SPECIES, working, at).mul(inverse).intoArray(working, at);
            }
        }
    }

    /** {@code ln Σ exp} of the scores without their unit, of the first {@code count} columns. */
    static void logSums(float[] working, int maxima, int sums, int count, float[] target, int at) {
        for (int i = 0; i < count; i++) {
            target[at + i] = (float) (working[maxima + i] / UNIT + Math.log(working[sums + i]));
        }
    }

    /**
     * Scores at {@code p} become the probabilities {@code 2^(score − logSum)}, and their slopes at
     * {@code dP} those of the scores, {@code p·(dP − Σ p·dP)}, times {@code scale}.
     *
     * @param logSums those of {@link #logSums}, in the unit of the scores
     */
    static void backward(float[] working, int p, int dP, int keys, int logSums, float scale) {
        for (int lane = 0; lane < WIDTH; lane += LANES) {
            FloatVector logSum = FloatVector.fromArray(SPECIES, working, logSums + lane);
            FloatVector mean = FloatVector.zero(SPECIES);
            for (int k = 0; k < keys; k++) {
                int at = k * WIDTH + lane;
                FloatVector score = FloatVector.fromArray(SPECIES, working, p + at);
                FloatVector probability = VectorMath.exp2(score.sub(logSum));
                probability.intoArray(working, p + at);
                mean = probability.fma(FloatVector.fromArray(SPECIES, working, dP + at), mean);
            }
            for (int k = 0; k < keys; k++) {
                int at = k * WIDTH + lane;
                FloatVector slope = FloatVector.fromArray(SPECIES, working, dP + at).sub(mean);
                FloatVector probability = FloatVector.fromArray(SPECIES, working, p + at);
                slope.mul(probability).mul(scale).intoArray(working, dP + at);
            }
        }
    }
}
