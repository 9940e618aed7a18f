package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.StridedGemm.MAX_DEPTH;
import static dev.getj.kernels.jvm.StridedGemm.MAX_START;
import static dev.getj.kernels.jvm.StridedGemm.ROW;
import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * A register tile of 4 rows × 4 vectors of {@link StridedGemm}, where there are 32 registers.
 *
 * <p>Rows of B and C are {@link StridedGemm#ROW} floats long, and elements of A are neighbours down
 * a row or down a column: so the compiler knows all steps, and the inner loop is loads and
 * multiply-adds and nothing else. With other steps, which it does not know, it checks every index
 * anew.
 */
final class SquareTile {
    static final int ROWS = 4;
    static final int COLUMNS = 4 * LANES;

    private SquareTile() {}

    /**
     * {@code C = A · B [depth]}, or added to C, for 4 rows and 4 vectors.
     *
     * @param rows whether elements of a row of A are neighbours; otherwise those of a column are
     * @param row the first, in A and C
     * @param last of the rows, 0…3; those beyond repeat it and write the same result to the same
     *     place
     * @param column the first, in B and C
     */
    static void multiply(
            Matrix a,
            Matrix b,
            Matrix c,
            boolean rows,
            int row,
            int last,
            int depth,
            int column,
            boolean add) {
        float[] left = a.values();
        float[] right = b.values();
        float[] sums = c.values();
        int a0 = bounded(a.row(row));
        int a1 = bounded(a.row(row + Math.min(1, last)));
        int a2 = bounded(a.row(row + Math.min(2, last)));
        int a3 = bounded(a.row(row + Math.min(3, last)));
        int b0 = bounded(b.at() + column);
        int end = Math.max(0, Math.min(depth, MAX_DEPTH));
        int at0 = c.row(row) + column;
        int at1 = c.row(row + Math.min(1, last)) + column;
        int at2 = c.row(row + Math.min(2, last)) + column;
        int at3 = c.row(row + Math.min(3, last)) + column;
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
        if (rows) {
            for (int p = 0; p < end; p++) {
                int at = b0 + p * ROW;
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
        } else {
            for (int p = 0; p < end; p++) {
                int at = b0 + p * ROW;
                FloatVector right0 = FloatVector.fromArray(SPECIES, right, at);
                FloatVector right1 = FloatVector.fromArray(SPECIES, right, at + LANES);
                FloatVector right2 = FloatVector.fromArray(SPECIES, right, at + 2 * LANES);
                FloatVector right3 = FloatVector.fromArray(SPECIES, right, at + 3 * LANES);
                FloatVector x = FloatVector.broadcast(SPECIES, left[a0 + p * ROW]);
                c00 = x.fma(right0, c00);
                c01 = x.fma(right1, c01);
                c02 = x.fma(right2, c02);
                c03 = x.fma(right3, c03);
                x = FloatVector.broadcast(SPECIES, left[a1 + p * ROW]);
                c10 = x.fma(right0, c10);
                c11 = x.fma(right1, c11);
                c12 = x.fma(right2, c12);
                c13 = x.fma(right3, c13);
                x = FloatVector.broadcast(SPECIES, left[a2 + p * ROW]);
                c20 = x.fma(right0, c20);
                c21 = x.fma(right1, c21);
                c22 = x.fma(right2, c22);
                c23 = x.fma(right3, c23);
                x = FloatVector.broadcast(SPECIES, left[a3 + p * ROW]);
                c30 = x.fma(right0, c30);
                c31 = x.fma(right1, c31);
                c32 = x.fma(right2, c32);
                c33 = x.fma(right3, c33);
            }
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

    private static int bounded(int start) {
        return Math.max(0, Math.min(start, MAX_START));
    }

    private static FloatVector start(float[] sums, int at, boolean add) {
        return add ? FloatVector.fromArray(SPECIES, sums, at) : FloatVector.zero(SPECIES);
    }
}
