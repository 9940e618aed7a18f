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
 * The smoothed root mean square of an image's error, averaged over images, and its derivative. A
 * work-group takes an image, each item every 256th of its elements, then a tree over the items;
 * {@link Loss#lossMean} adds the images.
 */
public final class ImageLoss {
    // The tensors of the kernel, as both sides number them.
    private static final int PREDICTION = 0;
    private static final int TARGET = 1;
    private static final int D_PREDICTION = 2;

    private static final int GROUP = Geometry.GROUP;

    private ImageLoss() {}

    static void record(Tasks tasks, LossOp.Loss op) {
        int images = op.prediction().dim(0);
        int length = op.prediction().size() / images;
        int slopes = op.dPrediction().isPresent() ? 1 : 0;
        float scale = (float) ((double) op.weight() / op.prediction().size());
        float width = (float) LossKind.WIDTH;
        Arguments arguments =
                tasks.arguments()
                        .tensor(PREDICTION, op.prediction())
                        .tensor(TARGET, op.target())
                        .tensor(D_PREDICTION, op.dPrediction())
                        .scratch(images);
        tasks.add(
                "lossImages",
                Geometry.groups(images, 1, 1),
                arguments,
                List.of(length, slopes, scale, width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                ImageLoss::lossImages,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(PREDICTION),
                                at.array(TARGET),
                                at.array(D_PREDICTION),
                                at.scratch(),
                                at.column(),
                                length,
                                slopes,
                                scale,
                                width));
        Loss.mean(tasks, op, images, images);
    }

    /**
     * Tensors: prediction, target, dPrediction [B, length]; scratch: partial [B].
     *
     * @param slopes 1 to write dPrediction, 0 to leave it alone
     * @param scale weight over all elements
     * @param width c
     */
    public static void lossImages(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray prediction,
            FloatArray target,
            FloatArray dPrediction,
            FloatArray partial,
            int column,
            int length,
            int slopes,
            float scale,
            float width) {
        int entry = Entry.of(row, place, column);
        int item = context.localIdx;
        int image = context.groupIdx;
        int predictionAt = offsets.get(entry + PREDICTION) + image * length;
        int targetAt = offsets.get(entry + TARGET) + image * length;
        int dPredictionAt = offsets.get(entry + D_PREDICTION) + image * length;
        float sum = 0f;
        for (int e = item; e < length; e += GROUP) {
            float difference = prediction.get(predictionAt + e) - target.get(targetAt + e);
            sum += difference * difference;
        }
        float total = GroupSums.sum(context, sum);
        float root = TornadoMath.sqrt(total / length + width * width);
        if (item == 0) {
            partial.set(image, root - width);
        }
        if (slopes != 0) {
            float slope = scale / root;
            for (int e = item; e < length; e += GROUP) {
                float difference = prediction.get(predictionAt + e) - target.get(targetAt + e);
                dPrediction.set(dPredictionAt + e, slope * difference);
            }
        }
    }
}
