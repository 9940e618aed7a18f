package dev.getj.kernels.tornado.norm;

import dev.getj.kernels.op.NormOp;
import dev.getj.kernels.tornado.reduction.ColumnSums;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.Halves;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

import java.util.List;

/** {@link LayerNormBackward} of slopes of 16 bits, which lie in words of four neighbours. */
public final class LayerNormMixedBackward {
    // The tensors of each kernel, as both sides number them.
    private static final int D_Y = 0;
    private static final int X = 1;
    private static final int SUMS_STATISTICS = 2;
    private static final int GAMMA = 2;
    private static final int STATISTICS = 3;
    private static final int D_X = 4;

    // work items of a row, and rows of a work-group
    private static final int LANES = 32;
    private static final int ROWS = Geometry.GROUP / LANES;

    private LayerNormMixedBackward() {}

    static void record(Tasks tasks, NormOp.LayerNormBackward op) {
        int rows = op.x().rows();
        int width = op.x().dim(-1);
        int format = Halves.format(op.dY().dtype());
        if (width % 4 != 0) {
            throw new IllegalArgumentException(
                    "rows of 16 bits have a length that is a multiple of 4 on a device, not "
                            + width);
        }
        int rowsOfPart = ColumnSums.rowsOfPart(rows);
        Arguments sums =
                tasks.arguments()
                        .halves(D_Y, op.dY())
                        .tensor(X, op.x())
                        .tensor(SUMS_STATISTICS, op.statistics())
                        .scratch(ColumnSums.scratch(rows, width, 2));
        tasks.add(
                "layerNormMixedSums",
                ColumnSums.geometry(rows, width),
                sums,
                List.of(rows, width, rowsOfPart, format),
                (graph, id, at) ->
                        graph.task(
                                id,
                                LayerNormMixedBackward::layerNormMixedSums,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.words(D_Y),
                                at.array(X),
                                at.array(SUMS_STATISTICS),
                                at.scratch(),
                                at.column(),
                                rows,
                                width,
                                rowsOfPart,
                                format));
        ColumnSums.addParts(tasks, rows, op.dGamma(), op.dBeta());
        Arguments arguments =
                tasks.arguments()
                        .halves(D_Y, op.dY())
                        .tensor(X, op.x())
                        .tensor(GAMMA, op.gamma())
                        .tensor(STATISTICS, op.statistics())
                        .tensor(D_X, op.dX());
        tasks.add(
                "layerNormMixedInput",
                Geometry.groups(Geometry.ceil(rows, ROWS), 1, 1),
                arguments,
                List.of(rows, width, format),
                (graph, id, at) ->
                        graph.task(
                                id,
                                LayerNormMixedBackward::layerNormMixedInput,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.words(D_Y),
                                at.array(X),
                                at.array(GAMMA),
                                at.array(STATISTICS),
                                at.array(D_X),
                                at.column(),
                                rows,
                                width,
                                format));
    }

    /**
     * {@link LayerNormBackward#layerNormColumnSums}, where four work items read a word.
     *
     * @param width a multiple of 4
     * @param format of dY, as {@link Halves} has it
     */
    public static void layerNormMixedSums(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            LongArray dY,
            FloatArray x,
            FloatArray statistics,
            FloatArray partial,
            int column,
            int rows,
            int width,
            int rowsOfPart,
            int format) {
        int entry = row.get(0) + column;
        int dYAt = offsets.get(entry + D_Y);
        int xAt = offsets.get(entry + X);
        int statisticsAt = offsets.get(entry + SUMS_STATISTICS);
        int i = context.globalIdx;
        int part = context.globalIdy;
        if (i < width) {
            double gammaSum = 0;
            double betaSum = 0;
            for (int k = 0; k < rowsOfPart; k++) {
                int r = part * rowsOfPart + k;
                if (r < rows) {
                    long word = dY.get(dYAt + r * (width / 4) + i / 4);
                    float slope = Halves.value(word, i % 4, format);
                    float mean = statistics.get(statisticsAt + 2 * r);
                    float rstd = statistics.get(statisticsAt + 2 * r + 1);
                    gammaSum += slope * ((x.get(xAt + r * width + i) - mean) * rstd);
                    betaSum += slope;
                }
            }
            int gammaAt = 2 * (2 * part * width + i);
            ColumnSums.setPart(partial, gammaAt, gammaSum);
            ColumnSums.setPart(partial, gammaAt + 2 * width, betaSum);
        }
    }

    /**
     * {@link LayerNormBackward#layerNormInputBackward}.
     *
     * @param width a multiple of 4
     * @param format of dY, as {@link Halves} has it
     */
    public static void layerNormMixedInput(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            LongArray dY,
            FloatArray x,
            FloatArray parameters,
            FloatArray statistics,
            FloatArray dX,
            int column,
            int rows,
            int width,
            int format) {
        int entry = row.get(0) + column;
        int item = context.localIdx;
        int lane = item % LANES;
        int r = context.groupIdx * ROWS + item / LANES;
        // items beyond the last row do it again, up to the writes: all must meet at the barriers
        int here = TornadoMath.min(r, rows - 1);
        int words = width / 4;
        int dYAt = offsets.get(entry + D_Y) + here * words;
        int xAt = offsets.get(entry + X) + here * width;
        int gammaAt = offsets.get(entry + GAMMA);
        int statisticsAt = offsets.get(entry + STATISTICS) + 2 * here;
        int dXAt = offsets.get(entry + D_X) + here * width;
        float mean = statistics.get(statisticsAt);
        float rstd = statistics.get(statisticsAt + 1);
        float[] slopes = context.allocateFloatLocalArray(ROWS * LANES);
        float[] products = context.allocateFloatLocalArray(ROWS * LANES);

        float slopeSum = 0f;
        float productSum = 0f;
        for (int i = lane; i < words; i += LANES) {
            long word = dY.get(dYAt + i);
            for (int j = 0; j < 4; j++) {
                float normed = (x.get(xAt + 4 * i + j) - mean) * rstd;
                float slope = Halves.value(word, j, format) * parameters.get(gammaAt + 4 * i + j);
                slopeSum += slope;
                productSum += slope * normed;
            }
        }
        slopes[item] = slopeSum;
        products[item] = productSum;
        context.localBarrier();
        for (int half = LANES / 2; half > 0; half /= 2) {
            if (lane < half) {
                slopes[item] += slopes[item + half];
                products[item] += products[item + half];
            }
            context.localBarrier();
        }
        float slopeMean = slopes[item - lane] / width;
        float productMean = products[item - lane] / width;

        if (r < rows) {
            for (int i = lane; i < words; i += LANES) {
                long word = dY.get(dYAt + i);
                for (int j = 0; j < 4; j++) {
                    float normed = (x.get(xAt + 4 * i + j) - mean) * rstd;
                    float slope =
                            Halves.value(word, j, format) * parameters.get(gammaAt + 4 * i + j);
                    float dx = rstd * (slope - slopeMean - normed * productMean);
                    dX.set(dXAt + 4 * i + j, dX.get(dXAt + 4 * i + j) + dx);
                }
            }
        }
    }
}
