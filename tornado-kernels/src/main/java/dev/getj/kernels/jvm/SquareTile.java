package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * A register tile of 4 rows × 4 vectors: 16 sums, 4 vectors of B and a broadcast element of each
 * row of A, of the 32 registers of AVX-512.
 *
 * <p>Rows of B and C are as long as the tile is wide, and elements of A are neighbours down a row
 * or down a column: so the compiler knows all steps, and the inner loop is loads and multiply-adds
 * and nothing else. With other steps, which it does not know, it checks every index anew.
 */
final class SquareTile {
    static final int ROWS = 4;
    static final int COLUMNS = 4 * LANES;

    private static final int MAX_DEPTH = 1 << 18;
    private static final int MAX_START = Integer.MAX_VALUE - MAX_DEPTH * COLUMNS;

    private SquareTile() {}

    /** Whether {@link #multiply} can do it for all rows. */
    static boolean fits(Matrix a, Matrix b, Matrix c, int rows, int depth) {
        boolean steps = a.column() == 1 || a.column() == COLUMNS;
        boolean wide = b.row() == COLUMNS && c.row() == COLUMNS;
        boolean near = a.row(rows - 1) <= MAX_START && b.at() <= MAX_START && depth <= MAX_DEPTH;
        return steps && wide && near;
    }

    /**
     * {@code C = A · B [depth]}, or added to C, for 4 rows and all columns.
     *
     * @param row the first, in A and C
     * @param last of the rows, 0…3; those beyond repeat it and write the same result to the same
     *     place
     */
    static void multiply(Matrix a, Matrix b, Matrix c, int row, int last, int depth, boolean add) {
        if (a.column() == 1) {
            alongRows(a, b, c, row, last, depth, add);
        } else {
            alongColumns(a, b, c, row, last, depth, add);
        }
    }

    // Bounds that change nothing, but tell the compiler that p does not overflow what it is added
    // to, see RowMajor.
    private static int start(Matrix matrix, int row) {
        return Math.max(0, Math.min(matrix.row(row), MAX_START));
    }

    // the next element of a row of A is its neighbour
    private static void alongRows(
            Matrix a, Matrix b, Matrix c, int row, int last, int depth, boolean add) {
        float[] left = a.values();
        float[] right = b.values();
        float[] sums = c.values();
        int a0 = start(a, row);
        int a1 = start(a, row + Math.min(1, last));
        int a2 = start(a, row + Math.min(2, last));
        int a3 = start(a, row + Math.min(3, last));
        int b0 = start(b, 0);
        int end = Math.max(0, Math.min(depth, MAX_DEPTH));
        int at0 = c.row(row);
        int at1 = c.row(row + Math.min(1, last));
        int at2 = c.row(row + Math.min(2, last));
        int at3 = c.row(row + Math.min(3, last));
        FloatVector c00 = start(sums, at0, add);
        FloatVector c01 = start(sums, at0 + LANES, add);
        FloatVector c02 = start(sums, at0 + 2 * LANES, add);
        FloatVector c03 = start(sums, at0 + 3 * LANES, add);
        FloatVector c10 = start(sums, at1, add);
        FloatVector c11 = start(sums, at1 + LANES, add);
        FloatVector c12 = start(sums, at1 + 2 * LANES, add);
        FloatVector c13 = start(sums, at1 + 3 * LANES, add);
        FloatVector c20 = start(sums, at2, add);
        FloatVector c21 = start(sums, at2 + LANES, add);
        FloatVector c22 = start(sums, at2 + 2 * LANES, add);
        FloatVector c23 = start(sums, at2 + 3 * LANES, add);
        FloatVector c30 = start(sums, at3, add);
        FloatVector c31 = start(sums, at3 + LANES, add);
        FloatVector c32 = start(sums, at3 + 2 * LANES, add);
        FloatVector c33 = start(sums, at3 + 3 * LANES, add);
        for (int p = 0; p < end; p++) {
            int at = b0 + p * COLUMNS;
            FloatVector right0 = FloatVector.fromArray(SPECIES, right, at);
            FloatVector right1 = FloatVector.fromArray(SPECIES, right, at + LANES);
            FloatVector right2 = FloatVector.fromArray(SPECIES, right, at + 2 * LANES);
            FloatVector right3 = FloatVector.fromArray(SPECIES, right, at + 3 * LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, left[a0 + p]);
            c00 = x.fma(right0, c00);
            c01 = x.fma(right1, c01);
            c02 = x.fma(right2, c02);
            c03 = x.fma(right3, c03);
            x = FloatVector.broadcast(SPECIES, left[a1 + p]);
            c10 = x.fma(right0, c10);
            c11 = x.fma(right1, c11);
            c12 = x.fma(right2, c12);
            c13 = x.fma(right3, c13);
            x = FloatVector.broadcast(SPECIES, left[a2 + p]);
            c20 = x.fma(right0, c20);
            c21 = x.fma(right1, c21);
            c22 = x.fma(right2, c22);
            c23 = x.fma(right3, c23);
            x = FloatVector.broadcast(SPECIES, left[a3 + p]);
            c30 = x.fma(right0, c30);
            c31 = x.fma(right1, c31);
            c32 = x.fma(right2, c32);
            c33 = x.fma(right3, c33);
        }
        c00.intoArray(sums, at0);
        c01.intoArray(sums, at0 + LANES);
        c02.intoArray(sums, at0 + 2 * LANES);
        c03.intoArray(sums, at0 + 3 * LANES);
        c10.intoArray(sums, at1);
        c11.intoArray(sums, at1 + LANES);
        c12.intoArray(sums, at1 + 2 * LANES);
        c13.intoArray(sums, at1 + 3 * LANES);
        c20.intoArray(sums, at2);
        c21.intoArray(sums, at2 + LANES);
        c22.intoArray(sums, at2 + 2 * LANES);
        c23.intoArray(sums, at2 + 3 * LANES);
        c30.intoArray(sums, at3);
        c31.intoArray(sums, at3 + LANES);
        c32.intoArray(sums, at3 + 2 * LANES);
        c33.intoArray(sums, at3 + 3 * LANES);
    }

    // the next element of a row of A lies in the next row of its transpose
    private static void alongColumns(
            Matrix a, Matrix b, Matrix c, int row, int last, int depth, boolean add) {
        float[] left = a.values();
        float[] right = b.values();
        float[] sums = c.values();
        int a0 = start(a, row);
        int a1 = start(a, row + Math.min(1, last));
        int a2 = start(a, row + Math.min(2, last));
        int a3 = start(a, row + Math.min(3, last));
        int b0 = start(b, 0);
        int end = Math.max(0, Math.min(depth, MAX_DEPTH));
        int at0 = c.row(row);
        int at1 = c.row(row + Math.min(1, last));
        int at2 = c.row(row + Math.min(2, last));
        int at3 = c.row(row + Math.min(3, last));
        FloatVector c00 = start(sums, at0, add);
        FloatVector c01 = start(sums, at0 + LANES, add);
        FloatVector c02 = start(sums, at0 + 2 * LANES, add);
        FloatVector c03 = start(sums, at0 + 3 * LANES, add);
        FloatVector c10 = start(sums, at1, add);
        FloatVector c11 = start(sums, at1 + LANES, add);
        FloatVector c12 = start(sums, at1 + 2 * LANES, add);
        FloatVector c13 = start(sums, at1 + 3 * LANES, add);
        FloatVector c20 = start(sums, at2, add);
        FloatVector c21 = start(sums, at2 + LANES, add);
        FloatVector c22 = start(sums, at2 + 2 * LANES, add);
        FloatVector c23 = start(sums, at2 + 3 * LANES, add);
        FloatVector c30 = start(sums, at3, add);
        FloatVector c31 = start(sums, at3 + LANES, add);
        FloatVector c32 = start(sums, at3 + 2 * LANES, add);
        FloatVector c33 = start(sums, at3 + 3 * LANES, add);
        for (int p = 0; p < end; p++) {
            int at = b0 + p * COLUMNS;
            FloatVector right0 = FloatVector.fromArray(SPECIES, right, at);
            FloatVector right1 = FloatVector.fromArray(SPECIES, right, at + LANES);
            FloatVector right2 = FloatVector.fromArray(SPECIES, right, at + 2 * LANES);
            FloatVector right3 = FloatVector.fromArray(SPECIES, right, at + 3 * LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, left[a0 + p * COLUMNS]);
            c00 = x.fma(right0, c00);
            c01 = x.fma(right1, c01);
            c02 = x.fma(right2, c02);
            c03 = x.fma(right3, c03);
            x = FloatVector.broadcast(SPECIES, left[a1 + p * COLUMNS]);
            c10 = x.fma(right0, c10);
            c11 = x.fma(right1, c11);
            c12 = x.fma(right2, c12);
            c13 = x.fma(right3, c13);
            x = FloatVector.broadcast(SPECIES, left[a2 + p * COLUMNS]);
            c20 = x.fma(right0, c20);
            c21 = x.fma(right1, c21);
            c22 = x.fma(right2, c22);
            c23 = x.fma(right3, c23);
            x = FloatVector.broadcast(SPECIES, left[a3 + p * COLUMNS]);
            c30 = x.fma(right0, c30);
            c31 = x.fma(right1, c31);
            c32 = x.fma(right2, c32);
            c33 = x.fma(right3, c33);
        }
        c00.intoArray(sums, at0);
        c01.intoArray(sums, at0 + LANES);
        c02.intoArray(sums, at0 + 2 * LANES);
        c03.intoArray(sums, at0 + 3 * LANES);
        c10.intoArray(sums, at1);
        c11.intoArray(sums, at1 + LANES);
        c12.intoArray(sums, at1 + 2 * LANES);
        c13.intoArray(sums, at1 + 3 * LANES);
        c20.intoArray(sums, at2);
        c21.intoArray(sums, at2 + LANES);
        c22.intoArray(sums, at2 + 2 * LANES);
        c23.intoArray(sums, at2 + 3 * LANES);
        c30.intoArray(sums, at3);
        c31.intoArray(sums, at3 + LANES);
        c32.intoArray(sums, at3 + 2 * LANES);
        c33.intoArray(sums, at3 + 3 * LANES);
    }

    private static FloatVector start(float[] sums, int at, boolean add) {
        return add ? FloatVector.fromArray(SPECIES, sums, at) : FloatVector.zero(SPECIES);
    }
}
