package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.Halves;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

import java.util.List;

/** {@link InjectionBackward} of slopes of 16 bits: a work item for each word of four. */
public final class InjectionMixedBackward {
    // The tensors of each kernel, as both sides number them.
    private static final int D_Y = 0;
    private static final int D_INJECTION = 1;
    private static final int D_CONDITION = 1;

    private InjectionMixedBackward() {}

    static void slice(Tasks tasks, Tensor dY, Tensor dInjection, int first) {
        int rows = dY.rows();
        int outputs = words(dY);
        int width = dInjection.dim(-1);
        int format = Halves.format(dY.dtype());
        tasks.add(
                "injectionMixedSliceBackward",
                Geometry.items(Math.multiplyExact(rows, outputs) / 4, 1),
                tasks.arguments().halves(D_Y, dY).tensor(D_INJECTION, dInjection, first),
                List.of(rows, outputs, width, format),
                (graph, id, at) ->
                        graph.task(
                                id,
                                InjectionMixedBackward::injectionMixedSliceBackward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.words(D_Y),
                                at.array(D_INJECTION),
                                at.column(),
                                rows,
                                outputs,
                                width,
                                format));
    }

    static void condition(Tasks tasks, Tensor dY, Tensor dCondition) {
        int samples = dCondition.rows();
        int tokens = dY.rows() / samples;
        int outputs = words(dY);
        int format = Halves.format(dY.dtype());
        tasks.add(
                "conditionMixedBackward",
                Geometry.items(outputs / 4, samples),
                tasks.arguments().halves(D_Y, dY).tensor(D_CONDITION, dCondition),
                List.of(tokens, outputs, format),
                (graph, id, at) ->
                        graph.task(
                                id,
                                InjectionMixedBackward::conditionMixedBackward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.words(D_Y),
                                at.array(D_CONDITION),
                                at.column(),
                                tokens,
                                outputs,
                                format));
    }

    // rows of whole words
    private static int words(Tensor dY) {
        int outputs = dY.dim(-1);
        if (outputs % 4 != 0) {
            throw new IllegalArgumentException(
                    "gradients of 16 bits have rows of a multiple of 4 numbers on a device, not %s"
                            .formatted(outputs));
        }
        return outputs;
    }

    /**
     * {@code dInjection[:, slice) += dY}. Tensors: dY [rows, outputs], dInjection [rows, width],
     * whose offset is that of the slice's first column.
     *
     * @param outputs a multiple of 4
     * @param format of dY, as {@link Halves} has it
     */
    public static void injectionMixedSliceBackward(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            LongArray dY,
            FloatArray dInjection,
            int column,
            int rows,
            int outputs,
            int width,
            int format) {
        int entry = Entry.of(row, place, column);
        int dYAt = offsets.get(entry + D_Y);
        int dInjectionAt = offsets.get(entry + D_INJECTION);
        int i = context.globalIdx;
        if (i < rows * outputs / 4) {
            long word = dY.get(dYAt + i);
            int at = dInjectionAt + 4 * i / outputs * width + 4 * i % outputs;
            // all is read before any is written: a device may not read ahead of a write
            float[] sums = new float[4];
            for (int j = 0; j < 4; j++) {
                sums[j] = dInjection.get(at + j) + Halves.value(word, j, format);
            }
            for (int j = 0; j < 4; j++) {
                dInjection.set(at + j, sums[j]);
            }
        }
    }

    /**
     * {@code dCondition[b] += Σ_tokens dY}, in double: what cancels shall be 0. Tensors: dY
     * [samples, tokens, outputs], dCondition [samples, outputs].
     *
     * @param outputs a multiple of 4
     * @param format of dY, as {@link Halves} has it
     */
    public static void conditionMixedBackward(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            LongArray dY,
            FloatArray dCondition,
            int column,
            int tokens,
            int outputs,
            int format) {
        int entry = Entry.of(row, place, column);
        int dYAt = offsets.get(entry + D_Y);
        int dConditionAt = offsets.get(entry + D_CONDITION);
        int i = context.globalIdx;
        int b = context.globalIdy;
        int words = outputs / 4;
        double[] sums = new double[4];
        for (int j = 0; j < 4; j++) {
            sums[j] = 0;
        }
        if (i < words) {
            for (int n = 0; n < tokens; n++) {
                long word = dY.get(dYAt + (b * tokens + n) * words + i);
                for (int j = 0; j < 4; j++) {
                    sums[j] += Halves.value(word, j, format);
                }
            }
            for (int j = 0; j < 4; j++) {
                int at = dConditionAt + b * outputs + 4 * i + j;
                dCondition.set(at, (float) (dCondition.get(at) + sums[j]));
            }
        }
    }
}
