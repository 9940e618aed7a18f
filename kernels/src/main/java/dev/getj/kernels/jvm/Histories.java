package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import dev.getj.kernels.tensor.Tensor;

import jdk.incubator.vector.FloatVector;

/**
 * What solvers compute on a history of states, sample by sample. A sample is cut into blocks of a
 * fixed length that begin with the sample: nothing depends on the batch.
 */
final class Histories {
    private static final int BLOCK = 4096;

    private Histories() {}

    // dots[b, j] = ⟨history[j, b], x[b]⟩; blocks are added in order, in double precision
    static Runnable innerProducts(Workers workers, Tensor history, Tensor x, Tensor dots) {
        float[] states = JvmBuffer.of(history).values;
        float[] state = JvmBuffer.of(x).values;
        float[] result = JvmBuffer.of(dots).values;
        int count = history.dim(0);
        int samples = x.dim(0);
        int length = x.size() / samples;
        int blocks = (length + BLOCK - 1) / BLOCK;
        double[] sums = new double[samples * blocks * count];
        float[][] partials = workers.memory(Sums.WAYS);
        Workers.Task task =
                (index, worker) -> {
                    int start = index % blocks * BLOCK;
                    int at = index / blocks * length + start;
                    int elements = Math.min(BLOCK, length - start);
                    for (int j = 0; j < count; j++) {
                        sums[index * count + j] =
                                Sums.products(
                                        states,
                                        history.offset() + j * x.size() + at,
                                        state,
                                        x.offset() + at,
                                        elements,
                                        partials[worker]);
                    }
                };
        return () -> {
            workers.run(samples * blocks, task);
            for (int i = 0; i < samples * count; i++) {
                double sum = 0;
                for (int block = 0; block < blocks; block++) {
                    sum += sums[(i / count * blocks + block) * count + i % count];
                }
                result[dots.offset() + i] = (float) sum;
            }
        };
    }

    // y[b] = beta·y[b] + Σ_j coefficients[b, j] · history[j, b]
    static Runnable combine(
            Workers workers, Tensor coefficients, Tensor history, float beta, Tensor y) {
        float[] factors = JvmBuffer.of(coefficients).values;
        float[] states = JvmBuffer.of(history).values;
        float[] target = JvmBuffer.of(y).values;
        int count = history.dim(0);
        int samples = y.dim(0);
        int length = y.size() / samples;
        int blocks = (length + BLOCK - 1) / BLOCK;
        Workers.Task task =
                (index, worker) -> {
                    int b = index / blocks;
                    int start = index % blocks * BLOCK;
                    int from = b * length + start;
                    int to = from + Math.min(BLOCK, length - start);
                    int first = coefficients.offset() + b * count;
                    int i = from;
                    for (; i <= to - LANES; i += LANES) {
                        int at = y.offset() + i;
                        FloatVector sum =
                                beta == 0
                                        ? FloatVector.zero(SPECIES)
                                        : FloatVector.fromArray(SPECIES, target, at).mul(beta);
                        for (int j = 0; j < count; j++) {
                            float factor = factors[first + j];
                            if (factor != 0) {
                                int state = history.offset() + j * y.size() + i;
                                sum =
                                        FloatVector.fromArray(SPECIES, states, state)
                                                .fma(FloatVector.broadcast(SPECIES, factor), sum);
                            }
                        }
                        sum.intoArray(target, at);
                    }
                    for (; i < to; i++) {
                        int at = y.offset() + i;
                        float sum = beta == 0 ? 0 : target[at] * beta;
                        for (int j = 0; j < count; j++) {
                            float factor = factors[first + j];
                            if (factor != 0) {
                                float state = states[history.offset() + j * y.size() + i];
                                sum = Math.fma(state, factor, sum);
                            }
                        }
                        target[at] = sum;
                    }
                };
        return () -> workers.run(samples * blocks, task);
    }
}
