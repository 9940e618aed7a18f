package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import dev.getj.kernels.op.NormOp;
import dev.getj.kernels.tensor.Tensor;

import jdk.incubator.vector.FloatVector;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * {@link NormOp.RmsNorm} and its gradient, a block of rows a task. As in {@link LayerNorm}, gamma's
 * gradient is summed over the rows of a block, then over the blocks, both in order.
 *
 * @param x values of the rows
 * @param width of a row
 */
record RmsNorm(float[] x, float[] gamma, int gammaAt, int width) {
    private static final int ROWS = 32;
    private static final int COLUMNS = 64;

    private static RmsNorm of(Tensor x, Tensor gamma) {
        float[] scales = JvmBuffer.of(gamma).values;
        return new RmsNorm(JvmBuffer.of(x).values, scales, gamma.offset(), x.dim(-1));
    }

    static RowWork forward(Workers workers, NormOp.RmsNorm op) {
        RmsNorm rows = of(op.x(), op.gamma());
        int width = rows.width;
        float[] y = JvmBuffer.of(op.y()).values;
        Optional<Tensor> statistics = op.statistics();
        float[] kept = statistics.map(it -> JvmBuffer.of(it).values).orElse(new float[0]);
        float[][] partials = workers.memory(Sums.WAYS);
        RowTasks tasks =
                (first, last, wanted) -> {
                    Workers.Task task =
                            (block, worker) -> {
                                int start = first + block * ROWS;
                                int end = Math.min(last, start + ROWS);
                                for (int r = start; r < end; r++) {
                                    int at = op.x().offset() + r * width;
                                    float rrms = rows.rrms(at, partials[worker]);
                                    rows.scale(at, rrms, y, op.y().offset() + r * width);
                                    if (statistics.isPresent()) {
                                        kept[statistics.get().offset() + r] = rrms;
                                    }
                                }
                            };
                    return new RowTasks.Part(Gemm.ceil(last - first, ROWS), task);
                };
        Tensor[] local = {op.x()};
        return new RowWork(op.x().rows(), 1, 1, tasks, local, new Tensor[] {op.gamma()});
    }

    private float rrms(int at, float[] partial) {
        float mean = Sums.squares(x, at, width, 0, partial) / width;
        return (float) (1 / Math.sqrt((double) mean + NormOp.EPSILON));
    }

    private void scale(int at, float rrms, float[] y, int yAt) {
        int i = 0;
        for (; i <= width - LANES; i += LANES) {
            FloatVector scale = FloatVector.fromArray(SPECIES, gamma, gammaAt + i);
            FloatVector normed = FloatVector.fromArray(SPECIES, x, at + i).mul(rrms);
            normed.mul(scale).intoArray(y, yAt + i);
        }
        for (; i < width; i++) {
            y[yAt + i] = x[at + i] * rrms * gamma[gammaAt + i];
        }
    }

    static RowWork backward(Workers workers, Scratch.Share scratch, NormOp.RmsNormBackward op) {
        RmsNorm rows = of(op.x(), op.gamma());
        int width = rows.width;
        int blocks = Gemm.ceil(op.x().rows(), ROWS);
        float[] dY = JvmBuffer.of(op.dY()).values;
        float[] dX = JvmBuffer.of(op.dX()).values;
        float[] kept = JvmBuffer.of(op.statistics()).values;
        // [blocks, D]: what each block of rows adds to dGamma
        float[] parts = scratch.floats(CacheLine.FIRST + blocks * width);
        float[][] partials = workers.memory(Sums.WAYS);
        RowTasks tasks =
                (first, last, wanted) -> {
                    Workers.Task task =
                            (index, worker) -> {
                                int block = first / ROWS + index;
                                int part = CacheLine.FIRST + block * width;
                                Arrays.fill(parts, part, part + width, 0);
                                int end = Math.min(last, (block + 1) * ROWS);
                                for (int r = block * ROWS; r < end; r++) {
                                    int dYAt = op.dY().offset() + r * width;
                                    int at = op.x().offset() + r * width;
                                    float rrms = kept[op.statistics().offset() + r];
                                    float[] sums = partials[worker];
                                    rows.sums(dY, dYAt, at, rrms, parts, part, sums);
                                    float mean = Sums.tree(sums, 0) / width;
                                    int dXAt = op.dX().offset() + r * width;
                                    rows.input(dY, dYAt, at, rrms, mean, dX, dXAt);
                                }
                            };
                    return new RowTasks.Part(Gemm.ceil(last - first, ROWS), task);
                };
        float[] dGamma = JvmBuffer.of(op.dGamma()).values;
        Workers.Task columnTask =
                (strip, worker) -> {
                    int column = strip * COLUMNS;
                    int end = Math.min(width, column + COLUMNS);
                    for (int block = 0; block < blocks; block++) {
                        int part = CacheLine.FIRST + block * width;
                        for (int i = column; i < end; i++) {
                            dGamma[op.dGamma().offset() + i] += parts[part + i];
                        }
                    }
                };
        Tensor[] local = {op.dY(), op.x(), op.statistics()};
        return new RowWork(op.x().rows(), ROWS, 1, tasks, local, new Tensor[] {op.gamma()})
                .concluding(
                        List.of(parts),
                        () -> workers.run(Gemm.ceil(width, COLUMNS), columnTask),
                        op.dGamma());
    }

    // partial sums of dY·gamma·n, in the order of Sums; the row's share of dGamma
    private void sums(
            float[] dY, int dYAt, int at, float rrms, float[] parts, int part, float[] partial) {
        for (int way = 0; way < Sums.WAYS; way += LANES) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = way; i <= width - LANES; i += Sums.WAYS) {
                FloatVector slope = FloatVector.fromArray(SPECIES, dY, dYAt + i);
                FloatVector normed = FloatVector.fromArray(SPECIES, x, at + i).mul(rrms);
                normed.fma(slope, FloatVector.fromArray(SPECIES, parts, part + i))
                        .intoArray(parts, part + i);
                FloatVector scaled = slope.mul(FloatVector.fromArray(SPECIES, gamma, gammaAt + i));
                sum = scaled.fma(normed, sum);
            }
            sum.intoArray(partial, way);
        }
        for (int i = width - width % LANES; i < width; i++) {
            float normed = x[at + i] * rrms;
            float slope = dY[dYAt + i];
            parts[part + i] = Math.fma(normed, slope, parts[part + i]);
            int way = i % Sums.WAYS;
            partial[way] = Math.fma(slope * gamma[gammaAt + i], normed, partial[way]);
        }
    }

    // dX += rrms · (dY·gamma − n·mean)
    private void input(float[] dY, int dYAt, int at, float rrms, float mean, float[] dX, int dXAt) {
        int i = 0;
        for (; i <= width - LANES; i += LANES) {
            FloatVector normed = FloatVector.fromArray(SPECIES, x, at + i).mul(rrms);
            FloatVector scaled =
                    FloatVector.fromArray(SPECIES, dY, dYAt + i)
                            .mul(FloatVector.fromArray(SPECIES, gamma, gammaAt + i));
            normed.fma(FloatVector.broadcast(SPECIES, -mean), scaled)
                    .fma(
                            FloatVector.broadcast(SPECIES, rrms),
                            FloatVector.fromArray(SPECIES, dX, dXAt + i))
                    .intoArray(dX, dXAt + i);
        }
        for (; i < width; i++) {
            float normed = x[at + i] * rrms;
            float scaled = dY[dYAt + i] * gamma[gammaAt + i];
            dX[dXAt + i] = Math.fma(Math.fma(normed, -mean, scaled), rrms, dX[dXAt + i]);
        }
    }
}
