package dev.getj.kernels.tornado.attention;

import dev.getj.kernels.op.AttentionOp;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.Halves;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;

import java.util.List;

/**
 * Softmax attention of 16-bit queries, keys and values on tensor cores: each of four warps takes 16
 * queries of a head through the keys, 64 at a time, by the online softmax of {@link Attention}.
 * Scores and statistics are floats in registers, probabilities are rounded to 16 bits. CUDA only.
 * See {@code docs/kernels/attention.md}.
 */
public final class AttentionMixed {
    // The tensors of the kernel, as both sides number them.
    private static final int QKV = 0;
    private static final int LOG_SUM_EXP = 1;
    private static final int Y = 2;

    /** Queries of a work-group, keys of a step, and the deepest head. */
    private static final int TILE = AttentionOp.DEEPEST_HALVES;

    private static final int GROUP = 128;

    /** Bytes of a panel's row: 64 numbers, eight pieces. */
    private static final int ROW = 2 * TILE;

    /** Ints of a panel [64, 64], two numbers each. */
    private static final int PANEL = TILE * TILE / 2;

    // where panels begin, in ints: queries first
    private static final int KEYS = PANEL;
    private static final int VALUES = 2 * PANEL;
    private static final int PROBABILITIES = 3 * PANEL;

    /** Words of a panel that an item brings. */
    private static final int SHARE = TILE * TILE / 4 / GROUP;

    /** Rows of a panel that the work-group brings at once. */
    private static final int ROWS = GROUP * 4 / TILE;

    /** Matrices [16, 8] of sums that a warp keeps. */
    private static final int MATRICES = TILE / 8;

    /** More tokens than a tensor of 2³¹ elements has; a power of two. */
    private static final int MOST_TOKENS = 1 << 28;

    /** Below every score; not infinite, which fast mathematics need not respect. */
    private static final float LOWEST = -1e30f;

    private AttentionMixed() {}

    static void record(Tasks tasks, AttentionOp.Attention op) {
        int samples = op.qkv().dim(0);
        int tokens = op.qkv().dim(1);
        int heads = op.heads();
        int depth = op.y().dim(-1) / heads;
        int format = Halves.format(op.qkv().dtype());
        int keep = op.logSumExp().isPresent() ? 1 : 0;
        Arguments arguments =
                tasks.arguments()
                        .halves(QKV, op.qkv())
                        .tensor(LOG_SUM_EXP, op.logSumExp())
                        .halves(Y, op.y());
        tasks.add(
                "attentionMixed",
                geometry(samples, tokens, heads),
                arguments,
                List.of(tokens, heads, depth, format, keep),
                (graph, id, at) ->
                        graph.task(
                                id,
                                AttentionMixed::attentionMixed,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.words(QKV),
                                at.array(LOG_SUM_EXP),
                                at.words(Y),
                                at.column(),
                                tokens,
                                heads,
                                depth,
                                format,
                                keep));
    }

    /** A work-group for 64 queries of each head of each sample. */
    private static Geometry geometry(int samples, int tokens, int heads) {
        int x = Math.multiplyExact(Geometry.ceil(tokens, TILE), GROUP);
        return new Geometry(x, heads, samples, GROUP, 1, 1);
    }

    /**
     * Tensors: qkv [B, tokens, 3, heads, depth], logSumExp [B, heads, tokens], y [B, tokens, heads,
     * depth].
     *
     * @param depth of a head, a multiple of 4 and at most 64
     * @param format of qkv and y, as {@link Halves} has it
     * @param keep 1 to write logSumExp, 0 to leave it alone
     */
    public static void attentionMixed(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            LongArray qkv,
            FloatArray logSumExp,
            LongArray y,
            int column,
            int tokens,
            int heads,
            int depth,
            int format,
            int keep) {
        int entry = Entry.of(row, place, column);
        int words = depth / 4;
        int width = heads * words;
        int head = context.groupIdy;
        int sample = context.groupIdz;
        int queriesAt = offsets.get(entry + QKV) + sample * tokens * 3 * width + head * words;
        int keysAt = queriesAt + width;
        int valuesAt = keysAt + width;
        int yAt = offsets.get(entry + Y) + sample * tokens * width + head * words;
        int logSumExpAt = offsets.get(entry + LOG_SUM_EXP) + (sample * heads + head) * tokens;
        int firstQuery = context.groupIdx * TILE;
        float scale = 1f / TornadoMath.sqrt((float) depth);
        // a constant of the compiled kernel, as the shapes are
        boolean whole = tokens % TILE == 0;

        int[] panels = context.allocateIntLocalArray(4 * PANEL);
        float[] quads = context.allocateFloatLocalArray(4 * TILE);
        VectorFloat4 held = new VectorFloat4(4 * MATRICES);
        float[] scores = new float[4 * MATRICES];
        float[] sums = new float[4 * MATRICES];
        long[] next = new long[SHARE];

        int item = context.localIdx;
        int lane = item & 31;
        int warp = item >> 5;
        // Which row of which of four matrices a lane names for a load; what TornadoVM would take
        // for its place goes off. Rows have eight pieces of 16 bytes, which change places with the
        // row's number, so that eight rows meet in no bank.
        int inEight = lane & 7;
        int eight = lane >> 3;
        int odd = eight & 1;
        int usualA = (odd * 8 + inEight) * 32 + (eight >> 1) * 16;
        int usualB = inEight * 16 + odd * 128;
        int rowOfQueries = (warp * 16 + odd * 8 + inEight) * ROW - usualA;
        int rowOfKeys = 4 * KEYS + inEight * ROW - usualA;
        int rowOfValues = 4 * VALUES + (odd * 8 + inEight) * ROW - usualB;
        int rowOfProbabilities = 4 * PROBABILITIES + rowOfQueries;
        // of the words that an item brings: neighbours read neighbours
        int inRow = item & 15;
        int ofRow = item >> 4;
        int put = ofRow * (ROW / 4) + (inRow >> 1 ^ ofRow & 7) * 4 + (inRow & 1) * 2;
        // of a lane's sums, in two rows 8 apart
        int inQuad = lane & 3;
        int ofQuad = lane >> 2;
        int atQuad = 4 * (warp * 16 + ofQuad);
        int pair = PROBABILITIES + (warp * 16 + ofQuad) * (ROW / 4) + inQuad;

        for (int i = 0; i < SHARE; i++) {
            int query = firstQuery + ofRow + i * ROWS;
            next[i] = Halves.word(qkv, queriesAt, 3 * width, tokens, words, query, inRow, false);
        }
        for (int i = 0; i < SHARE; i++) {
            panels[put + i * ROWS * (ROW / 4)] = (int) next[i];
            panels[put + i * ROWS * (ROW / 4) + 1] = (int) (next[i] >> 32);
            next[i] =
                    Halves.word(
                            qkv, keysAt, 3 * width, tokens, words, ofRow + i * ROWS, inRow, false);
        }
        for (int i = 0; i < SHARE; i++) {
            panels[KEYS + put + i * ROWS * (ROW / 4)] = (int) next[i];
            panels[KEYS + put + i * ROWS * (ROW / 4) + 1] = (int) (next[i] >> 32);
        }
        for (int i = 0; i < 4 * MATRICES; i++) {
            sums[i] = 0f;
        }
        float upperLargest = LOWEST;
        float lowerLargest = LOWEST;
        float upperTotal = 0f;
        float lowerTotal = 0f;

        // Memory is asked for words in front of a barrier, behind which nothing can move the
        // loads; they are stored behind the products, which hide the wait. There are as many
        // tiles of keys as of queries, work-groups along x.
        int end = context.globalGroupSizeX / GROUP * TILE;
        for (int firstKey = 0; firstKey < end; firstKey += TILE) {
            // These are inEight and ofQuad, but compilers cannot know it: addresses that they see
            // not to change they would all keep in registers.
            int turn = inEight + firstKey / MOST_TOKENS;
            int turnOfRow = ofQuad + firstKey / MOST_TOKENS;
            for (int i = 0; i < SHARE; i++) {
                int key = firstKey + ofRow + i * ROWS;
                next[i] = Halves.word(qkv, valuesAt, 3 * width, tokens, words, key, inRow, false);
            }
            context.localBarrier();
            float[] s0 = context.mmaFragment(0f);
            float[] s1 = context.mmaFragment(0f);
            float[] s2 = context.mmaFragment(0f);
            float[] s3 = context.mmaFragment(0f);
            float[] s4 = context.mmaFragment(0f);
            float[] s5 = context.mmaFragment(0f);
            float[] s6 = context.mmaFragment(0f);
            float[] s7 = context.mmaFragment(0f);
            for (int step = 0; step < (depth + 15) / 16; step++) {
                int left = rowOfQueries + ((2 * step + (eight >> 1) ^ turn) << 4);
                int right = rowOfKeys + ((2 * step + odd ^ turn) << 4);
                HalfFloat[] a = context.mmaLoadA(panels, 16, left);
                HalfFloat[] b0 = context.mmaLoadA(panels, 16, right);
                s0 = Halves.multiply(context, a, b0, s0, format);
                HalfFloat[] b1 = context.mmaLoadA(panels, 16, right + 8 * ROW);
                s1 = Halves.multiply(context, a, b1, s1, format);
                HalfFloat[] b2 = context.mmaLoadA(panels, 16, right + 16 * ROW);
                s2 = Halves.multiply(context, a, b2, s2, format);
                HalfFloat[] b3 = context.mmaLoadA(panels, 16, right + 24 * ROW);
                s3 = Halves.multiply(context, a, b3, s3, format);
                HalfFloat[] b4 = context.mmaLoadA(panels, 16, right + 32 * ROW);
                s4 = Halves.multiply(context, a, b4, s4, format);
                HalfFloat[] b5 = context.mmaLoadA(panels, 16, right + 40 * ROW);
                s5 = Halves.multiply(context, a, b5, s5, format);
                HalfFloat[] b6 = context.mmaLoadA(panels, 16, right + 48 * ROW);
                s6 = Halves.multiply(context, a, b6, s6, format);
                HalfFloat[] b7 = context.mmaLoadA(panels, 16, right + 56 * ROW);
                s7 = Halves.multiply(context, a, b7, s7, format);
            }
            for (int i = 0; i < SHARE; i++) {
                panels[VALUES + put + i * ROWS * (ROW / 4)] = (int) next[i];
                panels[VALUES + put + i * ROWS * (ROW / 4) + 1] = (int) (next[i] >> 32);
            }
            // to an array of registers, as in MatMulMixed: a row of length 1, one vector further
            context.mmaStore(s0, held.getArray(), -ofQuad, 0 - 2 * inQuad, 1);
            context.mmaStore(s1, held.getArray(), -ofQuad, 16 - 2 * inQuad, 1);
            context.mmaStore(s2, held.getArray(), -ofQuad, 32 - 2 * inQuad, 1);
            context.mmaStore(s3, held.getArray(), -ofQuad, 48 - 2 * inQuad, 1);
            context.mmaStore(s4, held.getArray(), -ofQuad, 64 - 2 * inQuad, 1);
            context.mmaStore(s5, held.getArray(), -ofQuad, 80 - 2 * inQuad, 1);
            context.mmaStore(s6, held.getArray(), -ofQuad, 96 - 2 * inQuad, 1);
            context.mmaStore(s7, held.getArray(), -ofQuad, 112 - 2 * inQuad, 1);
            float upper = upperLargest;
            float lower = lowerLargest;
            for (int j = 0; j < MATRICES; j++) {
                int key = firstKey + 8 * j + 2 * inQuad;
                boolean first = whole || key < tokens;
                boolean second = whole || key + 1 < tokens;
                scores[4 * j] = first ? held.get(4 * j + 1).getX() * scale : LOWEST;
                scores[4 * j + 1] = second ? held.get(4 * j + 1).getY() * scale : LOWEST;
                scores[4 * j + 2] = first ? held.get(4 * j + 3).getX() * scale : LOWEST;
                scores[4 * j + 3] = second ? held.get(4 * j + 3).getY() * scale : LOWEST;
                upper = TornadoMath.max(upper, TornadoMath.max(scores[4 * j], scores[4 * j + 1]));
                lower =
                        TornadoMath.max(
                                lower, TornadoMath.max(scores[4 * j + 2], scores[4 * j + 3]));
            }
            quads[atQuad + inQuad] = upper;
            quads[atQuad + 32 + inQuad] = lower;
            for (int i = 0; i < SHARE; i++) {
                int key = firstKey + TILE + ofRow + i * ROWS;
                next[i] = Halves.word(qkv, keysAt, 3 * width, tokens, words, key, inRow, false);
            }
            context.localBarrier();
            upper =
                    TornadoMath.max(
                            TornadoMath.max(quads[atQuad], quads[atQuad + 1]),
                            TornadoMath.max(quads[atQuad + 2], quads[atQuad + 3]));
            lower =
                    TornadoMath.max(
                            TornadoMath.max(quads[atQuad + 32], quads[atQuad + 33]),
                            TornadoMath.max(quads[atQuad + 34], quads[atQuad + 35]));
            // what has been summed so far was relative to the largest score so far
            float upperFactor = TornadoMath.exp(upperLargest - upper);
            float lowerFactor = TornadoMath.exp(lowerLargest - lower);
            upperLargest = upper;
            lowerLargest = lower;
            upperTotal *= upperFactor;
            lowerTotal *= lowerFactor;
            for (int j = 0; j < MATRICES; j++) {
                float upper0 = TornadoMath.exp(scores[4 * j] - upper);
                float upper1 = TornadoMath.exp(scores[4 * j + 1] - upper);
                float lower0 = TornadoMath.exp(scores[4 * j + 2] - lower);
                float lower1 = TornadoMath.exp(scores[4 * j + 3] - lower);
                upperTotal += upper0 + upper1;
                lowerTotal += lower0 + lower1;
                int piece = (j ^ turnOfRow) * 4;
                panels[pair + piece] = Halves.pair(upper0, upper1, format);
                panels[pair + 8 * (ROW / 4) + piece] = Halves.pair(lower0, lower1, format);
            }
            context.localBarrier();
            float[] y0 = context.mmaFragment(0f);
            float[] y1 = context.mmaFragment(0f);
            float[] y2 = context.mmaFragment(0f);
            float[] y3 = context.mmaFragment(0f);
            float[] y4 = context.mmaFragment(0f);
            float[] y5 = context.mmaFragment(0f);
            float[] y6 = context.mmaFragment(0f);
            float[] y7 = context.mmaFragment(0f);
            for (int step = 0; step < TILE / 16; step++) {
                int left = rowOfProbabilities + ((2 * step + (eight >> 1) ^ turn) << 4);
                int right = rowOfValues + step * 16 * ROW;
                HalfFloat[] a = context.mmaLoadA(panels, 16, left);
                HalfFloat[] b0 = context.mmaLoadB(panels, 16, right + ((0 ^ turn) << 4));
                y0 = Halves.multiply(context, a, b0, y0, format);
                HalfFloat[] b1 = context.mmaLoadB(panels, 16, right + ((1 ^ turn) << 4));
                y1 = Halves.multiply(context, a, b1, y1, format);
                HalfFloat[] b2 = context.mmaLoadB(panels, 16, right + ((2 ^ turn) << 4));
                y2 = Halves.multiply(context, a, b2, y2, format);
                HalfFloat[] b3 = context.mmaLoadB(panels, 16, right + ((3 ^ turn) << 4));
                y3 = Halves.multiply(context, a, b3, y3, format);
                HalfFloat[] b4 = context.mmaLoadB(panels, 16, right + ((4 ^ turn) << 4));
                y4 = Halves.multiply(context, a, b4, y4, format);
                HalfFloat[] b5 = context.mmaLoadB(panels, 16, right + ((5 ^ turn) << 4));
                y5 = Halves.multiply(context, a, b5, y5, format);
                HalfFloat[] b6 = context.mmaLoadB(panels, 16, right + ((6 ^ turn) << 4));
                y6 = Halves.multiply(context, a, b6, y6, format);
                HalfFloat[] b7 = context.mmaLoadB(panels, 16, right + ((7 ^ turn) << 4));
                y7 = Halves.multiply(context, a, b7, y7, format);
            }
            context.mmaStore(y0, held.getArray(), -ofQuad, 0 - 2 * inQuad, 1);
            context.mmaStore(y1, held.getArray(), -ofQuad, 16 - 2 * inQuad, 1);
            context.mmaStore(y2, held.getArray(), -ofQuad, 32 - 2 * inQuad, 1);
            context.mmaStore(y3, held.getArray(), -ofQuad, 48 - 2 * inQuad, 1);
            context.mmaStore(y4, held.getArray(), -ofQuad, 64 - 2 * inQuad, 1);
            context.mmaStore(y5, held.getArray(), -ofQuad, 80 - 2 * inQuad, 1);
            context.mmaStore(y6, held.getArray(), -ofQuad, 96 - 2 * inQuad, 1);
            context.mmaStore(y7, held.getArray(), -ofQuad, 112 - 2 * inQuad, 1);
            for (int j = 0; j < MATRICES; j++) {
                sums[4 * j] = sums[4 * j] * upperFactor + held.get(4 * j + 1).getX();
                sums[4 * j + 1] = sums[4 * j + 1] * upperFactor + held.get(4 * j + 1).getY();
                sums[4 * j + 2] = sums[4 * j + 2] * lowerFactor + held.get(4 * j + 3).getX();
                sums[4 * j + 3] = sums[4 * j + 3] * lowerFactor + held.get(4 * j + 3).getY();
            }
            for (int i = 0; i < SHARE; i++) {
                panels[KEYS + put + i * ROWS * (ROW / 4)] = (int) next[i];
                panels[KEYS + put + i * ROWS * (ROW / 4) + 1] = (int) (next[i] >> 32);
            }
        }

        // four lanes have parts of a row's total; results leave where probabilities were
        quads[atQuad + inQuad] = upperTotal;
        quads[atQuad + 32 + inQuad] = lowerTotal;
        context.localBarrier();
        upperTotal = quads[atQuad] + quads[atQuad + 1] + (quads[atQuad + 2] + quads[atQuad + 3]);
        lowerTotal =
                quads[atQuad + 32] + quads[atQuad + 33] + (quads[atQuad + 34] + quads[atQuad + 35]);
        if (keep != 0) {
            int query = firstQuery + warp * 16 + ofQuad;
            if (inQuad == 0 && query < tokens) {
                logSumExp.set(logSumExpAt + query, upperLargest + TornadoMath.log(upperTotal));
            }
            if (inQuad == 0 && query + 8 < tokens) {
                logSumExp.set(logSumExpAt + query + 8, lowerLargest + TornadoMath.log(lowerTotal));
            }
        }
        float upperShare = 1f / upperTotal;
        float lowerShare = 1f / lowerTotal;
        for (int j = 0; j < MATRICES; j++) {
            int piece = (j ^ ofQuad) * 4;
            panels[pair + piece] =
                    Halves.pair(sums[4 * j] * upperShare, sums[4 * j + 1] * upperShare, format);
            panels[pair + 8 * (ROW / 4) + piece] =
                    Halves.pair(sums[4 * j + 2] * lowerShare, sums[4 * j + 3] * lowerShare, format);
        }
        context.localBarrier();
        for (int i = 0; i < SHARE; i++) {
            int query = firstQuery + ofRow + i * ROWS;
            int at = PROBABILITIES + put + i * ROWS * (ROW / 4);
            if (query < tokens && inRow < words) {
                y.set(
                        yAt + query * width + inRow,
                        panels[at] & 0xFFFFFFFFL | (long) panels[at + 1] << 32);
            }
        }
    }
}
