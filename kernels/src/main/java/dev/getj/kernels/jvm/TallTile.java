package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.StridedGemm.MAX_DEPTH;
import static dev.getj.kernels.jvm.StridedGemm.MAX_START;
import static dev.getj.kernels.jvm.StridedGemm.ROW;
import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile of 6 rows × 2 vectors of {@link StridedGemm}, for 16 registers: whole tiles
 * whose rows of B and C are {@link StridedGemm#ROW} floats long. So C's rows lie known distances
 * apart, and the compiler checks a few of their indices instead of all. Of a tile of depth 64 an
 * eighth of the time would else be spent outside the loop; that is also why rows and columns of A
 * have a method each, and why operands are numbers, not {@link Matrix}, to be read for every tile.
 *
 * <p>{@code if (p == depth)} and {@code if (p == next)} part the rows; see {@link Registers}.
 */
final class TallTile {
    static final int ROWS = 6;
    static final int COLUMNS = 2 * LANES;

    private TallTile() {}

    /**
     * {@code C = A · B [depth]}, or added to C, for 6 rows and 2 vectors, where elements of a row
     * of A are neighbours.
     *
     * @param startA where the first row begins
     * @param strideA from one row of A to the next
     * @param startB where the first row's columns begin, as {@code startC}
     */
    static void rows(
            float[] left,
            int startA,
            int strideA,
            float[] right,
            int startB,
            float[] sums,
            int startC,
            int depth,
            boolean add) {
        int a0 = bounded(startA);
        int a1 = bounded(startA + strideA);
        int a2 = bounded(startA + 2 * strideA);
        int a3 = bounded(startA + 3 * strideA);
        int a4 = bounded(startA + 4 * strideA);
        int a5 = bounded(startA + 5 * strideA);
        int b0 = bounded(startB);
        int next = depth + 1;
        int end = Math.max(0, Math.min(depth, MAX_DEPTH));
        FloatVector c00;
        FloatVector c01;
        FloatVector c10;
        FloatVector c11;
        FloatVector c20;
        FloatVector c21;
        FloatVector c30;
        FloatVector c31;
        FloatVector c40;
        FloatVector c41;
        FloatVector c50;
        FloatVector c51;
        if (add) {
            c00 = FloatVector.fromArray(SPECIES, sums, startC);
            c01 = FloatVector.fromArray(SPECIES, sums, startC + LANES);
            c10 = FloatVector.fromArray(SPECIES, sums, startC + ROW);
            c11 = FloatVector.fromArray(SPECIES, sums, startC + ROW + LANES);
            c20 = FloatVector.fromArray(SPECIES, sums, startC + 2 * ROW);
            c21 = FloatVector.fromArray(SPECIES, sums, startC + 2 * ROW + LANES);
            c30 = FloatVector.fromArray(SPECIES, sums, startC + 3 * ROW);
            c31 = FloatVector.fromArray(SPECIES, sums, startC + 3 * ROW + LANES);
            c40 = FloatVector.fromArray(SPECIES, sums, startC + 4 * ROW);
            c41 = FloatVector.fromArray(SPECIES, sums, startC + 4 * ROW + LANES);
            c50 = FloatVector.fromArray(SPECIES, sums, startC + 5 * ROW);
            c51 = FloatVector.fromArray(SPECIES, sums, startC + 5 * ROW + LANES);
        } else {
            c00 = FloatVector.zero(SPECIES);
            c01 = c00;
            c10 = c00;
            c11 = c00;
            c20 = c00;
            c21 = c00;
            c30 = c00;
            c31 = c00;
            c40 = c00;
            c41 = c00;
            c50 = c00;
            c51 = c00;
        }
        for (int p = 0; p < end; p++) {
            int at = b0 + p * ROW;
            FloatVector right0 = FloatVector.fromArray(SPECIES, right, at);
            FloatVector right1 = FloatVector.fromArray(SPECIES, right, at + LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, left[a0 + p]);
            c00 = x.fma(right0, c00);
            c01 = x.fma(right1, c01);
            x = FloatVector.broadcast(SPECIES, left[a1 + p]);
            c10 = x.fma(right0, c10);
            c11 = x.fma(right1, c11);
            if (p == depth) {
                break; // never, see Registers
            }
            x = FloatVector.broadcast(SPECIES, left[a2 + p]);
            c20 = x.fma(right0, c20);
            c21 = x.fma(right1, c21);
            x = FloatVector.broadcast(SPECIES, left[a3 + p]);
            c30 = x.fma(right0, c30);
            c31 = x.fma(right1, c31);
            if (p == next) {
                break; // never
            }
            x = FloatVector.broadcast(SPECIES, left[a4 + p]);
            c40 = x.fma(right0, c40);
            c41 = x.fma(right1, c41);
            x = FloatVector.broadcast(SPECIES, left[a5 + p]);
            c50 = x.fma(right0, c50);
            c51 = x.fma(right1, c51);
        }
        c00.intoArray(sums, startC);
        c01.intoArray(sums, startC + LANES);
        c10.intoArray(sums, startC + ROW);
        c11.intoArray(sums, startC + ROW + LANES);
        c20.intoArray(sums, startC + 2 * ROW);
        c21.intoArray(sums, startC + 2 * ROW + LANES);
        c30.intoArray(sums, startC + 3 * ROW);
        c31.intoArray(sums, startC + 3 * ROW + LANES);
        c40.intoArray(sums, startC + 4 * ROW);
        c41.intoArray(sums, startC + 4 * ROW + LANES);
        c50.intoArray(sums, startC + 5 * ROW);
        c51.intoArray(sums, startC + 5 * ROW + LANES);
    }

    /**
     * The same where elements of a column of A are neighbours, and its rows 0…5 are.
     */
    static void columns(
            float[] left,
            int startA,
            float[] right,
            int startB,
            float[] sums,
            int startC,
            int depth,
            boolean add) {
        int a0 = bounded(startA);
        int b0 = bounded(startB);
        int next = depth + 1;
        int end = Math.max(0, Math.min(depth, MAX_DEPTH));
        FloatVector c00;
        FloatVector c01;
        FloatVector c10;
        FloatVector c11;
        FloatVector c20;
        FloatVector c21;
        FloatVector c30;
        FloatVector c31;
        FloatVector c40;
        FloatVector c41;
        FloatVector c50;
        FloatVector c51;
        if (add) {
            c00 = FloatVector.fromArray(SPECIES, sums, startC);
            c01 = FloatVector.fromArray(SPECIES, sums, startC + LANES);
            c10 = FloatVector.fromArray(SPECIES, sums, startC + ROW);
            c11 = FloatVector.fromArray(SPECIES, sums, startC + ROW + LANES);
            c20 = FloatVector.fromArray(SPECIES, sums, startC + 2 * ROW);
            c21 = FloatVector.fromArray(SPECIES, sums, startC + 2 * ROW + LANES);
            c30 = FloatVector.fromArray(SPECIES, sums, startC + 3 * ROW);
            c31 = FloatVector.fromArray(SPECIES, sums, startC + 3 * ROW + LANES);
            c40 = FloatVector.fromArray(SPECIES, sums, startC + 4 * ROW);
            c41 = FloatVector.fromArray(SPECIES, sums, startC + 4 * ROW + LANES);
            c50 = FloatVector.fromArray(SPECIES, sums, startC + 5 * ROW);
            c51 = FloatVector.fromArray(SPECIES, sums, startC + 5 * ROW + LANES);
        } else {
            c00 = FloatVector.zero(SPECIES);
            c01 = c00;
            c10 = c00;
            c11 = c00;
            c20 = c00;
            c21 = c00;
            c30 = c00;
            c31 = c00;
            c40 = c00;
            c41 = c00;
            c50 = c00;
            c51 = c00;
        }
        for (int p = 0; p < end; p++) {
            int at = b0 + p * ROW;
            FloatVector right0 = FloatVector.fromArray(SPECIES, right, at);
            FloatVector right1 = FloatVector.fromArray(SPECIES, right, at + LANES);
            int from = a0 + p * ROW;
            FloatVector x = FloatVector.broadcast(SPECIES, left[from]);
            c00 = x.fma(right0, c00);
            c01 = x.fma(right1, c01);
            x = FloatVector.broadcast(SPECIES, left[from + 1]);
            c10 = x.fma(right0, c10);
            c11 = x.fma(right1, c11);
            if (p == depth) {
                break; // never, see Registers
            }
            x = FloatVector.broadcast(SPECIES, left[from + 2]);
            c20 = x.fma(right0, c20);
            c21 = x.fma(right1, c21);
            x = FloatVector.broadcast(SPECIES, left[from + 3]);
            c30 = x.fma(right0, c30);
            c31 = x.fma(right1, c31);
            if (p == next) {
                break; // never
            }
            x = FloatVector.broadcast(SPECIES, left[from + 4]);
            c40 = x.fma(right0, c40);
            c41 = x.fma(right1, c41);
            x = FloatVector.broadcast(SPECIES, left[from + 5]);
            c50 = x.fma(right0, c50);
            c51 = x.fma(right1, c51);
        }
        c00.intoArray(sums, startC);
        c01.intoArray(sums, startC + LANES);
        c10.intoArray(sums, startC + ROW);
        c11.intoArray(sums, startC + ROW + LANES);
        c20.intoArray(sums, startC + 2 * ROW);
        c21.intoArray(sums, startC + 2 * ROW + LANES);
        c30.intoArray(sums, startC + 3 * ROW);
        c31.intoArray(sums, startC + 3 * ROW + LANES);
        c40.intoArray(sums, startC + 4 * ROW);
        c41.intoArray(sums, startC + 4 * ROW + LANES);
        c50.intoArray(sums, startC + 5 * ROW);
        c51.intoArray(sums, startC + 5 * ROW + LANES);
    }

    private static int bounded(int start) {
        return Math.max(0, Math.min(start, MAX_START));
    }
}
