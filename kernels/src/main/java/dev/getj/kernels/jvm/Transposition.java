package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Turns rows into columns by perfect shuffles, as of cards: one puts the second half of a sequence
 * between the elements of the first. That doubles an element's index, modulo the last one; so after
 * log₂(r) shuffles element (i, j) of r rows of c, at i·c + j, lies at j·r + i.
 */
final class Transposition {
    private static final int SHUFFLES = Integer.numberOfTrailingZeros(LANES);

    // the first halves of two vectors, one element of each in turn; the second halves
    private static final VectorShuffle<Float> LOW = interleaving(0);
    private static final VectorShuffle<Float> HIGH = interleaving(LANES / 2);

    private Transposition() {}

    private static VectorShuffle<Float> interleaving(int start) {
        return VectorShuffle.fromOp(SPECIES, i -> start + i / 2 + i % 2 * LANES);
    }

    /** Floats that {@link #turn} needs for rows of some length. */
    static int spare(int columns) {
        return 2 * LANES * columns;
    }

    /**
     * {@code to [columns, rows] = factor · from [rows, columns]ᵀ}.
     *
     * @param rows are rounded up to whole vectors; there has to be room for them
     * @param columns a multiple of the vector length, one row after the other
     * @param spare room of {@link #spare}
     */
    static void turn(Matrix from, int rows, int columns, float factor, Matrix to, Matrix spare) {
        for (int row = 0; row < rows; row += LANES) {
            int source = from.row(row);
            int target = spare.at();
            for (int i = 1; i < SHUFFLES; i++) {
                shuffle(from.values(), source, columns, 1f, target, LANES);
                source = target;
                target = spare.at() + (i & 1) * LANES * columns;
            }
            shuffle(from.values(), source, columns, factor, to.at() + row, to.row());
        }
    }

    // LANES rows; vectors of the result lie `step` apart
    private static void shuffle(
            float[] values, int from, int columns, float factor, int to, int step) {
        int half = LANES / 2 * columns;
        for (int i = 0; i < half; i += LANES) {
            FloatVector a = FloatVector.fromArray(SPECIES, values, from + i).mul(factor);
            FloatVector b = FloatVector.fromArray(SPECIES, values, from + half + i).mul(factor);
            int at = to + i / LANES * 2 * step;
            a.rearrange(LOW, b).intoArray(values, at);
            a.rearrange(HIGH, b).intoArray(values, at + step);
        }
    }
}
