package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.Gemm.LANES;
import static dev.getj.kernels.jvm.Gemm.SPECIES;

import jdk.incubator.vector.FloatVector;

import java.util.Arrays;

/**
 * A matrix [depth, columns] packed for {@link Gemm}: panels of two vectors' columns one after the
 * other, in each the rows one after the other, so that the inner loop reads straight through
 * memory. The last panel is filled up with zeros.
 */
final class Panels {
    private static final int WIDTH = Gemm.TILE_COLUMNS;
    private static final int RUN = 8;

    private final int depth;
    private final int columns;
    private final float[] values;

    /**
     * @param values where to keep the packed copy, at least {@link #size} floats
     */
    Panels(int depth, int columns, float[] values) {
        this.depth = depth;
        this.columns = columns;
        this.values = values;
    }

    Panels(int depth, int columns) {
        this(depth, columns, new float[size(depth, columns)]);
    }

    /** Floats that a packed matrix takes. */
    static int size(int depth, int columns) {
        return Math.multiplyExact(Math.multiplyExact(Gemm.ceil(columns, WIDTH), WIDTH), depth);
    }

    int depth() {
        return depth;
    }

    int columns() {
        return columns;
    }

    /** Number of panels. */
    int count() {
        return Gemm.ceil(columns, WIDTH);
    }

    /** [count, depth, 2 vectors]. */
    float[] values() {
        return values;
    }

    /**
     * Packs panels {@code from … to − 1} of a matrix [rows, columns] that starts at {@code at};
     * rows up to depth become zeros.
     */
    void pack(int from, int to, float[] matrix, int at, int rows) {
        // a few rows of all these panels at a time: the matrix is read in longer runs
        for (int k = 0; k < rows; k += RUN) {
            int run = Math.min(RUN, rows - k);
            for (int p = from; p < to; p++) {
                int source = at + k * columns + p * WIDTH;
                int target = p * WIDTH * depth + k * WIDTH;
                if ((p + 1) * WIDTH <= columns) {
                    copy(matrix, source, target, run);
                } else {
                    copyLast(matrix, source, target, run);
                }
            }
        }
        for (int p = from; p < to; p++) {
            int start = p * WIDTH * depth;
            Arrays.fill(values, start + rows * WIDTH, start + depth * WIDTH, 0);
        }
    }

    private void copy(float[] matrix, int source, int target, int run) {
        for (int k = 0; k < run; k++) {
            FloatVector.fromArray(SPECIES, matrix, source).intoArray(values, target);
            FloatVector.fromArray(SPECIES, matrix, source + LANES)
                    .intoArray(values, target + LANES);
            source += columns;
            target += WIDTH;
        }
    }

    private void copyLast(float[] matrix, int source, int target, int run) {
        int width = columns % WIDTH;
        for (int k = 0; k < run; k++) {
            System.arraycopy(matrix, source, values, target, width);
            Arrays.fill(values, target + width, target + WIDTH, 0);
            source += columns;
            target += WIDTH;
        }
    }

    /**
     * Packs panel {@code p} of the transpose of a matrix [columns, depth] that starts at {@code
     * at}.
     */
    void packTransposed(int p, float[] matrix, int at) {
        int column = p * WIDTH;
        int width = Math.min(WIDTH, columns - column);
        int target = p * WIDTH * depth;
        for (int j = 0; j < width; j++) {
            int source = at + (column + j) * depth;
            for (int k = 0; k < depth; k++) {
                values[target + k * WIDTH + j] = matrix[source + k];
            }
        }
    }
}
