package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Products of matrices that lie where they are, for the blocks of attention: {@code C = A B} or
 * {@code C += A B} where A may have any stride between rows and between columns (so it may be read
 * transposed) and B and C are row-major. A register tile of 6 rows × 2 vectors; every element is
 * one chain of fused multiply-adds from p = 0 upwards.
 */
final class SmallGemm {
    private static final int TILE_ROWS = 6;

    private SmallGemm() {}

    /**
     * @param rows of A and C
     * @param depth columns of A, rows of B
     * @param columns of B and C
     * @param c [rows, columns] at {@code cAt}, rows {@code cRow} apart
     * @param add whether to add to C or to overwrite it
     */
    static void multiply(
            int rows,
            int depth,
            int columns,
            float[] a,
            int aAt,
            int aRow,
            int aColumn,
            float[] b,
            int bAt,
            int bRow,
            float[] c,
            int cAt,
            int cRow,
            boolean add) {
        for (int r = 0; r < rows; r += TILE_ROWS) {
            int count = Math.min(TILE_ROWS, rows - r);
            int column = 0;
            for (; column <= columns - 2 * LANES; column += 2 * LANES) {
                wide(
                        count,
                        depth,
                        a,
                        aAt + r * aRow,
                        aRow,
                        aColumn,
                        b,
                        bAt + column,
                        bRow,
                        c,
                        cAt + r * cRow + column,
                        cRow,
                        add);
            }
            for (; column < columns; column += LANES) {
                narrow(
                        count,
                        depth,
                        a,
                        aAt + r * aRow,
                        aRow,
                        aColumn,
                        b,
                        bAt + column,
                        bRow,
                        c,
                        cAt + r * cRow + column,
                        cRow,
                        add,
                        SPECIES.indexInRange(column, columns));
            }
        }
    }

    // C[6, 2 vectors]; rows beyond the count repeat the last one and are not stored
    private static void wide(
            int count,
            int depth,
            float[] a,
            int a0,
            int aRow,
            int aColumn,
            float[] b,
            int bAt,
            int bRow,
            float[] c,
            int cAt,
            int cRow,
            boolean add) {
        int last = count - 1;
        int a1 = a0 + Math.min(1, last) * aRow;
        int a2 = a0 + Math.min(2, last) * aRow;
        int a3 = a0 + Math.min(3, last) * aRow;
        int a4 = a0 + Math.min(4, last) * aRow;
        int a5 = a0 + Math.min(5, last) * aRow;
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = FloatVector.zero(SPECIES);
        FloatVector c10 = FloatVector.zero(SPECIES);
        FloatVector c11 = FloatVector.zero(SPECIES);
        FloatVector c20 = FloatVector.zero(SPECIES);
        FloatVector c21 = FloatVector.zero(SPECIES);
        FloatVector c30 = FloatVector.zero(SPECIES);
        FloatVector c31 = FloatVector.zero(SPECIES);
        FloatVector c40 = FloatVector.zero(SPECIES);
        FloatVector c41 = FloatVector.zero(SPECIES);
        FloatVector c50 = FloatVector.zero(SPECIES);
        FloatVector c51 = FloatVector.zero(SPECIES);
        if (add) {
            c00 = FloatVector.fromArray(SPECIES, c, cAt);
            c01 = FloatVector.fromArray(SPECIES, c, cAt + LANES);
            c10 = FloatVector.fromArray(SPECIES, c, cAt + Math.min(1, last) * cRow);
            c11 = FloatVector.fromArray(SPECIES, c, cAt + Math.min(1, last) * cRow + LANES);
            c20 = FloatVector.fromArray(SPECIES, c, cAt + Math.min(2, last) * cRow);
            c21 = FloatVector.fromArray(SPECIES, c, cAt + Math.min(2, last) * cRow + LANES);
            c30 = FloatVector.fromArray(SPECIES, c, cAt + Math.min(3, last) * cRow);
            c31 = FloatVector.fromArray(SPECIES, c, cAt + Math.min(3, last) * cRow + LANES);
            c40 = FloatVector.fromArray(SPECIES, c, cAt + Math.min(4, last) * cRow);
            c41 = FloatVector.fromArray(SPECIES, c, cAt + Math.min(4, last) * cRow + LANES);
            c50 = FloatVector.fromArray(SPECIES, c, cAt + Math.min(5, last) * cRow);
            c51 = FloatVector.fromArray(SPECIES, c, cAt + Math.min(5, last) * cRow + LANES);
        }
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bAt + p * bRow);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, bAt + p * bRow + LANES);
            int step = p * aColumn;
            FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + step]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            x = FloatVector.broadcast(SPECIES, a[a1 + step]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            x = FloatVector.broadcast(SPECIES, a[a2 + step]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            x = FloatVector.broadcast(SPECIES, a[a3 + step]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            x = FloatVector.broadcast(SPECIES, a[a4 + step]);
            c40 = x.fma(b0, c40);
            c41 = x.fma(b1, c41);
            x = FloatVector.broadcast(SPECIES, a[a5 + step]);
            c50 = x.fma(b0, c50);
            c51 = x.fma(b1, c51);
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + LANES);
        if (last >= 1) {
            c10.intoArray(c, cAt + cRow);
            c11.intoArray(c, cAt + cRow + LANES);
        }
        if (last >= 2) {
            c20.intoArray(c, cAt + 2 * cRow);
            c21.intoArray(c, cAt + 2 * cRow + LANES);
        }
        if (last >= 3) {
            c30.intoArray(c, cAt + 3 * cRow);
            c31.intoArray(c, cAt + 3 * cRow + LANES);
        }
        if (last >= 4) {
            c40.intoArray(c, cAt + 4 * cRow);
            c41.intoArray(c, cAt + 4 * cRow + LANES);
        }
        if (last >= 5) {
            c50.intoArray(c, cAt + 5 * cRow);
            c51.intoArray(c, cAt + 5 * cRow + LANES);
        }
    }

    // C[6, 1 vector], masked
    private static void narrow(
            int count,
            int depth,
            float[] a,
            int a0,
            int aRow,
            int aColumn,
            float[] b,
            int bAt,
            int bRow,
            float[] c,
            int cAt,
            int cRow,
            boolean add,
            VectorMask<Float> mask) {
        int last = count - 1;
        int a1 = a0 + Math.min(1, last) * aRow;
        int a2 = a0 + Math.min(2, last) * aRow;
        int a3 = a0 + Math.min(3, last) * aRow;
        int a4 = a0 + Math.min(4, last) * aRow;
        int a5 = a0 + Math.min(5, last) * aRow;
        FloatVector c0 = FloatVector.zero(SPECIES);
        FloatVector c1 = FloatVector.zero(SPECIES);
        FloatVector c2 = FloatVector.zero(SPECIES);
        FloatVector c3 = FloatVector.zero(SPECIES);
        FloatVector c4 = FloatVector.zero(SPECIES);
        FloatVector c5 = FloatVector.zero(SPECIES);
        if (add) {
            c0 = FloatVector.fromArray(SPECIES, c, cAt, mask);
            c1 = FloatVector.fromArray(SPECIES, c, cAt + Math.min(1, last) * cRow, mask);
            c2 = FloatVector.fromArray(SPECIES, c, cAt + Math.min(2, last) * cRow, mask);
            c3 = FloatVector.fromArray(SPECIES, c, cAt + Math.min(3, last) * cRow, mask);
            c4 = FloatVector.fromArray(SPECIES, c, cAt + Math.min(4, last) * cRow, mask);
            c5 = FloatVector.fromArray(SPECIES, c, cAt + Math.min(5, last) * cRow, mask);
        }
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bAt + p * bRow, mask);
            int step = p * aColumn;
            FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + step]);
            c0 = x.fma(b0, c0);
            x = FloatVector.broadcast(SPECIES, a[a1 + step]);
            c1 = x.fma(b0, c1);
            x = FloatVector.broadcast(SPECIES, a[a2 + step]);
            c2 = x.fma(b0, c2);
            x = FloatVector.broadcast(SPECIES, a[a3 + step]);
            c3 = x.fma(b0, c3);
            x = FloatVector.broadcast(SPECIES, a[a4 + step]);
            c4 = x.fma(b0, c4);
            x = FloatVector.broadcast(SPECIES, a[a5 + step]);
            c5 = x.fma(b0, c5);
        }
        c0.intoArray(c, cAt, mask);
        if (last >= 1) {
            c1.intoArray(c, cAt + cRow, mask);
        }
        if (last >= 2) {
            c2.intoArray(c, cAt + 2 * cRow, mask);
        }
        if (last >= 3) {
            c3.intoArray(c, cAt + 3 * cRow, mask);
        }
        if (last >= 4) {
            c4.intoArray(c, cAt + 4 * cRow, mask);
        }
        if (last >= 5) {
            c5.intoArray(c, cAt + 5 * cRow, mask);
        }
    }
}
