package dev.getj.kernels.jvm;

import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.Tensor;

/**
 * What solvers stop on. A sample's blocks have a fixed length and are added in order, in double
 * precision.
 */
final class Norms {
    private static final int BLOCK = 4096;

    private Norms() {}

    // next, previous [B, L], norms [B, 2] receives ‖next − previous‖₂ and ‖next‖₂
    static Runnable residuals(Workers workers, Tensor next, Tensor previous, Tensor norms) {
        float[] x = JvmBuffer.of(next).values;
        float[] y = JvmBuffer.of(previous).values;
        float[] result = JvmBuffer.of(norms).values;
        int samples = next.dim(0);
        int length = next.size() / samples;
        int blocks = (length + BLOCK - 1) / BLOCK;
        double[] sums = new double[2 * samples * blocks];
        float[][] partials = workers.memory(Sums.WAYS);
        Workers.Task task =
                (index, worker) -> {
                    int start = index % blocks * BLOCK;
                    int count = Math.min(BLOCK, length - start);
                    int at = index / blocks * length + start;
                    float[] partial = partials[worker];
                    sums[2 * index] =
                            Sums.squaredDistance(
                                    x,
                                    next.offset() + at,
                                    y,
                                    previous.offset() + at,
                                    count,
                                    partial);
                    sums[2 * index + 1] = Sums.squares(x, next.offset() + at, count, 0, partial);
                };
        return () -> {
            workers.run(samples * blocks, task);
            for (int b = 0; b < samples; b++) {
                double residual = 0;
                double norm = 0;
                for (int i = b * blocks; i < (b + 1) * blocks; i++) {
                    residual += sums[2 * i];
                    norm += sums[2 * i + 1];
                }
                result[norms.offset() + 2 * b] = (float) Math.sqrt(residual);
                result[norms.offset() + 2 * b + 1] = (float) Math.sqrt(norm);
            }
        };
    }

    // norms [B, 2], lowest [B], candidate, best [B, L]
    static Runnable keepBest(
            Tensor norms, boolean relative, Tensor lowest, Tensor candidate, Tensor best) {
        float[] measured = JvmBuffer.of(norms).values;
        float[] least = JvmBuffer.of(lowest).values;
        float[] from = JvmBuffer.of(candidate).values;
        float[] to = JvmBuffer.of(best).values;
        int samples = candidate.dim(0);
        int length = candidate.size() / samples;
        return () -> {
            for (int b = 0; b < samples; b++) {
                int at = norms.offset() + 2 * b;
                float residual = measured[at];
                if (relative) {
                    residual /= measured[at + 1] + StateOp.RESIDUAL_EPSILON;
                }
                if (residual < least[lowest.offset() + b]) {
                    least[lowest.offset() + b] = residual;
                    System.arraycopy(
                            from,
                            candidate.offset() + b * length,
                            to,
                            best.offset() + b * length,
                            length);
                }
            }
        };
    }
}
