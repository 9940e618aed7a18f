package dev.getj.kernels.jvm;

import dev.getj.kernels.tensor.HostInts;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

/** Rows of a table by label, and the gradients back to them. */
final class Embedding {
    private static final int COLUMNS = 256;

    private Embedding() {}

    // y[b] = table[labels[b]]: table [K, W], y [B, W]
    static Runnable forward(Workers workers, Tensor table, IntTensor labels, Tensor y) {
        float[] rows = JvmBuffer.of(table).values;
        float[] target = JvmBuffer.of(y).values;
        int[] label = HostInts.of(labels);
        int width = y.dim(-1);
        Workers.Task task =
                (b, worker) ->
                        System.arraycopy(
                                rows,
                                table.offset() + label[b] * width,
                                target,
                                y.offset() + b * width,
                                width);
        return () -> workers.run(label.length, task);
    }

    // dTable[labels[b]] += dY[b]; tasks are strips of columns, because samples may share a label
    static Runnable backward(Workers workers, Tensor dY, IntTensor labels, Tensor dTable) {
        float[] slopes = JvmBuffer.of(dY).values;
        float[] target = JvmBuffer.of(dTable).values;
        int[] label = HostInts.of(labels);
        int width = dY.dim(-1);
        Workers.Task task =
                (strip, worker) -> {
                    int column = strip * COLUMNS;
                    int count = Math.min(COLUMNS, width - column);
                    for (int b = 0; b < label.length; b++) {
                        int from = dY.offset() + b * width + column;
                        int to = dTable.offset() + label[b] * width + column;
                        for (int i = 0; i < count; i++) {
                            target[to + i] += slopes[from + i];
                        }
                    }
                };
        return () -> workers.run((width + COLUMNS - 1) / COLUMNS, task);
    }
}
