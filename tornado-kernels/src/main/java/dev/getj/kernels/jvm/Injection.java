package dev.getj.kernels.jvm;

import dev.getj.kernels.Tensor;

/** Gradient of the additive injections of a linear layer. */
final class Injection {
    private static final int ROWS = 16;

    private Injection() {}

    // dInjection[:, column…] += dY: dY [R, O], dInjection [R, J]
    static Runnable backward(Workers workers, Tensor dY, Tensor dInjection, int column) {
        int width = dY.dim(-1);
        int stride = dInjection.dim(-1);
        float[] slopes = JvmBuffer.of(dY).values;
        float[] target = JvmBuffer.of(dInjection).values;
        Workers.Task task =
                (index, worker) -> {
                    int end = Math.min((index + 1) * ROWS, dY.rows());
                    for (int r = index * ROWS; r < end; r++) {
                        int from = dY.offset() + r * width;
                        int to = dInjection.offset() + r * stride + column;
                        for (int c = 0; c < width; c++) {
                            target[to + c] += slopes[from + c];
                        }
                    }
                };
        return () -> workers.run(Gemm.ceil(dY.rows(), ROWS), task);
    }

    // dCondition[b] += Σ_tokens dY, tokens in order: dY [R, O], dCondition [B, O]
    static Runnable backward(Workers workers, Tensor dY, Tensor dCondition) {
        int width = dY.dim(-1);
        int tokens = dY.rows() / dCondition.rows();
        float[] slopes = JvmBuffer.of(dY).values;
        float[] target = JvmBuffer.of(dCondition).values;
        int strips = Gemm.ceil(width, ColumnSums.COLUMNS);
        double[][] sums = new double[workers.count()][ColumnSums.COLUMNS];
        Workers.Task task =
                (index, worker) -> {
                    int sample = index / strips;
                    int column = index % strips * ColumnSums.COLUMNS;
                    ColumnSums.add(
                            slopes,
                            dY.offset() + sample * tokens * width + column,
                            width,
                            tokens,
                            Math.min(ColumnSums.COLUMNS, width - column),
                            target,
                            dCondition.offset() + sample * width + column,
                            sums[worker]);
                };
        return () -> workers.run(dCondition.rows() * strips, task);
    }
}
