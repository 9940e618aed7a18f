package dev.getj.kernels.tornado.norm;

import dev.getj.kernels.op.NormOp;
import dev.getj.kernels.tornado.reduction.ColumnSums;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.Halves;
import dev.getj.kernels.tornado.state.WarpSums;

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

    private static final int HELD = LayerNorm.HELD;

    private static final int TOGETHER = ColumnSums.TOGETHER;

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
                                at.place(),
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
        int lanes = LayerNorm.lanes(rows, width, HELD, tasks.profile().processors());
        tasks.add(
                "layerNormMixedInput",
                LayerNorm.geometry(rows, lanes),
                arguments,
                List.of(rows, width, lanes, format),
                (graph, id, at) ->
                        graph.task(
                                id,
                                LayerNormMixedBackward::layerNormMixedInput,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.words(D_Y),
                                at.array(X),
                                at.array(GAMMA),
                                at.array(STATISTICS),
                                at.array(D_X),
                                at.column(),
                                rows,
                                width,
                                lanes,
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
            IntArray place,
            LongArray dY,
            FloatArray x,
            FloatArray statistics,
            FloatArray partial,
            int column,
            int rows,
            int width,
            int rowsOfPart,
            int format) {
        int entry = Entry.of(row, place, column);
        int dYAt = offsets.get(entry + D_Y);
        int xAt = offsets.get(entry + X);
        int statisticsAt = offsets.get(entry + SUMS_STATISTICS);
        int i = context.globalIdx;
        int part = context.globalIdy;
        if (i < width) {
            long[] words = new long[TOGETHER];
            float[] centred = new float[TOGETHER];
            float[] scales = new float[TOGETHER];
            double gammaSum = 0;
            double betaSum = 0;
            for (int k = 0; k < rowsOfPart; k += TOGETHER) {
                int first = part * rowsOfPart + k;
                for (int j = 0; j < TOGETHER; j++) {
                    int r = TornadoMath.min(first + j, rows - 1);
                    words[j] = dY.get(dYAt + r * (width / 4) + i / 4);
                    centred[j] = x.get(xAt + r * width + i) - statistics.get(statisticsAt + 2 * r);
                    scales[j] = statistics.get(statisticsAt + 2 * r + 1);
                }
                for (int j = 0; j < TOGETHER; j++) {
                    float slope = Halves.value(words[j], i % 4, format);
                    slope = first + j < rows ? slope : 0f;
                    gammaSum += slope * (centred[j] * scales[j]);
                    betaSum += slope;
                }
            }
            int gammaAt = 2 * (2 * part * width + i);
            ColumnSums.setPart(partial, gammaAt, gammaSum);
            ColumnSums.setPart(partial, gammaAt + 2 * width, betaSum);
        }
    }

    /**
     * {@link LayerNormBackward#layerNormInputBackward}, with what an item reads kept in registers.
     *
     * @param width a multiple of 4
     * @param lanes work items of a row, as {@link LayerNorm#lanes} says
     * @param format of dY, as {@link Halves} has it
     */
    public static void layerNormMixedInput(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            LongArray dY,
            FloatArray x,
            FloatArray parameters,
            FloatArray statistics,
            FloatArray dX,
            int column,
            int rows,
            int width,
            int lanes,
            int format) {
        int entry = Entry.of(row, place, column);
        int item = context.localIdx;
        int lane = item % lanes;
        int r = context.groupIdx * (Geometry.GROUP / lanes) + item / lanes;
        // items beyond the last row do it again, up to the writes: all must meet at the sums
        int here = TornadoMath.min(r, rows - 1);
        int dYAt = offsets.get(entry + D_Y) + here * (width / 4);
        int xAt = offsets.get(entry + X) + here * width;
        int gammaAt = offsets.get(entry + GAMMA);
        int statisticsAt = offsets.get(entry + STATISTICS) + 2 * here;
        int dXAt = offsets.get(entry + D_X) + here * width;
        float mean = statistics.get(statisticsAt);
        float rstd = statistics.get(statisticsAt + 1);
        boolean whole = width % lanes == 0;
        int share = (width + lanes - 1) / lanes;
        float[] normed = new float[HELD];
        float[] slopes = new float[HELD];

        float slopeSum = 0f;
        float productSum = 0f;
        for (int i = 0; i < share; i++) {
            int at = lane + i * lanes;
            int there = whole ? at : TornadoMath.min(at, width - 1);
            normed[i] = (x.get(xAt + there) - mean) * rstd;
            float slope =
                    Halves.value(dY.get(dYAt + there / 4), there % 4, format)
                            * parameters.get(gammaAt + there);
            slopes[i] = whole || at < width ? slope : 0f;
            slopeSum += slopes[i];
            productSum += slopes[i] * normed[i];
        }
        float slopeMean = WarpSums.sum(context, slopeSum, lanes) / width;
        float productMean = WarpSums.sum(context, productSum, lanes) / width;

        // all is read before any is written: a device may not read ahead of a write
        for (int i = 0; i < share; i++) {
            int at = lane + i * lanes;
            int there = whole ? at : TornadoMath.min(at, width - 1);
            float dx = rstd * (slopes[i] - slopeMean - normed[i] * productMean);
            slopes[i] = dX.get(dXAt + there) + dx;
        }
        for (int i = 0; i < share; i++) {
            int at = lane + i * lanes;
            if (r < rows && (whole || at < width)) {
                dX.set(dXAt + at, slopes[i]);
            }
        }
    }
}
