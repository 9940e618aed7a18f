package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.Gemm.LANES;
import static dev.getj.kernels.jvm.Gemm.MAX_DEPTH;
import static dev.getj.kernels.jvm.Gemm.MAX_START;
import static dev.getj.kernels.jvm.Gemm.SPECIES;
import static dev.getj.kernels.jvm.Gemm.TILE_AT;
import static dev.getj.kernels.jvm.Gemm.TILE_COLUMNS;

import jdk.incubator.vector.FloatVector;

/** The register tile of 8 rows × 2 vectors of {@link Gemm}, where there are 32 registers. */
final class EightRows {
    static final int ROWS = 8;

    private EightRows() {}

    /**
     * {@code tile [8, 2 vectors] = A [8, depth] · panel [depth, 2 vectors]}.
     *
     * @param strip whether A is a strip that starts at {@code start0}, as in {@link Strips};
     *     otherwise {@code start0 …} are where its rows start
     * @param tile receives the sums at {@link Gemm#TILE_AT}
     */
    static void multiply(
            float[] left,
            boolean strip,
            int start0,
            int start1,
            int start2,
            int start3,
            int start4,
            int start5,
            int start6,
            int start7,
            float[] panel,
            int at,
            int depth,
            float[] tile) {
        // Bounds that change nothing, but tell the compiler that no index overflows; else it adds k
        // to each row's start anew for every element.
        int a0 = Math.max(0, Math.min(start0, MAX_START));
        int a1 = Math.max(0, Math.min(start1, MAX_START));
        int a2 = Math.max(0, Math.min(start2, MAX_START));
        int a3 = Math.max(0, Math.min(start3, MAX_START));
        int a4 = Math.max(0, Math.min(start4, MAX_START));
        int a5 = Math.max(0, Math.min(start5, MAX_START));
        int a6 = Math.max(0, Math.min(start6, MAX_START));
        int a7 = Math.max(0, Math.min(start7, MAX_START));
        int end = Math.max(0, Math.min(depth, MAX_DEPTH));
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
        if (strip) {
            for (int k = 0; k < end; k++) {
                int a = a0 + k * ROWS;
                int b = at + k * TILE_COLUMNS;
                FloatVector b0 = FloatVector.fromArray(SPECIES, panel, b);
                FloatVector b1 = FloatVector.fromArray(SPECIES, panel, b + LANES);
                FloatVector x = FloatVector.broadcast(SPECIES, left[a]);
                c00 = x.fma(b0, c00);
                c01 = x.fma(b1, c01);
                x = FloatVector.broadcast(SPECIES, left[a + 1]);
                c10 = x.fma(b0, c10);
                c11 = x.fma(b1, c11);
                x = FloatVector.broadcast(SPECIES, left[a + 2]);
                c20 = x.fma(b0, c20);
                c21 = x.fma(b1, c21);
                x = FloatVector.broadcast(SPECIES, left[a + 3]);
                c30 = x.fma(b0, c30);
                c31 = x.fma(b1, c31);
                x = FloatVector.broadcast(SPECIES, left[a + 4]);
                c40 = x.fma(b0, c40);
                c41 = x.fma(b1, c41);
                x = FloatVector.broadcast(SPECIES, left[a + 5]);
                c50 = x.fma(b0, c50);
                c51 = x.fma(b1, c51);
                x = FloatVector.broadcast(SPECIES, left[a + 6]);
                c60 = x.fma(b0, c60);
                c61 = x.fma(b1, c61);
                x = FloatVector.broadcast(SPECIES, left[a + 7]);
                c70 = x.fma(b0, c70);
                c71 = x.fma(b1, c71);
            }
        } else {
            for (int k = 0; k < end; k++) {
                int b = at + k * TILE_COLUMNS;
                FloatVector b0 = FloatVector.fromArray(SPECIES, panel, b);
                FloatVector b1 = FloatVector.fromArray(SPECIES, panel, b + LANES);
                FloatVector x = FloatVector.broadcast(SPECIES, left[a0 + k]);
                c00 = x.fma(b0, c00);
                c01 = x.fma(b1, c01);
                x = FloatVector.broadcast(SPECIES, left[a1 + k]);
                c10 = x.fma(b0, c10);
                c11 = x.fma(b1, c11);
                x = FloatVector.broadcast(SPECIES, left[a2 + k]);
                c20 = x.fma(b0, c20);
                c21 = x.fma(b1, c21);
                x = FloatVector.broadcast(SPECIES, left[a3 + k]);
                c30 = x.fma(b0, c30);
                c31 = x.fma(b1, c31);
                x = FloatVector.broadcast(SPECIES, left[a4 + k]);
                c40 = x.fma(b0, c40);
                c41 = x.fma(b1, c41);
                x = FloatVector.broadcast(SPECIES, left[a5 + k]);
                c50 = x.fma(b0, c50);
                c51 = x.fma(b1, c51);
                x = FloatVector.broadcast(SPECIES, left[a6 + k]);
                c60 = x.fma(b0, c60);
                c61 = x.fma(b1, c61);
                x = FloatVector.broadcast(SPECIES, left[a7 + k]);
                c70 = x.fma(b0, c70);
                c71 = x.fma(b1, c71);
            }
        }
        c00.intoArray(tile, TILE_AT);
        c01.intoArray(tile, TILE_AT + LANES);
        c10.intoArray(tile, TILE_AT + TILE_COLUMNS);
        c11.intoArray(tile, TILE_AT + TILE_COLUMNS + LANES);
        c20.intoArray(tile, TILE_AT + 2 * TILE_COLUMNS);
        c21.intoArray(tile, TILE_AT + 2 * TILE_COLUMNS + LANES);
        c30.intoArray(tile, TILE_AT + 3 * TILE_COLUMNS);
        c31.intoArray(tile, TILE_AT + 3 * TILE_COLUMNS + LANES);
        c40.intoArray(tile, TILE_AT + 4 * TILE_COLUMNS);
        c41.intoArray(tile, TILE_AT + 4 * TILE_COLUMNS + LANES);
        c50.intoArray(tile, TILE_AT + 5 * TILE_COLUMNS);
        c51.intoArray(tile, TILE_AT + 5 * TILE_COLUMNS + LANES);
        c60.intoArray(tile, TILE_AT + 6 * TILE_COLUMNS);
        c61.intoArray(tile, TILE_AT + 6 * TILE_COLUMNS + LANES);
        c70.intoArray(tile, TILE_AT + 7 * TILE_COLUMNS);
        c71.intoArray(tile, TILE_AT + 7 * TILE_COLUMNS + LANES);
    }
}
