package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.StridedGemm.MAX_DEPTH;
import static dev.getj.kernels.jvm.StridedGemm.MAX_START;
import static dev.getj.kernels.jvm.StridedGemm.ROW;
import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * A register tile of 4 rows × 2 vectors of {@link StridedGemm}: for 16 registers, and for steps of
 * every kind, of which it is faster with those that the compiler knows.
 *
 * <p>{@code if (p == depth)} parts the rows; see {@link Registers}.
 */
final class TallTile {
    static final int ROWS = 4;
    static final int COLUMNS = 2 * LANES;

    private TallTile() {}

    /** What is known of the steps of A, B and C. */
    enum Steps {
        /** Elements of a row of A are neighbours; rows of B are {@link StridedGemm#ROW} floats. */
        ROWS,
        /** Elements of a column of A are neighbours; rows of B and of Aᵀ have that length. */
        COLUMNS,
        /** Nothing. */
        ANY
    }

    /**
     * {@code C = A · B [depth]}, or added to C, for 4 rows and 2 vectors.
     *
     * @param row the first, in A and C
     * @param last of the rows, 0…3; those beyond repeat it and write the same result to the same
     *     place
     * @param column the first, in B and C
     */
    static void multiply(
            Matrix a,
            Matrix b,
            Matrix c,
            Steps steps,
            int row,
            int last,
            int depth,
            int column,
            boolean add) {
        float[] left = a.values();
        float[] right = b.values();
        float[] sums = c.values();
        int columnA = a.column();
        int rowB = b.row();
        int rightAt = b.at() + column;
        int start0 = a.row(row);
        int a0 = bounded(start0);
        int start1 = a.row(row + Math.min(1, last));
        int a1 = bounded(start1);
        int start2 = a.row(row + Math.min(2, last));
        int a2 = bounded(start2);
        int start3 = a.row(row + Math.min(3, last));
        int a3 = bounded(start3);
        int b0 = bounded(b.at() + column);
        int end = Math.max(0, Math.min(depth, MAX_DEPTH));
        int at0 = c.row(row) + column;
        int at1 = c.row(row + Math.min(1, last)) + column;
        int at2 = c.row(row + Math.min(2, last)) + column;
        int at3 = c.row(row + Math.min(3, last)) + column;
        FloatVector c00 = start(sums, at0, add);
        FloatVector c01 = start(sums, at0 + LANES, add);
        FloatVector c10 = start(sums, at1, add);
        FloatVector c11 = start(sums, at1 + LANES, add);
        FloatVector c20 = start(sums, at2, add);
        FloatVector c21 = start(sums, at2 + LANES, add);
        FloatVector c30 = start(sums, at3, add);
        FloatVector c31 = start(sums, at3 + LANES, add);
        for (int p = 0; p < end; p++) {
            // the compiler makes a loop of each case
            float x0;
            float x1;
            float x2;
            float x3;
            int at;
            if (steps == Steps.ROWS) {
                x0 = left[a0 + p];
                x1 = left[a1 + p];
                x2 = left[a2 + p];
                x3 = left[a3 + p];
                at = b0 + p * ROW;
            } else if (steps == Steps.COLUMNS) {
                x0 = left[a0 + p * ROW];
                x1 = left[a1 + p * ROW];
                x2 = left[a2 + p * ROW];
                x3 = left[a3 + p * ROW];
                at = b0 + p * ROW;
            } else {
                x0 = left[start0 + p * columnA];
                x1 = left[start1 + p * columnA];
                x2 = left[start2 + p * columnA];
                x3 = left[start3 + p * columnA];
                at = rightAt + p * rowB;
            }
            FloatVector right0 = FloatVector.fromArray(SPECIES, right, at);
            FloatVector right1 = FloatVector.fromArray(SPECIES, right, at + LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, x0);
            c00 = x.fma(right0, c00);
            c01 = x.fma(right1, c01);
            x = FloatVector.broadcast(SPECIES, x1);
            c10 = x.fma(right0, c10);
            c11 = x.fma(right1, c11);
            if (p == depth) {
                break; // never, see Registers
            }
            x = FloatVector.broadcast(SPECIES, x2);
            c20 = x.fma(right0, c20);
            c21 = x.fma(right1, c21);
            x = FloatVector.broadcast(SPECIES, x3);
            c30 = x.fma(right0, c30);
            c31 = x.fma(right1, c31);
        }
        c00.intoArray(sums, at0);
        c01.intoArray(sums, at0 + LANES);
        c10.intoArray(sums, at1);
        c11.intoArray(sums, at1 + LANES);
        c20.intoArray(sums, at2);
        c21.intoArray(sums, at2 + LANES);
        c30.intoArray(sums, at3);
        c31.intoArray(sums, at3 + LANES);
    }

    private static int bounded(int start) {
        return Math.max(0, Math.min(start, MAX_START));
    }

    private static FloatVector start(float[] sums, int at, boolean add) {
        return add ? FloatVector.fromArray(SPECIES, sums, at) : FloatVector.zero(SPECIES);
    }
}
