package dev.getj.kernels.tornado.loss;

import dev.getj.kernels.op.LossKind;
import dev.getj.kernels.op.LossOp;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.GroupSums;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

/**
 * Mean distance of elements and its derivative. A work-group takes a block of 4096 elements: an item every
 * 256th of them, then a tree over the items; one more group adds the blocks in the same way.
 */
public final class Loss {
    // The tensors of each kernel, as both sides number them.
    private static final int PREDICTION = 0;
    private static final int TARGET = 1;
    private static final int D_PREDICTION = 2;
    private static final int LOSS = 0;

    private static final int GROUP = Geometry.GROUP;
    private static final int OF_ITEM = 16;
    private static final int BLOCK = GROUP * OF_ITEM;

    private Loss() {}

    /** Adds the tasks of a distance of elements, L1 or L2. */
    static void record(Tasks tasks, LossOp.Loss op) {
        int size = op.prediction().size();
        int blocks = Geometry.ceil(size, BLOCK);
        int squared = op.kind() == LossKind.L2 ? 1 : 0;
        int slopes = op.dPrediction().isPresent() ? 1 : 0;
        // of the derivative: weight/size for L1, twice that for L2
        float scale = (float) ((op.kind() == LossKind.L1 ? 1.0 : 2.0) * op.weight() / size);
        Arguments arguments =
                tasks.arguments()
                        .tensor(PREDICTION, op.prediction())
                        .tensor(TARGET, op.target())
                        .tensor(D_PREDICTION, op.dPrediction())
                        .scratch(blocks);
        tasks.add(
                "lossBlocks",
                Geometry.groups(blocks, 1, 1),
                arguments,
                List.of(size, squared, slopes, scale),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Loss::lossBlocks,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(PREDICTION),
                                at.array(TARGET),
                                at.array(D_PREDICTION),
                                at.scratch(),
                                at.column(),
                                size,
                                squared,
                                slopes,
                                scale));
        mean(tasks, op, blocks, size);
    }

    /** Adds the task that adds up {@code blocks} parts and divides by {@code size}. */
    static void mean(Tasks tasks, LossOp.Loss op, int blocks, int size) {
        tasks.add(
                "lossMean",
                Geometry.groups(1, 1, 1),
                tasks.arguments().scratch(blocks).tensor(LOSS, op.loss()),
                List.of(blocks, size),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Loss::lossMean,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.scratch(),
                                at.array(LOSS),
                                at.column(),
                                blocks,
                                size));
    }

    /**
     * Tensors: prediction, target, dPrediction [size]; scratch: partial [blocks].
     *
     * @param squared 1 for L2, 0 for L1
     * @param slopes 1 to write dPrediction, 0 to leave it alone
     */
    public static void lossBlocks(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray prediction,
            FloatArray target,
            FloatArray dPrediction,
            FloatArray partial,
            int column,
            int size,
            int squared,
            int slopes,
            float scale) {
        int entry = Entry.of(row, place, column);
        int predictionAt = offsets.get(entry + PREDICTION);
        int targetAt = offsets.get(entry + TARGET);
        int dPredictionAt = offsets.get(entry + D_PREDICTION);
        int item = context.localIdx;
        int block = context.groupIdx;
        float sum = 0f;
        for (int i = 0; i < OF_ITEM; i++) {
            int e = block * BLOCK + i * GROUP + item;
            if (e < size) {
                float difference = prediction.get(predictionAt + e) - target.get(targetAt + e);
                float sign = difference > 0f ? 1f : difference < 0f ? -1f : 0f;
                sum += squared != 0 ? difference * difference : TornadoMath.abs(difference);
                if (slopes != 0) {
                    dPrediction.set(dPredictionAt + e, scale * (squared != 0 ? difference : sign));
                }
            }
        }
        float total = GroupSums.sum(context, sum);
        if (item == 0) {
            partial.set(block, total);
        }
    }

    /** Tensors: loss [1]; scratch: partial [blocks]. */
    public static void lossMean(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray partial,
            FloatArray loss,
            int column,
            int blocks,
            int size) {
        int lossAt = offsets.get(Entry.of(row, place, column) + LOSS);
        int item = context.localIdx;
        float sum = 0f;
        for (int i = item; i < blocks; i += GROUP) {
            sum += partial.get(i);
        }
        float total = GroupSums.sum(context, sum);
        if (item == 0) {
            loss.set(lossAt, total / size);
        }
    }
}
