package dev.getj.kernels.jvm;

import dev.getj.kernels.Tensor;

/**
 * {@code dW += dYᵀ x} and {@code db += Σ dY}: a {@link Gemm} of dY transposed with x packed, for
 * one block of batch rows after the other. The blocks depend on the number of rows alone, so the
 * order of the sum does too.
 */
final class WeightGradient {
    private static final int BLOCK_ROWS = 1024;
    private static final int PANELS = 4;
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
        float[] bias = dBias == null ? null : JvmBuffer.of(dBias).values;
        int bundles = Gemm.ceil(right.count(), PANELS);
        int ranges = Gemm.ceil(depth, PACKED_ROWS);
        double[][] sums = new double[workers.count()][ColumnSums.COLUMNS];
        int[] tasks = new int[blocks];
        Workers.Task[] pack = new Workers.Task[blocks];
        for (int block = 0; block < blocks; block++) {
            int first = block * depth;
            int count = Math.min(depth, rows - first);
            int slopesAt = dY.offset() + first * outputs;
            int valuesAt = x.offset() + first * inputs;
            // the bias is summed once, over all rows
            int biases = block > 0 || bias == null ? 0 : Gemm.ceil(outputs, ColumnSums.COLUMNS);
            tasks[block] = bundles + ranges + biases;
            pack[block] =
                    (index, worker) -> {
                        if (index < bundles) {
                            int from = index * PANELS;
                            int to = Math.min(from + PANELS, right.count());
                            right.pack(from, to, values, valuesAt, count);
                        } else if (index < bundles + ranges) {
                            int from = (index - bundles) * PACKED_ROWS;
                            int to = Math.min(from + PACKED_ROWS, depth);
                            left.pack(from, to, slopes, slopesAt, count);
                        } else {
                            int column = (index - bundles - ranges) * ColumnSums.COLUMNS;
                            ColumnSums.add(
                                    slopes,
                                    dY.offset() + column,
                                    outputs,
                                    rows,
                                    Math.min(ColumnSums.COLUMNS, outputs - column),
                                    bias,
                                    dBias.offset() + column,
                                    sums[worker]);
                        }
                    };
        }
        return () -> {
            for (int block = 0; block < blocks; block++) {
                workers.run(tasks[block], pack[block]);
                product.run();
            }
        };
    }
}
