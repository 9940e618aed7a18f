package dev.getj.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Gradients of the two injections into qkv. */
public final class InjectionBackward {
    private InjectionBackward() {}

    /** A work item for each element of dY. */
    public static Geometry sliceGeometry(int rows, int outputs) {
        return Geometry.items(Math.multiplyExact(rows, outputs), 1);
    }

    /** A work item for each output of each sample. */
    public static Geometry conditionGeometry(int samples, int outputs) {
        return Geometry.items(outputs, samples);
    }

    /**
     * {@code dInjection[:, slice) += dY}. Tensors: dY [rows, outputs], dInjection [rows, width],
     * whose offset is that of the slice's first column.
     */
    public static void injectionSliceBackward(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray dY,
            FloatArray dInjection,
            int column,
            int rows,
            int outputs,
            int width) {
        int entry = row.get(0) + column;
        int dYAt = offsets.get(entry);
        int dInjectionAt = offsets.get(entry + 1);
        int i = context.globalIdx;
        if (i < rows * outputs) {
            int at = dInjectionAt + i / outputs * width + i % outputs;
            dInjection.set(at, dInjection.get(at) + dY.get(dYAt + i));
        }
    }

    /**
     * {@code dCondition[b] += Σ_tokens dY}, in double: what cancels shall be 0. Tensors: dY
     * [samples, tokens, outputs], dCondition [samples, outputs].
     */
    public static void conditionBackward(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray dY,
            FloatArray dCondition,
            int column,
            int tokens,
            int outputs) {
        int entry = row.get(0) + column;
        int dYAt = offsets.get(entry);
        int dConditionAt = offsets.get(entry + 1);
        int i = context.globalIdx;
        int b = context.globalIdy;
        if (i < outputs) {
            double sum = 0;
            for (int n = 0; n < tokens; n++) {
                sum += dY.get(dYAt + (b * tokens + n) * outputs + i);
            }
            int at = dConditionAt + b * outputs + i;
            dCondition.set(at, (float) (dCondition.get(at) + sum));
        }
    }
}
