package dev.getj.kernels.tornado.norm;

import dev.getj.kernels.op.NormOp;
import dev.getj.kernels.tornado.reduction.ColumnSums;
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
 * RMS normalisation, forward and backward: a row has 32 work items, which add up every 32nd element
 * each, then a tree over the items.
 */
public final class RmsNorm {
    // The tensors of each kernel, as both sides number them.
    private static final int X = 0;
    private static final int GAMMA = 1;
    private static final int Y = 2;
    private static final int STATISTICS = 3;
    // of the backward pass
    private static final int D_Y = 0;
    private static final int NORMED_X = 1;
    private static final int RRMS = 2;
    private static final int SCALES = 3;
    private static final int D_X = 4;

    // work items of a row, and rows of a work-group
    private static final int LANES = 32;
    private static final int ROWS = Geometry.GROUP / LANES;

    private RmsNorm() {}

    private static Geometry geometry(int rows) {
        return Geometry.groups(Geometry.ceil(rows, ROWS), 1, 1);
    }

    static void record(Tasks tasks, NormOp.RmsNorm op) {
        int rows = op.x().rows();
        int width = op.x().dim(-1);
        int keep = op.statistics().isPresent() ? 1 : 0;
        Arguments arguments =
                tasks.arguments()
                        .tensor(X, op.x())
                        .tensor(GAMMA, op.gamma())
                        .result(Y, op.y())
                        .alongside(STATISTICS, op.statistics(), Y);
        tasks.add(
                "rmsNorm",
                geometry(rows),
                arguments,
                List.of(rows, width, keep),
                (graph, id, at) ->
                        graph.task(
                                id,
                                RmsNorm::rmsNormForward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(X),
                                at.array(GAMMA),
                                at.array(Y),
                                at.column(),
                                rows,
                                width,
                                keep));
    }

    static void record(Tasks tasks, NormOp.RmsNormBackward op) {
        int rows = op.x().rows();
        int width = op.x().dim(-1);
        int rowsOfPart = ColumnSums.rowsOfPart(rows);
        Arguments sums =
                tasks.arguments()
                        .tensor(D_Y, op.dY())
                        .tensor(NORMED_X, op.x())
                        .tensor(RRMS, op.statistics())
                        .scratch(ColumnSums.scratch(rows, width, 1));
        tasks.add(
                "rmsNormColumnSums",
                ColumnSums.geometry(rows, width),
                sums,
                List.of(rows, width, rowsOfPart),
                (graph, id, at) ->
                        graph.task(
                                id,
                                RmsNorm::rmsNormColumnSums,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(D_Y),
                                at.array(NORMED_X),
                                at.array(RRMS),
                                at.scratch(),
                                at.column(),
                                rows,
                                width,
                                rowsOfPart));
        ColumnSums.addParts(tasks, rows, op.dGamma());
        Arguments arguments =
                tasks.arguments()
                        .tensor(D_Y, op.dY())
                        .tensor(NORMED_X, op.x())
                        .tensor(RRMS, op.statistics())
                        .tensor(SCALES, op.gamma())
                        .tensor(D_X, op.dX());
        tasks.add(
                "rmsNormInputBackward",
                geometry(rows),
                arguments,
                List.of(rows, width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                RmsNorm::rmsNormInputBackward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(D_Y),
                                at.array(NORMED_X),
                                at.array(RRMS),
                                at.array(SCALES),
                                at.array(D_X),
                                at.column(),
                                rows,
                                width));
    }

    /**
     * Tensors: x [rows, width], gamma [width], y [rows, width], statistics [rows] (in the array
     * {@code y}).
     *
     * @param keep 1 to write the statistics, 0 to leave them alone
     */
    public static void rmsNormForward(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray x,
            FloatArray gamma,
            FloatArray y,
            int column,
            int rows,
            int width,
            int keep) {
        int entry = Entry.of(row, place, column);
        int item = context.localIdx;
        int lane = item % LANES;
        int r = context.groupIdx * ROWS + item / LANES;
        // items beyond the last row do it again, up to the writes: all must meet at the barriers
        int here = TornadoMath.min(r, rows - 1);
        int xAt = offsets.get(entry + X) + here * width;
        int gammaAt = offsets.get(entry + GAMMA);
        int yAt = offsets.get(entry + Y) + here * width;
        int statisticsAt = offsets.get(entry + STATISTICS) + here;

        float sum = 0f;
        for (int i = lane; i < width; i += LANES) {
            float value = x.get(xAt + i);
            sum += value * value;
        }
        float total = GroupSums.sum(context, sum, LANES);
        float rrms = 1f / TornadoMath.sqrt(total / width + NormOp.EPSILON);

        if (r < rows) {
            for (int i = lane; i < width; i += LANES) {
                y.set(yAt + i, x.get(xAt + i) * rrms * gamma.get(gammaAt + i));
            }
        }
        if (keep != 0) {
            if (r < rows && lane == 0) {
                y.set(statisticsAt, rrms);
            }
        }
    }

    /**
     * Sums of dY·n over a part of the rows, in double as in {@link ColumnSums}. Tensors: dY, x
     * [rows, width], statistics [rows]; scratch: partial [parts, 1, width, 2].
     *
     * @param rowsOfPart {@link ColumnSums#rowsOfPart}
     */
    public static void rmsNormColumnSums(
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
        int xAt = offsets.get(entry + NORMED_X);
        int statisticsAt = offsets.get(entry + RRMS);
        int i = context.globalIdx;
        int part = context.globalIdy;
        if (i < width) {
            double sum = 0;
            for (int k = 0; k < rowsOfPart; k++) {
                int r = part * rowsOfPart + k;
                if (r < rows) {
                    float normed = x.get(xAt + r * width + i) * statistics.get(statisticsAt + r);
                    sum += dY.get(dYAt + r * width + i) * normed;
                }
            }
            ColumnSums.setPart(partial, 2 * (part * width + i), sum);
        }
    }

    /**
     * {@code dX += rrms · (s − n · mean(s·n))} with {@code s = dY·gamma}. Tensors: dY, x [rows,
     * width], statistics [rows], gamma [width], dX [rows, width].
     */
    public static void rmsNormInputBackward(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray dY,
            FloatArray x,
            FloatArray statistics,
            FloatArray gamma,
            FloatArray dX,
            int column,
            int rows,
            int width) {
        int entry = Entry.of(row, place, column);
        int item = context.localIdx;
        int lane = item % LANES;
        int r = context.groupIdx * ROWS + item / LANES;
        int here = TornadoMath.min(r, rows - 1);
        int dYAt = offsets.get(entry + D_Y) + here * width;
        int xAt = offsets.get(entry + NORMED_X) + here * width;
        int gammaAt = offsets.get(entry + SCALES);
        int dXAt = offsets.get(entry + D_X) + here * width;
        float rrms = statistics.get(offsets.get(entry + RRMS) + here);

        float sum = 0f;
        for (int i = lane; i < width; i += LANES) {
            float slope = dY.get(dYAt + i) * gamma.get(gammaAt + i);
            sum += slope * (x.get(xAt + i) * rrms);
        }
        float total = GroupSums.sum(context, sum, LANES);
        float mean = total / width;

        if (r < rows) {
            for (int i = lane; i < width; i += LANES) {
                float normed = x.get(xAt + i) * rrms;
                float slope = dY.get(dYAt + i) * gamma.get(gammaAt + i);
                dX.set(dXAt + i, dX.get(dXAt + i) + rrms * (slope - normed * mean));
            }
        }
    }
}
