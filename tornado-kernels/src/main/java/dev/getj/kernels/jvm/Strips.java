package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.Gemm.LANES;
import static dev.getj.kernels.jvm.Gemm.SPECIES;
import static dev.getj.kernels.jvm.Gemm.TILE_COLUMNS;
import static dev.getj.kernels.jvm.Gemm.TILE_ROWS;

import java.util.Arrays;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The transpose of a matrix [depth, rows] as the left-hand side of a product, packed in strips of 6
 * rows: in each, the 6 elements of k = 0, then those of k = 1, and so on. Copying short runs is much
 * cheaper than transposing, and the inner loop reads a strip straight through.
 *
 * @param values at least {@link #size} floats
 */
record Strips(float[] values, int rows, int depth) implements Gemm.Left {
    /** Shorter vectors than the widest, as they only carry six. */
    private static final VectorSpecies<Float> SIX =
            LANES < TILE_ROWS ? SPECIES : FloatVector.SPECIES_256;

    /** Floats that are touched when six are copied. */
    private static final int ROOM = Math.max(8, 2 * SIX.length());

    private static final int RUN = 8;

    /** Number of strips. */
    int count() {
        return Gemm.ceil(rows, TILE_ROWS);
    }

    /** Floats that the packed matrix takes. */
    static int size(int rows, int depth) {
        return Math.multiplyExact(Gemm.ceil(rows, TILE_ROWS), length(depth));
    }

    // whole vectors are stored, so there must be room behind the last six
    private static int length(int depth) {
        return depth * TILE_ROWS + ROOM;
    }

    /**
     * Packs strips {@code from … to − 1}.
     *
     * @param matrix [count, rows], starting at {@code at}
     * @param count at most depth; beyond, zeros
     */
    void pack(int from, int to, float[] matrix, int at, int count) {
        int length = length(depth);
        // a few rows of all these strips at a time: neighbours share cache lines of the matrix
        for (int k = 0; k < count; k += RUN) {
            int run = Math.min(RUN, count - k);
            for (int strip = from; strip < to; strip++) {
                int source = at + k * rows + strip * TILE_ROWS;
                int target = strip * length + k * TILE_ROWS;
                if (source + (run - 1) * rows + ROOM <= matrix.length) {
                    copy(matrix, source, target, run);
                } else {
                    copyCarefully(matrix, source, target, run);
                }
            }
        }
        for (int strip = from; strip < to; strip++) {
            int start = strip * length;
            Arrays.fill(values, start + count * TILE_ROWS, start + depth * TILE_ROWS, 0);
        }
    }

    // Whole vectors: what they hold beyond six is overwritten by the next six, or lies in the room
    // behind the last. The last strip may hold anything in rows that do not exist.
    private void copy(float[] matrix, int source, int target, int run) {
        for (int k = 0; k < run; k++) {
            FloatVector.fromArray(SIX, matrix, source).intoArray(values, target);
            if (LANES < TILE_ROWS) {
                FloatVector.fromArray(SIX, matrix, source + SIX.length())
                        .intoArray(values, target + SIX.length());
            }
            source += rows;
            target += TILE_ROWS;
        }
    }

    // at the end of the matrix, where a whole vector would reach beyond
    private void copyCarefully(float[] matrix, int source, int target, int run) {
        for (int k = 0; k < run; k++) {
            int count = Math.min(TILE_ROWS, matrix.length - source);
            System.arraycopy(matrix, source, values, target, count);
            source += rows;
            target += TILE_ROWS;
        }
    }

    @Override
    public void multiply(int row, float[] panel, int at, int depth, float[] tile) {
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
