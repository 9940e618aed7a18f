package dev.getj.kernels.jvm;

import dev.getj.kernels.tensor.Tensor;

/** Gradient of the additive injections of a linear layer. */
final class Injection {
    private static final int ROWS = 16;

    private Injection() {}

    // dInjection[:, column…] += dY: dY [R, O], dInjection [R, J]
    static RowWork backward(Tensor dY, Tensor dInjection, int column) {
        int width = dY.dim(-1);
        int stride = dInjection.dim(-1);
        float[] slopes = JvmBuffer.of(dY).values;
        float[] target = JvmBuffer.of(dInjection).values;
        RowTasks tasks =
                (first, last, wanted) -> {
                    Workers.Task task =
                            (index, worker) -> {
                                int start = first + index * ROWS;
                                int end = Math.min(start + ROWS, last);
                                for (int r = start; r < end; r++) {
                                    int from = dY.offset() + r * width;
                                    int to = dInjection.offset() + r * stride + column;
                                    for (int c = 0; c < width; c++) {
                                        target[to + c] += slopes[from + c];
                                    }
                                }
                            };
                    return new RowTasks.Part(Gemm.ceil(last - first, ROWS), task);
                };
        return new RowWork(dY.rows(), 1, 1, tasks, new Tensor[] {dY}, new Tensor[0]);
    }

    // dCondition[b] += Σ_tokens dY, tokens in order: dY [R, O], dCondition [B, O]
    static RowWork backward(Workers workers, Tensor dY, Tensor dCondition) {
        int width = dY.dim(-1);
        int tokens = dY.rows() / dCondition.rows();
        float[] slopes = JvmBuffer.of(dY).values;
        float[] target = JvmBuffer.of(dCondition).values;
        int strips = Gemm.ceil(width, ColumnSums.COLUMNS);
        double[][] sums = new double[workers.count()][ColumnSums.COLUMNS];
        RowTasks tasks =
                (first, end, wanted) -> {
                    Workers.Task task =
                            (index, worker) -> {
                                int sample = first / tokens + index / strips;
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
                    return new RowTasks.Part((end - first) / tokens * strips, task);
                };
        return new RowWork(dY.rows(), tokens, 1, tasks, new Tensor[] {dY}, new Tensor[0]);
    }
}
