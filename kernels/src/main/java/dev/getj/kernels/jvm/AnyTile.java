package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.StridedGemm.MAX_DEPTH;
import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * A register tile of 6 rows × 2 vectors of {@link StridedGemm} for steps of every kind and for
 * fewer rows.
 *
 * <p>{@code if (p == depth)} and {@code if (p == next)} part the rows; see {@link Registers}.
 */
final class AnyTile {
    static final int ROWS = 6;
    static final int COLUMNS = 2 * LANES;

    private AnyTile() {}

    /**
     * {@code C = A · B [depth]}, or added to C, for 6 rows and 2 vectors.
     *
     * @param row the first, in A and C
     * @param last of the rows, 0…5; those beyond repeat it and write the same result to the same
     *     place
     * @param column the first, in B and C
     */
    static void multiply(
            Matrix a, Matrix b, Matrix c, int row, int last, int depth, int column, boolean add) {
        float[] left = a.values();
        float[] right = b.values();
        float[] sums = c.values();
        int columnA = a.column();
        int rowB = b.row();
        int rightAt = b.at() + column;
        int start0 = a.row(row);
        int start1 = a.row(row + Math.min(1, last));
        int start2 = a.row(row + Math.min(2, last));
        int start3 = a.row(row + Math.min(3, last));
        int start4 = a.row(row + Math.min(4, last));
        int start5 = a.row(row + Math.min(5, last));
        int next = depth + 1;
        int end = Math.max(0, Math.min(depth, MAX_DEPTH));
        int at0 = c.row(row) + column;
        int at1 = c.row(row + Math.min(1, last)) + column;
        int at2 = c.row(row + Math.min(2, last)) + column;
        int at3 = c.row(row + Math.min(3, last)) + column;
        int at4 = c.row(row + Math.min(4, last)) + column;
        int at5 = c.row(row + Math.min(5, last)) + column;
        FloatVector c00 = start(sums, at0, add);
        FloatVector c01 = start(sums, at0 + LANES, add);
        FloatVector c10 = start(sums, at1, add);
        FloatVector c11 = start(sums, at1 + LANES, add);
        FloatVector c20 = start(sums, at2, add);
        FloatVector c21 = start(sums, at2 + LANES, add);
        FloatVector c30 = start(sums, at3, add);
        FloatVector c31 = start(sums, at3 + LANES, add);
        FloatVector c40 = start(sums, at4, add);
        FloatVector c41 = start(sums, at4 + LANES, add);
        FloatVector c50 = start(sums, at5, add);
        FloatVector c51 = start(sums, at5 + LANES, add);
        for (int p = 0; p < end; p++) {
            int at = rightAt + p * rowB;
            FloatVector right0 = FloatVector.fromArray(SPECIES, right, at);
            FloatVector right1 = FloatVector.fromArray(SPECIES, right, at + LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, left[start0 + p * columnA]);
            c00 = x.fma(right0, c00);
            c01 = x.fma(right1, c01);
            x = FloatVector.broadcast(SPECIES, left[start1 + p * columnA]);
            c10 = x.fma(right0, c10);
            c11 = x.fma(right1, c11);
            if (p == depth) {
                break; // never, see Registers
            }
            x = FloatVector.broadcast(SPECIES, left[start2 + p * columnA]);
            c20 = x.fma(right0, c20);
            c21 = x.fma(right1, c21);
            x = FloatVector.broadcast(SPECIES, left[start3 + p * columnA]);
            c30 = x.fma(right0, c30);
            c31 = x.fma(right1, c31);
            if (p == next) {
                break; // never
            }
            x = FloatVector.broadcast(SPECIES, left[start4 + p * columnA]);
            c40 = x.fma(right0, c40);
            c41 = x.fma(right1, c41);
            x = FloatVector.broadcast(SPECIES, left[start5 + p * columnA]);
            c50 = x.fma(right0, c50);
            c51 = x.fma(right1, c51);
        }
        c00.intoArray(sums, at0);
        c01.intoArray(sums, at0 + LANES);
        c10.intoArray(sums, at1);
        c11.intoArray(sums, at1 + LANES);
        c20.intoArray(sums, at2);
        c21.intoArray(sums, at2 + LANES);
        c30.intoArray(sums, at3);
        c31.intoArray(sums, at3 + LANES);
        c40.intoArray(sums, at4);
        c41.intoArray(sums, at4 + LANES);
        c50.intoArray(sums, at5);
        c51.intoArray(sums, at5 + LANES);
    }

    private static FloatVector start(float[] sums, int at, boolean add) {
        return add ? FloatVector.fromArray(SPECIES, sums, at) : FloatVector.zero(SPECIES);
    }
}
