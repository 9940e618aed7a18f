package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The matrix products of attention, on matrices in one array of working memory. A <em>panel</em> is
 * a matrix of {@link #WIDTH} columns, row after row.
 *
 * <p>Register tiles as in {@link Gemm}: every element is one chain of fused multiply-adds from p =
 * 0 upwards, so its bits do not depend on its place in a tile.
 */
final class PanelGemm {
    /** Columns of a panel. */
    static final int WIDTH = 2 * LANES;

    private static final int TILE_ROWS = 6;

    private PanelGemm() {}

    /**
     * Panel C [rows] = A [rows, depth] · panel B [depth], or added to C.
     *
     * @param a where A starts; its elements are {@code row} and {@code column} apart
     * @param b where B starts, likewise {@code c}
     */
    static void multiply(
            float[] working,
            int a,
            int row,
            int column,
            int rows,
            int depth,
            int b,
            int c,
            boolean add) {
        for (int r = 0; r < rows; r += TILE_ROWS) {
            int last = Math.min(TILE_ROWS, rows - r) - 1;
            tile(working, a + r * row, row, column, last, depth, b, c + r * WIDTH, add);
        }
    }

    // C [6, 2 vectors]; rows beyond the last repeat it and write the same result to the same place
    private static void tile(
            float[] working,
            int a0,
            int row,
            int column,
            int last,
            int depth,
            int b,
            int at0,
            boolean add) {
        int a1 = a0 + Math.min(1, last) * row;
        int a2 = a0 + Math.min(2, last) * row;
        int a3 = a0 + Math.min(3, last) * row;
        int a4 = a0 + Math.min(4, last) * row;
        int a5 = a0 + Math.min(5, last) * row;
        int at1 = at0 + Math.min(1, last) * WIDTH;
        int at2 = at0 + Math.min(2, last) * WIDTH;
        int at3 = at0 + Math.min(3, last) * WIDTH;
        int at4 = at0 + Math.min(4, last) * WIDTH;
        int at5 = at0 + Math.min(5, last) * WIDTH;
        FloatVector c00 = start(working, at0, add);
        FloatVector c01 = start(working, at0 + LANES, add);
        FloatVector c10 = start(working, at1, add);
        FloatVector c11 = start(working, at1 + LANES, add);
        FloatVector c20 = start(working, at2, add);
        FloatVector c21 = start(working, at2 + LANES, add);
        FloatVector c30 = start(working, at3, add);
        FloatVector c31 = start(working, at3 + LANES, add);
        FloatVector c40 = start(working, at4, add);
        FloatVector c41 = start(working, at4 + LANES, add);
        FloatVector c50 = start(working, at5, add);
        FloatVector c51 = start(working, at5 + LANES, add);
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, working, b + p * WIDTH);
            FloatVector b1 = FloatVector.fromArray(SPECIES, working, b + p * WIDTH + LANES);
            int step = p * column;
            FloatVector x = FloatVector.broadcast(SPECIES, working[a0 + step]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            x = FloatVector.broadcast(SPECIES, working[a1 + step]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            x = FloatVector.broadcast(SPECIES, working[a2 + step]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            x = FloatVector.broadcast(SPECIES, working[a3 + step]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            x = FloatVector.broadcast(SPECIES, working[a4 + step]);
            c40 = x.fma(b0, c40);
            c41 = x.fma(b1, c41);
            x = FloatVector.broadcast(SPECIES, working[a5 + step]);
            c50 = x.fma(b0, c50);
            c51 = x.fma(b1, c51);
        }
        c00.intoArray(working, at0);
        c01.intoArray(working, at0 + LANES);
        c10.intoArray(working, at1);
        c11.intoArray(working, at1 + LANES);
        c20.intoArray(working, at2);
        c21.intoArray(working, at2 + LANES);
        c30.intoArray(working, at3);
        c31.intoArray(working, at3 + LANES);
        c40.intoArray(working, at4);
        c41.intoArray(working, at4 + LANES);
        c50.intoArray(working, at5);
        c51.intoArray(working, at5 + LANES);
    }

    private static FloatVector start(float[] working, int at, boolean add) {
        return add ? FloatVector.fromArray(SPECIES, working, at) : FloatVector.zero(SPECIES);
    }
}
