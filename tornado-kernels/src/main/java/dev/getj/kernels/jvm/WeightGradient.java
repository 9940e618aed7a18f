package dev.getj.kernels.jvm;

import dev.getj.kernels.Tensor;

import java.util.Arrays;

/**
 * {@code dW += dYᵀ x} and {@code db += Σ dY}: a {@link Gemm} of dY transposed with x packed, for
 * one block of batch rows after the other. Whoever packs rows of dY adds them up for the bias. The
 * blocks depend on the number of rows alone, so the order of the sums does too.
 */
final class WeightGradient {
    private static final int BLOCK_ROWS = 1024;
    private static final int PACKED_ROWS = 64;

    private WeightGradient() {}

    // dY [R, O], x [R, I], dWeight [O, I], dBias [O] or null
    static Runnable backward(
            Workers workers, Scratch scratch, Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
        int rows = dY.rows();
        int inputs = dWeight.dim(1);
        int outputs = dWeight.dim(0);
        int blocks = Gemm.ceil(rows, BLOCK_ROWS);
        int depth = Gemm.ceil(rows, blocks);
        int leftSize = Strips.size(outputs, depth);
        int rightSize = Panels.size(depth, inputs);
        Strips left = new Strips(scratch.take(Scratch.Use.LEFT, leftSize), outputs, depth);
        Panels right = new Panels(depth, inputs, scratch.take(Scratch.Use.RIGHT, rightSize));
        Runnable product = Gemm.multiply(workers, left, right, Epilogues.accumulate(dWeight));

        float[] slopes = JvmBuffer.of(dY).values;
        float[] values = JvmBuffer.of(x).values;
        int ranges = Gemm.ceil(depth, PACKED_ROWS);
        // [ranges, O]: of each range the rows of all blocks
        double[] sums = dBias == null ? null : scratch.takeSums(ranges * outputs);
        Workers.Task[] pack = new Workers.Task[blocks];
        for (int block = 0; block < blocks; block++) {
            int first = block * depth;
            int count = Math.min(depth, rows - first);
            int slopesAt = dY.offset() + first * outputs;
            int valuesAt = x.offset() + first * inputs;
            pack[block] =
                    (range, worker) -> {
                        if (sums != null && first == 0) {
                            Arrays.fill(sums, range * outputs, (range + 1) * outputs, 0);
                        }
                        int end = Math.min((range + 1) * PACKED_ROWS, depth);
                        for (int k = range * PACKED_ROWS; k < end; k += Strips.RUN) {
                            int to = Math.min(k + Strips.RUN, end);
                            // first, because it reads straight through memory
                            for (int r = k; sums != null && r < Math.min(to, count); r++) {
                                int at = slopesAt + r * outputs;
                                ColumnSums.addRow(slopes, at, outputs, sums, range * outputs);
                            }
                            left.pack(k, to, slopes, slopesAt, count);
                        }
                        right.pack(range * PACKED_ROWS, end, values, valuesAt, count);
                    };
        }
        Workers.Task bias = dBias == null ? null : addBias(sums, ranges, outputs, dBias);
        return () -> {
            for (int block = 0; block < blocks; block++) {
                workers.run(ranges, pack[block]);
                product.run();
            }
            if (bias != null) {
                workers.run(Gemm.ceil(outputs, ColumnSums.COLUMNS), bias);
            }
        };
    }

    // a task is some columns
    private static Workers.Task addBias(double[] sums, int ranges, int outputs, Tensor dBias) {
        float[] bias = JvmBuffer.of(dBias).values;
        return (index, worker) -> {
            int column = index * ColumnSums.COLUMNS;
            int columns = Math.min(ColumnSums.COLUMNS, outputs - column);
            int target = dBias.offset() + column;
            ColumnSums.addTo(sums, column, outputs, ranges, columns, bias, target);
        };
    }
}
