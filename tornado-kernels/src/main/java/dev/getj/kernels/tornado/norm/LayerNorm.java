package dev.getj.kernels.tornado.norm;

import dev.getj.kernels.op.NormOp;
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
 * Layer normalisation. A row has as many work items as it takes for a few rows to keep a device
 * busy: an item holds every so-manieth element of its row in registers and adds them up, then a
 * tree over the items. Mean first, then squared deviations: no cancellation.
 */
public final class LayerNorm {
    // The tensors of each kernel, as both sides number them.
    private static final int X = 0;
    private static final int GAMMA = 1;
    private static final int BETA = 2;
    private static final int Y = 3;
    private static final int STATISTICS = 4;

    /** Elements of a row that an item can hold. */
    static final int HELD = 32;

    /** The longest rows. */
    static final int WIDEST = HELD * Geometry.GROUP;

    private static final int FEWEST_LANES = 32;

    private static final int MOST_TURNS = 4;

    private LayerNorm() {}

    static void record(Tasks tasks, NormOp.LayerNorm op) {
        int rows = op.x().rows();
        int width = op.x().dim(-1);
        int lanes = lanes(rows, width, HELD, tasks.profile().processors());
        int keep = op.statistics().isPresent() ? 1 : 0;
        Arguments arguments =
                tasks.arguments()
                        .tensor(X, op.x())
                        .tensor(GAMMA, op.gamma())
                        .alongside(BETA, op.beta(), GAMMA)
                        .result(Y, op.y())
                        .alongside(STATISTICS, op.statistics(), Y);
        tasks.add(
                "layerNorm",
                geometry(rows, lanes),
                arguments,
                List.of(rows, width, lanes, keep),
                (graph, id, at) ->
                        graph.task(
                                id,
                                LayerNorm::layerNormForward,
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
                                lanes,
                                keep));
    }

    /**
     * Work items of a row: a power of two, of which a work-group for each processor is enough.
     *
     * @param width elements of a row, or words
     * @param held of them that an item can hold
     * @throws IllegalArgumentException if rows are longer than a work-group can hold
     */
    static int lanes(int rows, int width, int held, int processors) {
        if (width > held * Geometry.GROUP) {
            throw new IllegalArgumentException(
                    "rows of at most " + WIDEST + " elements are normalised, not " + width);
        }
        int lanes = FEWEST_LANES;
        while (lanes < Geometry.GROUP
                && (lanes * held < width
                        || rows * 2L * lanes <= (long) processors * Geometry.GROUP
                                && lanes < width)) {
            lanes *= 2;
        }
        return lanes;
    }

    /**
     * Rows that an item takes one after the other where there are so many that every processor has
     * two work-groups nevertheless: a group waits for its offsets and parameters before anything.
     *
     * @param lanes as {@link #lanes} says
     */
    static int turns(int rows, int lanes, int processors) {
        int together = MOST_TURNS * (Geometry.GROUP / lanes);
        return lanes == FEWEST_LANES && rows >= 2L * processors * together ? MOST_TURNS : 1;
    }

    /** A work-group for as many rows as {@code lanes} leave room for. */
    static Geometry geometry(int rows, int lanes) {
        return geometry(rows, lanes, 1);
    }

    /** The same for items that take rows one after the other, {@code turns} of them. */
    static Geometry geometry(int rows, int lanes, int turns) {
        return Geometry.groups(Geometry.ceil(rows, turns * (Geometry.GROUP / lanes)), 1, 1);
    }

    /**
     * Tensors: x [rows, width], gamma, beta [width] (both in {@code parameters}), y [rows, width],
     * statistics [rows, 2] (both in the array {@code y}).
     *
     * @param lanes work items of a row, as {@link #lanes} says
     * @param keep 1 to write the statistics, 0 to leave them alone
     */
    public static void layerNormForward(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray x,
            FloatArray parameters,
            FloatArray y,
            int column,
            int rows,
            int width,
            int lanes,
            int keep) {
        int entry = Entry.of(row, place, column);
        int item = context.localIdx;
        int lane = item % lanes;
        int r = context.groupIdx * (Geometry.GROUP / lanes) + item / lanes;
        // items beyond the last row do it again, up to the writes: all must meet at the barriers
        int here = TornadoMath.min(r, rows - 1);
        int xAt = offsets.get(entry + X) + here * width;
        int gammaAt = offsets.get(entry + GAMMA);
        int betaAt = offsets.get(entry + BETA);
        int yAt = offsets.get(entry + Y) + here * width;
        int statisticsAt = offsets.get(entry + STATISTICS) + 2 * here;
        boolean whole = width % lanes == 0;
        int share = (width + lanes - 1) / lanes;
        float[] held = new float[HELD];

        float sum = 0f;
        for (int i = 0; i < share; i++) {
            int at = lane + i * lanes;
            float value = x.get(xAt + (whole ? at : TornadoMath.min(at, width - 1)));
            held[i] = value;
            sum += whole || at < width ? value : 0f;
        }
        float mean = GroupSums.sum(context, sum, lanes) / width;

        float squares = 0f;
        for (int i = 0; i < share; i++) {
            float centred = held[i] - mean;
            held[i] = centred;
            squares += whole || lane + i * lanes < width ? centred * centred : 0f;
        }
        float variance = GroupSums.sum(context, squares, lanes) / width;
        float rstd = 1f / TornadoMath.sqrt(variance + NormOp.EPSILON);

        // all is read before any is written: a device may not read ahead of a write
        for (int i = 0; i < share; i++) {
            int at = lane + i * lanes;
            int there = whole ? at : TornadoMath.min(at, width - 1);
            held[i] =
                    held[i] * rstd * parameters.get(gammaAt + there)
                            + parameters.get(betaAt + there);
        }
        for (int i = 0; i < share; i++) {
            int at = lane + i * lanes;
            if (r < rows && (whole || at < width)) {
                y.set(yAt + at, held[i]);
            }
        }
        if (keep != 0) {
            if (r < rows && lane == 0) {
                y.set(statisticsAt, mean);
                y.set(statisticsAt + 1, rstd);
            }
        }
    }
}
