package dev.getj.kernels.tornado.norm;

import dev.getj.kernels.op.NormOp;
import dev.getj.kernels.tornado.reduction.ColumnSums;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

/** Gradients of {@link LayerNorm}: of the parameters, then of the input. */
public final class LayerNormBackward {
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

    private LayerNormBackward() {}

    static void record(Tasks tasks, NormOp.LayerNormBackward op) {
        int rows = op.x().rows();
        int width = op.x().dim(-1);
        int rowsOfPart = ColumnSums.rowsOfPart(rows);
        Arguments sums =
                tasks.arguments()
                        .tensor(D_Y, op.dY())
                        .tensor(X, op.x())
                        .tensor(SUMS_STATISTICS, op.statistics())
                        .scratch(ColumnSums.scratch(rows, width, 2));
        tasks.add(
                "layerNormColumnSums",
                ColumnSums.geometry(rows, width),
                sums,
                List.of(rows, width, rowsOfPart),
                (graph, id, at) ->
                        graph.task(
                                id,
                                LayerNormBackward::layerNormColumnSums,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(D_Y),
                                at.array(X),
                                at.array(SUMS_STATISTICS),
                                at.scratch(),
                                at.column(),
                                rows,
                                width,
                                rowsOfPart));
        ColumnSums.addParts(tasks, rows, op.dGamma(), op.dBeta());
        Arguments arguments =
                tasks.arguments()
                        .tensor(D_Y, op.dY())
                        .tensor(X, op.x())
                        .tensor(GAMMA, op.gamma())
                        .tensor(STATISTICS, op.statistics())
                        .tensor(D_X, op.dX());
        tasks.add(
                "layerNormInputBackward",
                Geometry.groups(Geometry.ceil(rows, ROWS), 1, 1),
                arguments,
                List.of(rows, width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                LayerNormBackward::layerNormInputBackward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(D_Y),
                                at.array(X),
                                at.array(GAMMA),
                                at.array(STATISTICS),
                                at.array(D_X),
                                at.column(),
                                rows,
                                width));
    }

    /**
     * Sums of dY·n and dY over a part of the rows; {@link ColumnSums#addColumnSums} with two
     * vectors adds them to dGamma and dBeta. Tensors: dY, x [rows, width], statistics [rows, 2];
     * scratch: partial [parts, 2, width, 2].
     *
     * @param rowsOfPart {@link ColumnSums#rowsOfPart}
     */
    public static void layerNormColumnSums(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray dY,
            FloatArray x,
            FloatArray statistics,
            FloatArray partial,
            int column,
            int rows,
            int width,
            int rowsOfPart) {
        int entry = Entry.of(row, place, column);
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
                    float slope = dY.get(dYAt + r * width + i);
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
     * {@code dX += rstd · (s − mean s − n · mean(s·n))} with {@code s = dY·gamma}. Tensors: dY, x
     * [rows, width], gamma [width], statistics [rows, 2], dX [rows, width].
     */
    public static void layerNormInputBackward(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray dY,
            FloatArray x,
            FloatArray parameters,
            FloatArray statistics,
            FloatArray dX,
            int column,
            int rows,
            int width) {
        int entry = Entry.of(row, place, column);
        int item = context.localIdx;
        int lane = item % LANES;
        int r = context.groupIdx * ROWS + item / LANES;
        // items beyond the last row do it again, up to the writes: all must meet at the barriers
        int here = TornadoMath.min(r, rows - 1);
        int dYAt = offsets.get(entry + D_Y) + here * width;
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
        for (int i = lane; i < width; i += LANES) {
            float normed = (x.get(xAt + i) - mean) * rstd;
            float slope = dY.get(dYAt + i) * parameters.get(gammaAt + i);
            slopeSum += slope;
            productSum += slope * normed;
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
            for (int i = lane; i < width; i += LANES) {
                float normed = (x.get(xAt + i) - mean) * rstd;
                float slope = dY.get(dYAt + i) * parameters.get(gammaAt + i);
                float dx = rstd * (slope - slopeMean - normed * productMean);
                dX.set(dXAt + i, dX.get(dXAt + i) + dx);
            }
        }
    }
}
