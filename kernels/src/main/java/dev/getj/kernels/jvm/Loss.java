package dev.getj.kernels.jvm;

import dev.getj.kernels.op.LossKind;
import dev.getj.kernels.tensor.Tensor;

/**
 * Mean distance and its derivative. Elements are summed in double precision in blocks of a fixed
 * length or by images, and these in order, so the sum does not depend on the threads.
 */
final class Loss {
    private static final int BLOCK = 4096;

    private Loss() {}

    // prediction, target and dPrediction of the same size, loss [1]
    static Runnable forward(
            Workers workers,
            LossKind kind,
            Tensor prediction,
            Tensor target,
            float weight,
            Tensor loss,
            Tensor dPrediction) {
        return switch (kind) {
            case L1, L2 -> elements(workers, kind, prediction, target, weight, loss, dPrediction);
            case PSEUDO_HUBER -> images(workers, prediction, target, weight, loss, dPrediction);
        };
    }

    private static Runnable elements(
            Workers workers,
            LossKind kind,
            Tensor prediction,
            Tensor target,
            float weight,
            Tensor loss,
            Tensor dPrediction) {
        float[] predicted = JvmBuffer.of(prediction).values;
        float[] wanted = JvmBuffer.of(target).values;
        float[] result = JvmBuffer.of(loss).values;
        float[] slopes = dPrediction == null ? null : JvmBuffer.of(dPrediction).values;
        int size = prediction.size();
        int blocks = (size + BLOCK - 1) / BLOCK;
        double[] sums = new double[blocks];
        float scale = (float) (kind == LossKind.L1 ? (double) weight / size : 2.0 * weight / size);
        Workers.Task task =
                (block, worker) -> {
                    double sum = 0;
                    int end = Math.min(size, (block + 1) * BLOCK);
                    for (int i = block * BLOCK; i < end; i++) {
                        float difference =
                                predicted[prediction.offset() + i] - wanted[target.offset() + i];
                        sum +=
                                kind == LossKind.L1
                                        ? Math.abs(difference)
                                        : (double) difference * difference;
                        if (slopes != null) {
                            slopes[dPrediction.offset() + i] =
                                    scale
                                            * (kind == LossKind.L1
                                                    ? Math.signum(difference)
                                                    : difference);
                        }
                    }
                    sums[block] = sum;
                };
        return () -> {
            workers.run(blocks, task);
            double sum = 0;
            for (double part : sums) {
                sum += part;
            }
            result[loss.offset()] = (float) (sum / size);
        };
    }

    // prediction [B, …]
    private static Runnable images(
            Workers workers,
            Tensor prediction,
            Tensor target,
            float weight,
            Tensor loss,
            Tensor dPrediction) {
        float[] predicted = JvmBuffer.of(prediction).values;
        float[] wanted = JvmBuffer.of(target).values;
        float[] result = JvmBuffer.of(loss).values;
        float[] slopes = dPrediction == null ? null : JvmBuffer.of(dPrediction).values;
        int images = prediction.dim(0);
        int length = prediction.size() / images;
        double[] values = new double[images];
        double c = LossKind.WIDTH;
        Workers.Task task =
                (image, worker) -> {
                    int from = prediction.offset() + image * length;
                    int to = target.offset() + image * length;
                    double squares = 0;
                    for (int i = 0; i < length; i++) {
                        float difference = predicted[from + i] - wanted[to + i];
                        squares += (double) difference * difference;
                    }
                    double root = Math.sqrt(squares / length + c * c);
                    values[image] = root - c;
                    float scale = (float) (weight / (prediction.size() * root));
                    for (int i = 0; slopes != null && i < length; i++) {
                        slopes[dPrediction.offset() + image * length + i] =
                                scale * (predicted[from + i] - wanted[to + i]);
                    }
                };
        return () -> {
            workers.run(images, task);
            double sum = 0;
            for (double value : values) {
                sum += value;
            }
            result[loss.offset()] = (float) (sum / images);
        };
    }
}
