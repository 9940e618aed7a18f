package dev.getj.kernels.tornado.optimizer;

import dev.getj.kernels.op.OptimizerOp;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.Halves;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

import java.util.List;

/**
 * {@link AdamW} with a copy of the weights in 16 bits: a work item for each word of four, so that
 * weights are rounded where they are at hand.
 */
public final class AdamWMixed {
    private static final int ROUNDED = AdamW.SECOND_MOMENT + 1;

    private AdamWMixed() {}

    static void record(Tasks tasks, OptimizerOp.AdamW op, Tensor rounded) {
        int size = op.weights().size();
        int format = Halves.format(rounded.dtype());
        Arguments arguments =
                tasks.arguments()
                        .tensor(AdamW.SETTINGS, op.settings())
                        .tensor(AdamW.GRADIENTS, op.gradients())
                        .tensor(AdamW.WEIGHTS, op.weights())
                        .alongside(AdamW.FIRST_MOMENT, op.firstMoment(), AdamW.WEIGHTS)
                        .alongside(AdamW.SECOND_MOMENT, op.secondMoment(), AdamW.WEIGHTS)
                        .halves(ROUNDED, rounded);
        tasks.add(
                "adamWMixed",
                Geometry.items(Geometry.ceil(size, 4), 1),
                arguments,
                List.of(size, format),
                (graph, id, at) ->
                        graph.task(
                                id,
                                AdamWMixed::adamWMixed,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(AdamW.SETTINGS),
                                at.array(AdamW.GRADIENTS),
                                at.array(AdamW.WEIGHTS),
                                at.words(ROUNDED),
                                at.column(),
                                size,
                                format));
    }

    /**
     * As {@link AdamW#adamWStep}; rounded [size] receives the new weights, and its last word may
     * hold numbers of others.
     *
     * @param format of {@code rounded}, as {@link Halves} has it
     */
    public static void adamWMixed(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray settings,
            FloatArray gradients,
            FloatArray weights,
            LongArray rounded,
            int column,
            int size,
            int format) {
        int entry = Entry.of(row, place, column);
        int s = offsets.get(entry + AdamW.SETTINGS);
        int g = offsets.get(entry + AdamW.GRADIENTS);
        int w = offsets.get(entry + AdamW.WEIGHTS);
        int m = offsets.get(entry + AdamW.FIRST_MOMENT);
        int v = offsets.get(entry + AdamW.SECOND_MOMENT);
        int roundedAt = offsets.get(entry + ROUNDED) + context.globalIdx;
        int first = 4 * context.globalIdx;
        if (first < size) {
            long word = first + 4 <= size ? 0L : rounded.get(roundedAt);
            // all is read before any is written: a device may not read ahead of a write
            float[] before = new float[16];
            for (int j = 0; j < 4; j++) {
                int i = TornadoMath.min(first + j, size - 1);
                before[j] = gradients.get(g + i);
                before[4 + j] = weights.get(w + i);
                before[8 + j] = weights.get(m + i);
                before[12 + j] = weights.get(v + i);
            }
            for (int j = 0; j < 4; j++) {
                int i = first + j;
                if (i < size) {
                    float weight =
                            AdamW.step(
                                    settings,
                                    s,
                                    before[j],
                                    before[4 + j],
                                    before[8 + j],
                                    before[12 + j],
                                    weights,
                                    m + i,
                                    v + i);
                    weights.set(w + i, weight);
                    word = Halves.with(word & ~(0xFFFFL << 16 * j), j, weight, format);
                }
            }
            rounded.set(roundedAt, word);
        }
    }
}
