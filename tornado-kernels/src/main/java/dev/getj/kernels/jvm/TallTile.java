package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * A register tile of 6 rows × 2 vectors: 12 sums, 2 vectors of B and one broadcast element of A are
 * what the 16 registers of AVX2 hold.
 */
final class TallTile {
    static final int ROWS = 6;
    static final int COLUMNS = 2 * LANES;

    private TallTile() {}

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
        int a0 = a.row(row);
        int a1 = a.row(row + Math.min(1, last));
        int a2 = a.row(row + Math.min(2, last));
        int a3 = a.row(row + Math.min(3, last));
        int a4 = a.row(row + Math.min(4, last));
        int a5 = a.row(row + Math.min(5, last));
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
        int rowB = b.row();
        int columnA = a.column();
        // counting along B and A: from products with p, the compiler unrolls until registers spill
        int at = b.at() + column;
        int step = 0;
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, right, at);
            FloatVector b1 = FloatVector.fromArray(SPECIES, right, at + LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, left[a0 + step]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            x = FloatVector.broadcast(SPECIES, left[a1 + step]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            x = FloatVector.broadcast(SPECIES, left[a2 + step]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            x = FloatVector.broadcast(SPECIES, left[a3 + step]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            x = FloatVector.broadcast(SPECIES, left[a4 + step]);
            c40 = x.fma(b0, c40);
            c41 = x.fma(b1, c41);
            x = FloatVector.broadcast(SPECIES, left[a5 + step]);
            c50 = x.fma(b0, c50);
            c51 = x.fma(b1, c51);
            at += rowB;
            step += columnA;
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
