package dev.getj.kernels.jvm;

import dev.getj.kernels.tensor.Tensor;

/** One weight packed in one orientation. */
final class PackedWeight {
    private static final long NEVER = -1;
    private static final int ROWS = 64;

    private final Workers workers;
    private final JvmBuffer buffer;
    private final Panels panels;
    private final int tasks;
    private final Workers.Task pack;
    private long packedVersion = NEVER;

    PackedWeight(Workers workers, Tensor weight, boolean transposed) {
        this.workers = workers;
        buffer = JvmBuffer.of(weight);
        int outputs = weight.dim(0);
        int inputs = weight.dim(1);
        int at = weight.offset();
        panels = transposed ? new Panels(inputs, outputs) : new Panels(outputs, inputs);
        tasks = transposed ? panels.count() : Gemm.ceil(outputs, ROWS);
        pack =
                transposed
                        ? (panel, worker) -> panels.packTransposed(panel, buffer.values, at)
                        : (range, worker) -> {
                            int end = Math.min((range + 1) * ROWS, outputs);
                            panels.pack(range * ROWS, end, buffer.values, at, outputs);
                        };
    }

    /** Where the packed copy lies; valid after {@link #refresh}. */
    Panels panels() {
        return panels;
    }

    /** Packs again if the weight has changed. */
    void refresh() {
        if (packedVersion != buffer.version()) {
            workers.run(tasks, pack);
            packedVersion = buffer.version();
        }
    }
}
