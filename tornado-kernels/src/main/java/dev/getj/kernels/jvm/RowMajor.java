package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.Gemm.LANES;
import static dev.getj.kernels.jvm.Gemm.SPECIES;
import static dev.getj.kernels.jvm.Gemm.TILE_COLUMNS;

import dev.getj.kernels.Tensor;

import jdk.incubator.vector.FloatVector;

/** The left-hand side of a product as it lies in a tensor, row after row. */
record RowMajor(float[] values, int at, int rows, int stride) implements Gemm.Left {
    static RowMajor of(Tensor tensor) {
        return new RowMajor(
                JvmBuffer.of(tensor).values, tensor.offset(), tensor.rows(), tensor.dim(-1));
    }

    // the last row stands in for those that do not exist
    @Override
    public void multiply(int row, float[] panel, int at, int depth, float[] tile) {
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
        c00.intoArray(tile, 0);
        c01.intoArray(tile, LANES);
        c10.intoArray(tile, TILE_COLUMNS);
        c11.intoArray(tile, TILE_COLUMNS + LANES);
        c20.intoArray(tile, 2 * TILE_COLUMNS);
        c21.intoArray(tile, 2 * TILE_COLUMNS + LANES);
        c30.intoArray(tile, 3 * TILE_COLUMNS);
        c31.intoArray(tile, 3 * TILE_COLUMNS + LANES);
        c40.intoArray(tile, 4 * TILE_COLUMNS);
        c41.intoArray(tile, 4 * TILE_COLUMNS + LANES);
        c50.intoArray(tile, 5 * TILE_COLUMNS);
        c51.intoArray(tile, 5 * TILE_COLUMNS + LANES);
    }
}
