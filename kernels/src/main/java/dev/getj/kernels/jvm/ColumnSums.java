package dev.getj.kernels.jvm;

import java.util.Arrays;

/**
 * Sums over the rows of a matrix, row after row, for some of its columns at a time.
 *
 * <p>In double: an L1 loss makes slopes of one size and either sign, which cancel to exactly 0.
 * What float sums leave of them, about 1e-9, AdamW would divide by itself and make a step of.
 */
final class ColumnSums {
    /** How many columns make a task: enough of a row to be read at speed. */
    static final int COLUMNS = 128;

    private ColumnSums() {}

    /**
     * {@code target[c] += Σ_r matrix[r, c]} for at most {@link #COLUMNS} columns.
     *
     * @param matrix [rows, stride], of which the first column to be summed starts at {@code at}
     * @param target [columns], starting at {@code targetAt}
     * @param sums [{@link #COLUMNS}], scratch
     */
    static void add(
            float[] matrix,
            int at,
            int stride,
            int rows,
            int columns,
            float[] target,
            int targetAt,
            double[] sums) {
        Arrays.fill(sums, 0);
        for (int r = 0; r < rows; r++) {
            addRow(matrix, at + r * stride, columns, sums, 0);
        }
        for (int c = 0; c < columns; c++) {
            target[targetAt + c] += (float) sums[c];
        }
    }

    /** {@code sums[sumsAt + c] += matrix[at + c]} for c below {@code columns}. */
    static void addRow(float[] matrix, int at, int columns, double[] sums, int sumsAt) {
        for (int c = 0; c < columns; c++) {
            sums[sumsAt + c] += matrix[at + c];
        }
    }

    /**
     * Adds rows of sums, in order, to a part of {@code target}.
     *
     * @param sums [rows, stride], of which the first column to be added starts at {@code at}; what
     *     they hold is lost
     * @param target [columns], starting at {@code targetAt}
     */
    static void addTo(
            double[] sums,
            int at,
            int stride,
            int rows,
            int columns,
            float[] target,
            int targetAt) {
        for (int r = 1; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                sums[at + c] += sums[at + r * stride + c];
            }
        }
        for (int c = 0; c < columns; c++) {
            target[targetAt + c] += (float) sums[at + c];
        }
    }
}
