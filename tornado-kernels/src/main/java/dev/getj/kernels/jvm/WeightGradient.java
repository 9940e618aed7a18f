package dev.getj.kernels.jvm;

import dev.getj.kernels.Tensor;

/**
 * {@code dW += dYᵀ x} and {@code db += Σ dY}: a {@link Gemm} of dY transposed with x packed, for a
 * block of batch rows after the other. The blocks depend on the number of rows alone, so the order
 * of the sum does too.
 */
final class WeightGradient {
    private static final int BLOCK_ROWS = 512;
    private static final int STRIP = 16;

    private WeightGradient() {}

    // dY [R, O], x [R, I], dWeight [O, I], dBias [O] or null
    static Runnable backward(
            Workers workers, Scratch scratch, Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
        int rows = dY.rows();
        int inputs = dWeight.dim(1);
        int outputs = dWeight.dim(0);
        int blocks = Gemm.ceil(rows, BLOCK_ROWS);
        int depth = Gemm.ceil(rows, blocks);
        float[] transposed = scratch.take(Scratch.Use.LEFT, Math.multiplyExact(outputs, depth));
        Panels panels =
                new Panels(
                        depth, inputs, scratch.take(Scratch.Use.RIGHT, Panels.size(depth, inputs)));
        Runnable product =
                Gemm.multiply(
                        workers,
                        transposed,
                        0,
                        depth,
                        outputs,
                        panels,
                        Epilogues.accumulate(dWeight));
        float[] slopes = JvmBuffer.of(dY).values;
        float[] values = JvmBuffer.of(x).values;
        float[] bias = dBias == null ? null : JvmBuffer.of(dBias).values;
        int strips = Gemm.ceil(outputs, STRIP);
        Workers.Task[] pack = new Workers.Task[blocks];
        for (int block = 0; block < blocks; block++) {
            int first = block * depth;
            int count = Math.min(depth, rows - first);
            pack[block] =
                    (index, worker) -> {
                        if (index < strips) {
                            int column = index * STRIP;
                            int end = Math.min(column + STRIP, outputs);
                            int from = dY.offset() + first * outputs;
                            transpose(slopes, from, outputs, column, end, count, transposed, depth);
                            if (bias != null) {
                                sum(
                                        slopes,
                                        from,
                                        outputs,
                                        column,
                                        end,
                                        count,
                                        bias,
                                        dBias.offset());
                            }
                        } else {
                            panels.pack(index - strips, values, x.offset() + first * inputs, count);
                        }
                    };
        }
        int tasks = strips + panels.count();
        return () -> {
            for (Workers.Task task : pack) {
                workers.run(tasks, task);
                product.run();
            }
        };
    }

    // target[column, row] = matrix[row, column] for a strip of columns; the rest of the last
    // block's rows become zeros
    private static void transpose(
            float[] matrix,
            int at,
            int stride,
            int column,
            int endColumn,
            int rows,
            float[] target,
            int depth) {
        for (int r = 0; r < rows; r++) {
            for (int c = column; c < endColumn; c++) {
                target[c * depth + r] = matrix[at + r * stride + c];
            }
        }
        for (int c = column; c < endColumn; c++) {
            for (int r = rows; r < depth; r++) {
                target[c * depth + r] = 0;
            }
        }
    }

    // In double: an L1 loss makes slopes of one size and either sign, which cancel to exactly 0.
    // What float sums leave of them, about 1e-9, AdamW would divide by itself and make a step of.
    private static void sum(
            float[] matrix,
            int at,
            int stride,
            int column,
            int endColumn,
            int rows,
            float[] target,
            int targetAt) {
        int c = column;
        for (; c <= endColumn - 4; c += 4) {
            // four sums at once, or each addition would wait for the one before
            double sum0 = 0;
            double sum1 = 0;
            double sum2 = 0;
            double sum3 = 0;
            for (int r = 0, i = at + c; r < rows; r++, i += stride) {
                sum0 += matrix[i];
                sum1 += matrix[i + 1];
                sum2 += matrix[i + 2];
                sum3 += matrix[i + 3];
            }
            target[targetAt + c] += (float) sum0;
            target[targetAt + c + 1] += (float) sum1;
            target[targetAt + c + 2] += (float) sum2;
            target[targetAt + c + 3] += (float) sum3;
        }
        for (; c < endColumn; c++) {
            double sum = 0;
            for (int r = 0, i = at + c; r < rows; r++, i += stride) {
                sum += matrix[i];
            }
            target[targetAt + c] += (float) sum;
        }
    }
}
