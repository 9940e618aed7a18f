package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import dev.getj.kernels.op.NormOp;
import dev.getj.kernels.tensor.Tensor;

import jdk.incubator.vector.FloatVector;

import java.util.List;

/**
 * Layer normalisation, a block of rows a task. The parameters' gradients are summed over the rows
 * of a block, then over the blocks, both in order: the blocks have a fixed length, so the threads
 * do not matter.
 */
final class LayerNorm {
    private static final int ROWS = 32;
    private static final int TASKS_PER_THREAD = 1;
    private static final int COLUMNS = 64;

    private LayerNorm() {}

    // x, y [R, D], gamma, beta [D], statistics [R, 2] or null
    static RowWork forward(
            Workers workers, Tensor x, Tensor gamma, Tensor beta, Tensor y, Tensor statistics) {
        float[] source = JvmBuffer.of(x).values;
        float[] scales = JvmBuffer.of(gamma).values;
        float[] shifts = JvmBuffer.of(beta).values;
        float[] target = JvmBuffer.of(y).values;
        float[] moments = statistics == null ? null : JvmBuffer.of(statistics).values;
        int width = x.dim(-1);
        float[][] partials = workers.memory(Sums.WAYS);
        RowTasks tasks =
                (first, last, wanted) -> {
                    Workers.Task task =
                            (block, worker) -> {
                                int start = first + block * ROWS;
                                int end = Math.min(last, start + ROWS);
                                for (int r = start; r < end; r++) {
                                    int at = x.offset() + r * width;
                                    float mean =
                                            Sums.sum(source, at, width, partials[worker]) / width;
                                    float variance =
                                            Sums.squares(source, at, width, mean, partials[worker])
                                                    / width;
                                    float rstd =
                                            (float)
                                                    (1
                                                            / Math.sqrt(
                                                                    (double) variance
                                                                            + NormOp.EPSILON));
                                    normalise(
                                            source,
                                            at,
                                            mean,
                                            rstd,
                                            scales,
                                            gamma.offset(),
                                            shifts,
                                            beta.offset(),
                                            width,
                                            target,
                                            y.offset() + r * width);
                                    if (moments != null) {
                                        moments[statistics.offset() + 2 * r] = mean;
                                        moments[statistics.offset() + 2 * r + 1] = rstd;
                                    }
                                }
                            };
                    return new RowTasks.Part(Gemm.ceil(last - first, ROWS), task);
                };
        return new RowWork(
                x.rows(), 1, TASKS_PER_THREAD, tasks, new Tensor[] {x}, new Tensor[] {gamma, beta});
    }

    private static void normalise(
            float[] x,
            int at,
            float mean,
            float rstd,
            float[] gamma,
            int gammaAt,
            float[] beta,
            int betaAt,
            int width,
            float[] y,
            int yAt) {
        int i = 0;
        for (; i <= width - LANES; i += LANES) {
            FloatVector normed = FloatVector.fromArray(SPECIES, x, at + i).sub(mean).mul(rstd);
            FloatVector scale = FloatVector.fromArray(SPECIES, gamma, gammaAt + i);
            FloatVector shift = FloatVector.fromArray(SPECIES, beta, betaAt + i);
            normed.fma(scale, shift).intoArray(y, yAt + i);
        }
        for (; i < width; i++) {
            y[yAt + i] = Math.fma((x[at + i] - mean) * rstd, gamma[gammaAt + i], beta[betaAt + i]);
        }
    }

    // dY, x, dX [R, D], statistics [R, 2], gamma, dGamma, dBeta [D]
    static RowWork backward(
            Workers workers,
            Scratch.Share scratch,
            Tensor dY,
            Tensor x,
            Tensor gamma,
            Tensor statistics,
            Tensor dX,
            Tensor dGamma,
            Tensor dBeta) {
        int width = x.dim(-1);
        int rows = x.rows();
        int blocks = (rows + ROWS - 1) / ROWS;
        LayerNormGradient gradient =
                new LayerNormGradient(
                        JvmBuffer.of(dY).values,
                        JvmBuffer.of(x).values,
                        JvmBuffer.of(gamma).values,
                        gamma.offset(),
                        JvmBuffer.of(dX).values,
                        width,
                        scratch.floats(CacheLine.FIRST + 2 * blocks * width));
        float[] moments = JvmBuffer.of(statistics).values;
        float[][] partials = workers.memory(2 * Sums.WAYS);
        RowTasks tasks =
                (first, last, wanted) -> {
                    Workers.Task task =
                            (index, worker) -> {
                                int block = first / ROWS + index;
                                gradient.clear(block);
                                int end = Math.min(last, (block + 1) * ROWS);
                                for (int r = block * ROWS; r < end; r++) {
                                    gradient.row(
                                            dY.offset() + r * width,
                                            x.offset() + r * width,
                                            dX.offset() + r * width,
                                            moments[statistics.offset() + 2 * r],
                                            moments[statistics.offset() + 2 * r + 1],
                                            block,
                                            partials[worker]);
                                }
                            };
                    return new RowTasks.Part(Gemm.ceil(last - first, ROWS), task);
                };
        float[] dScales = JvmBuffer.of(dGamma).values;
        float[] dShifts = JvmBuffer.of(dBeta).values;
        int strips = (width + COLUMNS - 1) / COLUMNS;
        Workers.Task columnTask =
                (strip, worker) -> {
                    int column = strip * COLUMNS;
                    int count = Math.min(COLUMNS, width - column);
                    gradient.addParts(blocks, 0, column, count, dScales, dGamma.offset() + column);
                    gradient.addParts(blocks, 1, column, count, dShifts, dBeta.offset() + column);
                };
        Tensor[] local = {dY, x, statistics};
        return new RowWork(rows, ROWS, 1, tasks, local, new Tensor[] {gamma})
                .concluding(
                        List.of(gradient.parts()),
                        () -> workers.run(strips, columnTask),
                        dGamma,
                        dBeta);
    }
}
