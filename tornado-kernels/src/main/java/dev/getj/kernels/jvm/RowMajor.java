package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.Gemm.LANES;
import static dev.getj.kernels.jvm.Gemm.SPECIES;
import static dev.getj.kernels.jvm.Gemm.TILE_AT;
import static dev.getj.kernels.jvm.Gemm.TILE_COLUMNS;
import static dev.getj.kernels.jvm.Gemm.TILE_ROWS;

import dev.getj.kernels.Tensor;

import jdk.incubator.vector.FloatVector;

/** The left-hand side of a product as it lies in a tensor, row after row. */
record RowMajor(float[] values, int at, int rows, int stride) implements Gemm.Left {
    private static final int MAX_STRIDE = 1 << 24;
    private static final int MAX_START = Integer.MAX_VALUE - MAX_STRIDE;

    RowMajor {
        if (stride > MAX_STRIDE || at + (long) rows * stride > MAX_START) {
            throw new IllegalArgumentException(
                    "%s rows of %s floats are more than a product can read"
                            .formatted(rows, stride));
        }
    }

    static RowMajor of(Tensor tensor) {
        return new RowMajor(
                JvmBuffer.of(tensor).values, tensor.offset(), tensor.rows(), tensor.dim(-1));
    }

    @Override
    public void multiply(int row, float[] panel, int at, int depth, float[] tile) {
        if (TILE_ROWS == 8) {
            eight(row, panel, at, depth, tile);
        } else {
            six(row, panel, at, depth, tile);
        }
    }

    // Bounds that change nothing, but tell the compiler that k does not overflow what it is added
    // to; else it adds k to each row's start anew for every element.
    private int start(int row, int further) {
        return Math.max(0, Math.min(at + (row + further) * stride, MAX_START));
    }

    // the last row stands in for those that do not exist
    private void eight(int row, float[] panel, int at, int depth, float[] tile) {
        int last = rows - 1 - row;
        int a0 = start(row, 0);
        int a1 = start(row, Math.min(1, last));
        int a2 = start(row, Math.min(2, last));
        int a3 = start(row, Math.min(3, last));
        int a4 = start(row, Math.min(4, last));
        int a5 = start(row, Math.min(5, last));
        int a6 = start(row, Math.min(6, last));
        int a7 = start(row, Math.min(7, last));
        int end = Math.max(0, Math.min(depth, MAX_STRIDE));
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
        for (int k = 0; k < end; k++) {
            int b = at + k * TILE_COLUMNS;
            FloatVector b0 = FloatVector.fromArray(SPECIES, panel, b);
            FloatVector b1 = FloatVector.fromArray(SPECIES, panel, b + LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, values[a0 + k]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            x = FloatVector.broadcast(SPECIES, values[a1 + k]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            x = FloatVector.broadcast(SPECIES, values[a2 + k]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            x = FloatVector.broadcast(SPECIES, values[a3 + k]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            x = FloatVector.broadcast(SPECIES, values[a4 + k]);
            c40 = x.fma(b0, c40);
            c41 = x.fma(b1, c41);
            x = FloatVector.broadcast(SPECIES, values[a5 + k]);
            c50 = x.fma(b0, c50);
            c51 = x.fma(b1, c51);
            x = FloatVector.broadcast(SPECIES, values[a6 + k]);
            c60 = x.fma(b0, c60);
            c61 = x.fma(b1, c61);
            x = FloatVector.broadcast(SPECIES, values[a7 + k]);
            c70 = x.fma(b0, c70);
            c71 = x.fma(b1, c71);
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

    // without bounds, with which the compiler would load a broadcast for each row before it
    // multiplies: 12 + 2 + 6 registers
    private void six(int row, float[] panel, int at, int depth, float[] tile) {
        int last = rows - 1 - row;
        int a0 = this.at + row * stride;
        int a1 = a0 + Math.min(1, last) * stride;
        int a2 = a0 + Math.min(2, last) * stride;
        int a3 = a0 + Math.min(3, last) * stride;
        int a4 = a0 + Math.min(4, last) * stride;
        int a5 = a0 + Math.min(5, last) * stride;
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
        for (int k = 0; k < depth; k++) {
            int b = at + k * TILE_COLUMNS;
            FloatVector b0 = FloatVector.fromArray(SPECIES, panel, b);
            FloatVector b1 = FloatVector.fromArray(SPECIES, panel, b + LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, values[a0 + k]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            x = FloatVector.broadcast(SPECIES, values[a1 + k]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            x = FloatVector.broadcast(SPECIES, values[a2 + k]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            x = FloatVector.broadcast(SPECIES, values[a3 + k]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            x = FloatVector.broadcast(SPECIES, values[a4 + k]);
            c40 = x.fma(b0, c40);
            c41 = x.fma(b1, c41);
            x = FloatVector.broadcast(SPECIES, values[a5 + k]);
            c50 = x.fma(b0, c50);
            c51 = x.fma(b1, c51);
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
    }
}
