package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.Gemm.LANES;
import static dev.getj.kernels.jvm.Gemm.SPECIES;
import static dev.getj.kernels.jvm.Gemm.TILE_COLUMNS;
import static dev.getj.kernels.jvm.Gemm.TILE_ROWS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import java.util.Arrays;

/**
 * The transpose of a matrix [depth, rows] as the left-hand side of a product, packed in strips of 8
 * rows, or of 6: in each, the elements of k = 0, then those of k = 1, and so on. Copying short runs
 * is much cheaper than transposing, and the inner loop reads a strip straight through.
 *
 * @param values at least {@link #size} floats
 */
record Strips(float[] values, int rows, int depth) implements Gemm.Left {
    /** Floats of a row that whole vectors copy. */
    private static final int COPIED = 8;

    private static final VectorSpecies<Float> SHORT =
            LANES < COPIED ? SPECIES : FloatVector.SPECIES_256;

    /** Floats between strips, which would else lie a power of two apart and share cache sets. */
    private static final int SPACING = 16;

    /** Rows of the matrix that are read side by side: as many as a cache set has ways. */
    static final int RUN = 8;

    /** Number of strips. */
    int count() {
        return Gemm.ceil(rows, TILE_ROWS);
    }

    /** Floats that the packed matrix takes. */
    static int size(int rows, int depth) {
        return Math.multiplyExact(Gemm.ceil(rows, TILE_ROWS), length(depth));
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
        for (int k = from; k < end; k += RUN) {
            int run = Math.min(RUN, end - k);
            for (int strip = 0; strip < count(); strip++) {
                int source = at + k * rows + strip * TILE_ROWS;
                copy(matrix, source, strip * length(depth) + k * TILE_ROWS, run);
            }
        }
        for (int k = Math.max(from, count); k < to; k++) {
            for (int strip = 0; strip < count(); strip++) {
                int target = strip * length(depth) + k * TILE_ROWS;
                Arrays.fill(values, target, target + TILE_ROWS, 0);
            }
        }
    }

    // Where a row of a strip is shorter than what is copied, the next overwrites the rest, which is
    // not so for the last. The last strip may hold anything in rows that do not exist.
    private void copy(float[] matrix, int source, int target, int run) {
        int covered = TILE_ROWS < COPIED ? run - 1 : run;
        int whole = source + (covered - 1) * rows + COPIED <= matrix.length ? covered : 0;
        for (int k = 0; k < whole; k++) {
            int from = source + k * rows;
            int to = target + k * TILE_ROWS;
            FloatVector.fromArray(SHORT, matrix, from).intoArray(values, to);
            if (LANES < COPIED) {
                FloatVector.fromArray(SHORT, matrix, from + LANES).intoArray(values, to + LANES);
            }
        }
        for (int k = whole; k < run; k++) {
            int from = source + k * rows;
            int width = Math.min(TILE_ROWS, matrix.length - from);
            System.arraycopy(matrix, from, values, target + k * TILE_ROWS, width);
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
        int a = row / TILE_ROWS * length(depth);
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
            x = FloatVector.broadcast(SPECIES, values[a + 6]);
            c60 = x.fma(b0, c60);
            c61 = x.fma(b1, c61);
            x = FloatVector.broadcast(SPECIES, values[a + 7]);
            c70 = x.fma(b0, c70);
            c71 = x.fma(b1, c71);
            a += TILE_ROWS;
        }
        c00.intoArray(tile, 0);
        c01.intoArray(tile, LANES);
        c10.intoArray(tile, TILE_COLUMNS);
        c11.intoArray(tile, TILE_COLUMNS + LANES);
        c20.intoArray(tile, 2 * TILE_COLUMNS);
        c21.intoArray(tile, 2 * TILE_COLUMNS + LANES);
        c30.intoArray(tile, 3 * TILE_COLUMNS);
        c31.intoArray(tile, 3 * TILE_COLUMNS + LANES);
        c40.intoArray(tile, 4 * TILE_COLUMNS);
        c41.intoArray(tile, 4 * TILE_COLUMNS + LANES);
        c50.intoArray(tile, 5 * TILE_COLUMNS);
        c51.intoArray(tile, 5 * TILE_COLUMNS + LANES);
        c60.intoArray(tile, 6 * TILE_COLUMNS);
        c61.intoArray(tile, 6 * TILE_COLUMNS + LANES);
        c70.intoArray(tile, 7 * TILE_COLUMNS);
        c71.intoArray(tile, 7 * TILE_COLUMNS + LANES);
    }

    private void six(int row, float[] panel, int at, int depth, float[] tile) {
        int a = row / TILE_ROWS * length(depth);
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
        c00.intoArray(tile, 0);
        c01.intoArray(tile, LANES);
        c10.intoArray(tile, TILE_COLUMNS);
        c11.intoArray(tile, TILE_COLUMNS + LANES);
        c20.intoArray(tile, 2 * TILE_COLUMNS);
        c21.intoArray(tile, 2 * TILE_COLUMNS + LANES);
        c30.intoArray(tile, 3 * TILE_COLUMNS);
        c31.intoArray(tile, 3 * TILE_COLUMNS + LANES);
        c40.intoArray(tile, 4 * TILE_COLUMNS);
        c41.intoArray(tile, 4 * TILE_COLUMNS + LANES);
        c50.intoArray(tile, 5 * TILE_COLUMNS);
        c51.intoArray(tile, 5 * TILE_COLUMNS + LANES);
    }
}
