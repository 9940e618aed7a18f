package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.Gemm.MAX_DEPTH;
import static dev.getj.kernels.jvm.Gemm.MAX_START;

import dev.getj.kernels.tensor.Tensor;

/** The left-hand side of a product as it lies in a tensor, row after row. */
record RowMajor(float[] values, int at, int rows, int stride) implements Gemm.Left {
    RowMajor {
        if (stride > MAX_DEPTH || at + (long) rows * stride > MAX_START) {
            throw new IllegalArgumentException(
                    "%s rows of %s floats are more than a product can read"
                            .formatted(rows, stride));
        }
    }

    static RowMajor of(Tensor tensor) {
        return new RowMajor(
                JvmBuffer.of(tensor).values, tensor.offset(), tensor.rows(), tensor.dim(-1));
    }

    // the last row stands in for those that do not exist
    private int start(int row) {
        return at + Math.min(row, rows - 1) * stride;
    }

    @Override
    public void multiply(int row, float[] panel, int at, int depth, float[] tile) {
        int a0 = start(row);
        int a1 = start(row + 1);
        int a2 = start(row + 2);
        int a3 = start(row + 3);
        int a4 = start(row + 4);
        int a5 = start(row + 5);
        if (Registers.MANY) {
            int a6 = start(row + 6);
            int a7 = start(row + 7);
            EightRows.multiply(
                    values, false, a0, a1, a2, a3, a4, a5, a6, a7, panel, at, depth, tile);
        } else {
            SixRows.multiply(values, false, a0, a1, a2, a3, a4, a5, panel, at, depth, tile);
        }
    }
}
