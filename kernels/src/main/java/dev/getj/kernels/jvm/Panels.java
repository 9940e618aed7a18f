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

    /** Floats between panels, which would else lie a power of two apart and share cache sets. */
    private static final int SPACING = 32;

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
        int panels = Math.multiplyExact(Gemm.ceil(columns, WIDTH), length(depth));
        return Math.addExact(CacheLine.FIRST, panels);
    }

    private static int length(int depth) {
        return Math.addExact(Math.multiplyExact(depth, WIDTH), SPACING);
    }

    /** Where panel {@code p} starts. */
    int start(int p) {
        return CacheLine.FIRST + p * length(depth);
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

    /** [count, depth, 2 vectors], and room between the panels: see {@link #start}. */
    float[] values() {
        return values;
    }

    /**
     * Packs rows {@code from … to − 1} of all panels.
     *
     * @param matrix [count, columns], starting at {@code at}; zeros stand for rows from count on
     */
    void pack(int from, int to, float[] matrix, int at, int count) {
        int whole = columns / WIDTH;
        int rest = columns % WIDTH;
        for (int k = from; k < Math.min(to, count); k++) {
            int source = at + k * columns;
            for (int p = 0; p < whole; p++) {
                int target = start(p) + k * WIDTH;
                FloatVector.fromArray(SPECIES, matrix, source).intoArray(values, target);
                FloatVector.fromArray(SPECIES, matrix, source + LANES)
                        .intoArray(values, target + LANES);
                source += WIDTH;
            }
            if (rest > 0) {
                int target = start(whole) + k * WIDTH;
                System.arraycopy(matrix, source, values, target, rest);
                Arrays.fill(values, target + rest, target + WIDTH, 0);
            }
        }
        for (int k = Math.max(from, count); k < to; k++) {
            for (int p = 0; p < count(); p++) {
                int target = start(p) + k * WIDTH;
                Arrays.fill(values, target, target + WIDTH, 0);
            }
        }
    }

    /**
     * Packs panel {@code p} of the transpose of a matrix [columns, depth] that starts at {@code
     * at}.
     */
    void packTransposed(int p, float[] matrix, int at) {
        int column = p * WIDTH;
        int width = Math.min(WIDTH, columns - column);
        int target = start(p);
        for (int j = 0; j < width; j++) {
            int source = at + (column + j) * depth;
            for (int k = 0; k < depth; k++) {
                values[target + k * WIDTH + j] = matrix[source + k];
            }
        }
    }
}
