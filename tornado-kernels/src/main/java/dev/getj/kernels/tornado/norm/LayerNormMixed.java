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

    /** Words of a row that an item can hold. */
    private static final int HELD = 8;

    /** More rows of 4 elements or longer than a tensor can have; a power of two. */
    private static final int MOST_ROWS = 1 << 29;

    private LayerNormMixed() {}

    /** True if rows consist of words, and are not too long. */
    static boolean takes(NormOp.LayerNorm op) {
        int width = op.x().dim(-1);
        return op.y().dtype().isHalf() && width % 4 == 0 && width <= LayerNorm.WIDEST;
    }

    static void record(Tasks tasks, NormOp.LayerNorm op) {
        int rows = op.x().rows();
        int width = op.x().dim(-1);
        int lanes = LayerNorm.lanes(rows, width / 4, HELD, tasks.profile().processors());
        int turns = LayerNorm.turns(rows, lanes, tasks.profile().processors());
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
                LayerNorm.geometry(rows, lanes, turns),
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
        int rowsAtOnce = Geometry.GROUP / lanes;
        int words = width / 4;
        int gammaAt = offsets.get(entry + GAMMA);
        int betaAt = offsets.get(entry + BETA);
        boolean whole = words % lanes == 0;
        int share = (words + lanes - 1) / lanes;
        float[] gammas = new float[4 * HELD];
        float[] betas = new float[4 * HELD];
        float[] held = new float[4 * HELD];
        for (int i = 0; i < share; i++) {
            int at = lane + i * lanes;
            int there = whole ? at : TornadoMath.min(at, words - 1);
            for (int j = 0; j < 4; j++) {
                gammas[4 * i + j] = parameters.get(gammaAt + 4 * there + j);
                betas[4 * i + j] = parameters.get(betaAt + 4 * there + j);
            }
        }

        // where the grid has fewer work-groups than the rows would fill, each takes several turns
        int stride = context.globalGroupSizeX / lanes;
        for (int first = context.groupIdx * rowsAtOnce; first < rows; first += stride) {
            int r = first + item / lanes;
            // This is lane, but compilers cannot know it: addresses that they see not to change
            // they would all keep in registers.
            int turnOfLane = lane + first / MOST_ROWS;
            // items beyond the last row do it again, up to the writes: all must meet at the sums
            int here = TornadoMath.min(r, rows - 1);
            int xAt = offsets.get(entry + X) + here * width;
            int yAt = offsets.get(entry + Y) + here * words;
            int statisticsAt = offsets.get(entry + STATISTICS) + 2 * here;

            float sum = 0f;
            for (int i = 0; i < share; i++) {
                int at = turnOfLane + i * lanes;
                int there = whole ? at : TornadoMath.min(at, words - 1);
                for (int j = 0; j < 4; j++) {
                    float value = x.get(xAt + 4 * there + j);
                    held[4 * i + j] = value;
                    sum += whole || at < words ? value : 0f;
                }
            }
            float mean = WarpSums.sum(context, sum, lanes) / width;

            float squares = 0f;
            for (int i = 0; i < share; i++) {
                for (int j = 0; j < 4; j++) {
                    float centred = held[4 * i + j] - mean;
                    held[4 * i + j] = centred;
                    squares += whole || turnOfLane + i * lanes < words ? centred * centred : 0f;
                }
            }
            float variance = WarpSums.sum(context, squares, lanes) / width;
            float rstd = 1f / TornadoMath.sqrt(variance + NormOp.EPSILON);

            for (int i = 0; i < share; i++) {
                int at = turnOfLane + i * lanes;
                if (r < rows && (whole || at < words)) {
                    long word = 0L;
                    for (int j = 0; j < 4; j++) {
                        float normed = held[4 * i + j] * rstd * gammas[4 * i + j];
                        word = Halves.with(word, j, normed + betas[4 * i + j], format);
                    }
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
}
