package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.Gemm.LANES;
import static dev.getj.kernels.jvm.Gemm.SPECIES;
import static dev.getj.kernels.jvm.Gemm.TILE_AT;
import static dev.getj.kernels.jvm.Gemm.TILE_COLUMNS;
import static dev.getj.kernels.jvm.Gemm.TILE_ROWS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

import java.util.Arrays;

/**
 * The transpose of a matrix [depth, rows] as the left-hand side of a product, packed in strips of 8
 * rows, or of 6: in each, the elements of k = 0, then those of k = 1, and so on. Copying short runs
 * is much cheaper than transposing, and the inner loop reads a strip straight through.
 *
 * @param values at least {@link #size} floats
 */
record Strips(float[] values, int rows, int depth) implements Gemm.Left {
    private static final VectorMask<Float> SECOND = SPECIES.indexInRange(0, TILE_ROWS).not();

    /** Floats between strips, which would else lie a power of two apart and share cache sets. */
    private static final int SPACING = 16;

    /** Rows of the matrix that are read side by side: as many as a cache set has ways. */
    static final int RUN = 8;

    private static final int MAX_DEPTH = 1 << 24;
    private static final int MAX_START = Integer.MAX_VALUE - MAX_DEPTH * TILE_ROWS;

    Strips {
        long end = (long) Gemm.ceil(rows, TILE_ROWS) * length(depth);
        if (depth > MAX_DEPTH || end > MAX_START) {
            throw new IllegalArgumentException(
                    "%s columns of %s rows are more than a product can read"
                            .formatted(rows, depth));
        }
    }

    /** Number of strips. */
    int count() {
        return Gemm.ceil(rows, TILE_ROWS);
    }

    /** Floats that the packed matrix takes. */
    static int size(int rows, int depth) {
        int strips = Math.multiplyExact(Gemm.ceil(rows, TILE_ROWS), length(depth));
        return Math.addExact(CacheLine.FIRST, strips);
    }

    private int start(int strip) {
        return CacheLine.FIRST + strip * length(depth);
    }

    private static int length(int depth) {
        return depth * TILE_ROWS + SPACING;
    }

    /**
     * Packs {@code k = from … to − 1} of all strips.
     *
     * @param matrix [count, rows], starting at {@code at}; zeros stand for k from count on
     */
    void pack(int from, int to, float[] matrix, int at, int count) {
        int end = Math.min(to, count);
        int k = from;
        for (; k + RUN <= end; k += RUN) {
            packRun(k, matrix, at + k * rows);
        }
        for (; k < end; k++) {
            packRow(k, 0, matrix, at + k * rows);
        }
        for (; k < to; k++) {
            for (int strip = 0; strip < count(); strip++) {
                int target = start(strip) + k * TILE_ROWS;
                Arrays.fill(values, target, target + TILE_ROWS, 0);
            }
        }
    }

    private void packRun(int k, float[] matrix, int at) {
        int whole = rows / TILE_ROWS;
        for (int strip = 0; strip < whole; strip++) {
            int from = at + strip * TILE_ROWS;
            int to = start(strip) + k * TILE_ROWS;
            if (2 * TILE_ROWS == LANES) {
                copyPairs(matrix, from, to);
            } else {
                copyRows(matrix, from, to);
            }
        }
        if (whole < count()) {
            for (int j = 0; j < RUN; j++) {
                packRow(k + j, whole, matrix, at + j * rows);
            }
        }
    }

    // Two rows of a strip are a vector. Not each half a vector of its own: where the compiler meets
    // vectors of two lengths, it may mistake one for the other and allocate them.
    private void copyPairs(float[] matrix, int from, int to) {
        for (int j = 0; j < RUN; j += 2) {
            int first = from + j * rows;
            FloatVector second = FloatVector.fromArray(SPECIES, matrix, first + rows - TILE_ROWS);
            FloatVector.fromArray(SPECIES, matrix, first)
                    .blend(second, SECOND)
                    .intoArray(values, to + j * TILE_ROWS);
        }
    }

    // what a vector holds beyond a row of a strip, the next row overwrites
    private void copyRows(float[] matrix, int from, int to) {
        for (int j = 0; j < RUN - 1; j++) {
            int source = from + j * rows;
            int target = to + j * TILE_ROWS;
            FloatVector.fromArray(SPECIES, matrix, source).intoArray(values, target);
            if (LANES < TILE_ROWS) {
                FloatVector.fromArray(SPECIES, matrix, source + LANES)
                        .intoArray(values, target + LANES);
            }
        }
        int last = RUN - 1;
        System.arraycopy(matrix, from + last * rows, values, to + last * TILE_ROWS, TILE_ROWS);
    }

    // of a row, what belongs to some of the strips: the first and those after it
    private void packRow(int k, int strip, float[] matrix, int at) {
        for (int row = strip * TILE_ROWS; row < rows; row += TILE_ROWS) {
            int to = start(row / TILE_ROWS) + k * TILE_ROWS;
            System.arraycopy(matrix, at + row, values, to, Math.min(TILE_ROWS, rows - row));
        }
    }

    @Override
    public void multiply(int row, float[] panel, int at, int depth, float[] tile) {
        if (TILE_ROWS == 8) {
            eight(row, panel, at, depth, tile);
        } else {
            six(row, panel, at, depth, tile);
        }
    }

    private void eight(int row, float[] panel, int at, int depth, float[] tile) {
        // bounds that change nothing, see RowMajor
        int a = Math.max(0, Math.min(start(row / TILE_ROWS), MAX_START));
        int end = Math.max(0, Math.min(depth, MAX_DEPTH));
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        FloatVector c40 = c00;
        FloatVector c41 = c00;
        FloatVector c50 = c00;
        FloatVector c51 = c00;
        FloatVector c60 = c00;
        FloatVector c61 = c00;
        FloatVector c70 = c00;
        FloatVector c71 = c00;
        for (int k = 0; k < end; k++) {
            int b = at + k * TILE_COLUMNS;
            int x0 = a + k * TILE_ROWS;
            FloatVector b0 = FloatVector.fromArray(SPECIES, panel, b);
            FloatVector b1 = FloatVector.fromArray(SPECIES, panel, b + LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, values[x0]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            x = FloatVector.broadcast(SPECIES, values[x0 + 1]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            x = FloatVector.broadcast(SPECIES, values[x0 + 2]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            x = FloatVector.broadcast(SPECIES, values[x0 + 3]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            x = FloatVector.broadcast(SPECIES, values[x0 + 4]);
            c40 = x.fma(b0, c40);
            c41 = x.fma(b1, c41);
            x = FloatVector.broadcast(SPECIES, values[x0 + 5]);
            c50 = x.fma(b0, c50);
            c51 = x.fma(b1, c51);
            x = FloatVector.broadcast(SPECIES, values[x0 + 6]);
            c60 = x.fma(b0, c60);
            c61 = x.fma(b1, c61);
            x = FloatVector.broadcast(SPECIES, values[x0 + 7]);
            c70 = x.fma(b0, c70);
            c71 = x.fma(b1, c71);
        }
        c00.intoArray(tile, TILE_AT);
        c01.intoArray(tile, TILE_AT + LANES);
        c10.intoArray(tile, TILE_AT + TILE_COLUMNS);
        c11.intoArray(tile, TILE_AT + TILE_COLUMNS + LANES);
        c20.intoArray(tile, TILE_AT + 2 * TILE_COLUMNS);
        c21.intoArray(tile, TILE_AT + 2 * TILE_COLUMNS + LANES);
        c30.intoArray(tile, TILE_AT + 3 * TILE_COLUMNS);
        c31.intoArray(tile, TILE_AT + 3 * TILE_COLUMNS + LANES);
        c40.intoArray(tile, TILE_AT + 4 * TILE_COLUMNS);
        c41.intoArray(tile, TILE_AT + 4 * TILE_COLUMNS + LANES);
        c50.intoArray(tile, TILE_AT + 5 * TILE_COLUMNS);
        c51.intoArray(tile, TILE_AT + 5 * TILE_COLUMNS + LANES);
        c60.intoArray(tile, TILE_AT + 6 * TILE_COLUMNS);
        c61.intoArray(tile, TILE_AT + 6 * TILE_COLUMNS + LANES);
        c70.intoArray(tile, TILE_AT + 7 * TILE_COLUMNS);
        c71.intoArray(tile, TILE_AT + 7 * TILE_COLUMNS + LANES);
    }

    private void six(int row, float[] panel, int at, int depth, float[] tile) {
        int a = start(row / TILE_ROWS);
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        FloatVector c40 = c00;
        FloatVector c41 = c00;
        FloatVector c50 = c00;
        FloatVector c51 = c00;
        // counting along the panel: with a counter k, the compiler unrolls until registers spill
        for (int b = at; b < at + depth * TILE_COLUMNS; b += TILE_COLUMNS) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, panel, b);
            FloatVector b1 = FloatVector.fromArray(SPECIES, panel, b + LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, values[a]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            x = FloatVector.broadcast(SPECIES, values[a + 1]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            x = FloatVector.broadcast(SPECIES, values[a + 2]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            x = FloatVector.broadcast(SPECIES, values[a + 3]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            x = FloatVector.broadcast(SPECIES, values[a + 4]);
            c40 = x.fma(b0, c40);
            c41 = x.fma(b1, c41);
            x = FloatVector.broadcast(SPECIES, values[a + 5]);
            c50 = x.fma(b0, c50);
            c51 = x.fma(b1, c51);
            a += TILE_ROWS;
        }
        c00.intoArray(tile, TILE_AT);
        c01.intoArray(tile, TILE_AT + LANES);
        c10.intoArray(tile, TILE_AT + TILE_COLUMNS);
        c11.intoArray(tile, TILE_AT + TILE_COLUMNS + LANES);
        c20.intoArray(tile, TILE_AT + 2 * TILE_COLUMNS);
        c21.intoArray(tile, TILE_AT + 2 * TILE_COLUMNS + LANES);
        c30.intoArray(tile, TILE_AT + 3 * TILE_COLUMNS);
        c31.intoArray(tile, TILE_AT + 3 * TILE_COLUMNS + LANES);
        c40.intoArray(tile, TILE_AT + 4 * TILE_COLUMNS);
        c41.intoArray(tile, TILE_AT + 4 * TILE_COLUMNS + LANES);
        c50.intoArray(tile, TILE_AT + 5 * TILE_COLUMNS);
        c51.intoArray(tile, TILE_AT + 5 * TILE_COLUMNS + LANES);
    }
}
