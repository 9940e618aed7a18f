package dev.getj.kernels.jvm;

import dev.getj.kernels.Tensor;

/** One weight packed in one orientation. */
final class PackedWeight {
    private static final long NEVER = -1;

    private final Workers workers;
    private final JvmBuffer buffer;
    private final Panels panels;
    private final Workers.Task pack;
    private long packedVersion = NEVER;

    PackedWeight(Workers workers, Tensor weight, boolean transposed) {
        this.workers = workers;
        buffer = JvmBuffer.of(weight);
        int outputs = weight.dim(0);
        int inputs = weight.dim(1);
        int at = weight.offset();
        panels = transposed ? new Panels(inputs, outputs) : new Panels(outputs, inputs);
        pack =
                transposed
                        ? (panel, worker) -> panels.packTransposed(panel, buffer.values, at)
                        : (panel, worker) ->
                                panels.pack(panel, panel + 1, buffer.values, at, outputs);
    }

    /** Where the packed copy lies; valid after {@link #refresh}. */
    Panels panels() {
        return panels;
    }

    /** Packs again if the weight has changed. */
    void refresh() {
        if (packedVersion != buffer.version()) {
            workers.run(panels.count(), pack);
            packedVersion = buffer.version();
        }
    }
}
