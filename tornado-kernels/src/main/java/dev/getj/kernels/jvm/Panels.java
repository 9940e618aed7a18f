package dev.getj.kernels.jvm;

import java.util.Arrays;

/**
 * A matrix [depth, columns] packed for {@link Gemm}: panels of two vectors' columns one after the
 * other, in each the rows one after the other, so that the inner loop reads straight through
 * memory. The last panel is filled up with zeros.
 */
final class Panels {
    private static final int WIDTH = Gemm.TILE_COLUMNS;

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
     * Packs panel {@code p} of a matrix [rows, columns] that starts at {@code at}; rows up to depth
     * become zeros.
     */
    void pack(int p, float[] matrix, int at, int rows) {
        int column = p * WIDTH;
        int width = Math.min(WIDTH, columns - column);
        int target = p * WIDTH * depth;
        for (int k = 0; k < rows; k++) {
            int to = target + k * WIDTH;
            System.arraycopy(matrix, at + k * columns + column, values, to, width);
            Arrays.fill(values, to + width, to + WIDTH, 0);
        }
        Arrays.fill(values, target + rows * WIDTH, target + depth * WIDTH, 0);
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
