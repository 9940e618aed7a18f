package dev.getj.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Rows of a table by label, and the gradient of the table. */
public final class Embedding {
    private Embedding() {}

    /** A work item for each column of each row of the result. */
    public static Geometry forwardGeometry(int samples, int width) {
        return Geometry.items(width, samples);
    }

    /** A work item for each column of each row of the table. */
    public static Geometry backwardGeometry(int classes, int width) {
        return Geometry.items(width, classes);
    }

    /** {@code y[b] = table[labels[b]]}. Tensors: table [K, width], labels [B], y [B, width]. */
    public static void embedLabels(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray table,
            IntArray ints,
            FloatArray y,
            int column,
            int width) {
        int entry = row.get(0) + column;
        int tableAt = offsets.get(entry);
        int labelsAt = offsets.get(entry + 1);
        int yAt = offsets.get(entry + 2);
        int i = context.globalIdx;
        int b = context.globalIdy;
        if (i < width) {
            y.set(yAt + b * width + i, table.get(tableAt + ints.get(labelsAt + b) * width + i));
        }
    }

    /**
     * {@code dTable[k] += Σ dY[b]} over the samples of class k, in their order: an element belongs
     * to one work item, so no two meet. Tensors: dY [samples, width], labels [samples], dTable [K,
     * width].
     */
    public static void embedLabelsBackward(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray dY,
            IntArray ints,
            FloatArray dTable,
            int column,
            int samples,
            int width) {
        int entry = row.get(0) + column;
        int dYAt = offsets.get(entry);
        int labelsAt = offsets.get(entry + 1);
        int dTableAt = offsets.get(entry + 2);
        int i = context.globalIdx;
        int label = context.globalIdy;
        if (i < width) {
            float sum = dTable.get(dTableAt + label * width + i);
            for (int b = 0; b < samples; b++) {
                if (ints.get(labelsAt + b) == label) {
                    sum += dY.get(dYAt + b * width + i);
                }
            }
            dTable.set(dTableAt + label * width + i, sum);
        }
    }
}
