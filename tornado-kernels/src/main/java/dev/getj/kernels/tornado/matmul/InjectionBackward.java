package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.op.MatMulOp;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

/** Gradients of the two injections into qkv. */
public final class InjectionBackward {
    // The tensors of each kernel, as both sides number them.
    private static final int D_Y = 0;
    private static final int D_INJECTION = 1;
    private static final int D_CONDITION = 1;

    private InjectionBackward() {}

    static void record(Tasks tasks, MatMulOp.InjectionBackward op) {
        boolean half = op.dY().dtype().isHalf();
        op.dInjection()
                .ifPresent(
                        it -> {
                            if (half) {
                                InjectionMixedBackward.slice(tasks, op.dY(), it, op.column());
                            } else {
                                slice(tasks, op.dY(), it, op.column());
                            }
                        });
        op.dCondition()
                .ifPresent(
                        it -> {
                            if (half) {
                                InjectionMixedBackward.condition(tasks, op.dY(), it);
                            } else {
                                condition(tasks, op.dY(), it);
                            }
                        });
    }

    private static void slice(Tasks tasks, Tensor dY, Tensor dInjection, int first) {
        int rows = dY.rows();
        int outputs = dY.dim(-1);
        int width = dInjection.dim(-1);
        tasks.add(
                "injectionSliceBackward",
                Geometry.items(Math.multiplyExact(rows, outputs), 1),
                tasks.arguments().tensor(D_Y, dY).tensor(D_INJECTION, dInjection, first),
                List.of(rows, outputs, width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                InjectionBackward::injectionSliceBackward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(D_Y),
                                at.array(D_INJECTION),
                                at.column(),
                                rows,
                                outputs,
                                width));
    }

    private static void condition(Tasks tasks, Tensor dY, Tensor dCondition) {
        int samples = dCondition.rows();
        int tokens = dY.rows() / samples;
        int outputs = dY.dim(-1);
        tasks.add(
                "conditionBackward",
                Geometry.items(outputs, samples),
                tasks.arguments().tensor(D_Y, dY).tensor(D_CONDITION, dCondition),
                List.of(tokens, outputs),
                (graph, id, at) ->
                        graph.task(
                                id,
                                InjectionBackward::conditionBackward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(D_Y),
                                at.array(D_CONDITION),
                                at.column(),
                                tokens,
                                outputs));
    }

    /**
     * {@code dInjection[:, slice) += dY}. Tensors: dY [rows, outputs], dInjection [rows, width],
     * whose offset is that of the slice's first column.
     */
    public static void injectionSliceBackward(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray dY,
            FloatArray dInjection,
            int column,
            int rows,
            int outputs,
            int width) {
        int entry = Entry.of(row, place, column);
        int dYAt = offsets.get(entry + D_Y);
        int dInjectionAt = offsets.get(entry + D_INJECTION);
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
            IntArray place,
            FloatArray dY,
            FloatArray dCondition,
            int column,
            int tokens,
            int outputs) {
        int entry = Entry.of(row, place, column);
        int dYAt = offsets.get(entry + D_Y);
        int dConditionAt = offsets.get(entry + D_CONDITION);
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
