package dev.getj.kernels.tornado.norm;

import dev.getj.kernels.op.NormOp;
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

/**
 * {@link LayerNorm} that rounds its rows to 16 bits: an item holds every so-manieth word of four
 * neighbours. CUDA only.
 */
public final class LayerNormMixed {
    // The tensors of the kernel, as both sides number them.
    private static final int X = 0;
    private static final int GAMMA = 1;
    private static final int BETA = 2;
    private static final int STATISTICS = 3;
    private static final int Y = 4;

    private static final int HELD = LayerNorm.HELD;

    /** Elements of all rows of a work-group, at most. */
    private static final int ROWS_HELD = HELD * Geometry.GROUP;

    private LayerNormMixed() {}

    /** True if rows consist of words, and are not too long. */
    static boolean takes(NormOp.LayerNorm op) {
        int width = op.x().dim(-1);
        return op.y().dtype().isHalf() && width % 4 == 0 && width <= LayerNorm.WIDEST;
    }

    static void record(Tasks tasks, NormOp.LayerNorm op) {
        int rows = op.x().rows();
        int width = op.x().dim(-1);
        int lanes = LayerNorm.lanes(rows, width, HELD, tasks.profile().processors());
        int keep = op.statistics().isPresent() ? 1 : 0;
        int format = Halves.format(op.y().dtype());
        Arguments arguments =
                tasks.arguments()
                        .tensor(X, op.x())
                        .tensor(GAMMA, op.gamma())
                        .alongside(BETA, op.beta(), GAMMA)
                        .tensor(STATISTICS, op.statistics())
                        .halves(Y, op.y());
        tasks.add(
                "layerNormMixed",
                LayerNorm.geometry(rows, lanes),
                arguments,
                List.of(rows, width, lanes, format, keep),
                (graph, id, at) ->
                        graph.task(
                                id,
                                LayerNormMixed::layerNormMixed,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(X),
                                at.array(GAMMA),
                                at.array(STATISTICS),
                                at.words(Y),
                                at.column(),
                                rows,
                                width,
                                lanes,
                                format,
                                keep));
    }

    /**
     * Tensors: x [rows, width], gamma, beta [width] (both in {@code parameters}), statistics [rows,
     * 2], y [rows, width].
     *
     * @param width a multiple of 4
     * @param lanes work items of a row, as {@link LayerNorm#lanes} says
     * @param format of y, as {@link Halves} has it
     * @param keep 1 to write the statistics, 0 to leave them alone
     */
    public static void layerNormMixed(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray x,
            FloatArray parameters,
            FloatArray statistics,
            LongArray y,
            int column,
            int rows,
            int width,
            int lanes,
            int format,
            int keep) {
        int entry = Entry.of(row, place, column);
        int item = context.localIdx;
        int lane = item % lanes;
        int r = context.groupIdx * (Geometry.GROUP / lanes) + item / lanes;
        // items beyond the last row do it again, up to the writes: all must meet at the barriers
        int here = TornadoMath.min(r, rows - 1);
        int words = width / 4;
        int xAt = offsets.get(entry + X) + here * width;
        int gammaAt = offsets.get(entry + GAMMA);
        int betaAt = offsets.get(entry + BETA);
        int yAt = offsets.get(entry + Y) + here * words;
        int statisticsAt = offsets.get(entry + STATISTICS) + 2 * here;
        boolean whole = width % lanes == 0;
        int share = (width + lanes - 1) / lanes;
        float[] held = new float[HELD];
        float[] normed = context.allocateFloatLocalArray(ROWS_HELD);
        int normedAt = item / lanes * width;

        float sum = 0f;
        for (int i = 0; i < share; i++) {
            int at = lane + i * lanes;
            float value = x.get(xAt + (whole ? at : TornadoMath.min(at, width - 1)));
            held[i] = value;
            sum += whole || at < width ? value : 0f;
        }
        float mean = WarpSums.sum(context, sum, lanes) / width;

        float squares = 0f;
        for (int i = 0; i < share; i++) {
            float centred = held[i] - mean;
            held[i] = centred;
            squares += whole || lane + i * lanes < width ? centred * centred : 0f;
        }
        float variance = WarpSums.sum(context, squares, lanes) / width;
        float rstd = 1f / TornadoMath.sqrt(variance + NormOp.EPSILON);

        // neighbours read neighbours, and a word has four of them: so they change hands
        for (int i = 0; i < share; i++) {
            int at = lane + i * lanes;
            if (whole || at < width) {
                normed[normedAt + at] =
                        held[i] * rstd * parameters.get(gammaAt + at) + parameters.get(betaAt + at);
            }
        }
        context.localBarrier();
        int wordShare = (words + lanes - 1) / lanes;
        for (int i = 0; i < wordShare; i++) {
            int at = lane + i * lanes;
            if (r < rows && at < words) {
                int from = normedAt + 4 * at;
                long word =
                        Halves.word(
                                normed[from],
                                normed[from + 1],
                                normed[from + 2],
                                normed[from + 3],
                                format);
                y.set(yAt + at, word);
            }
        }
        if (keep != 0) {
            if (r < rows && lane == 0) {
                statistics.set(statisticsAt, mean);
                statistics.set(statisticsAt + 1, rstd);
            }
        }
    }
}
