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
 * {@link AttentionMixed} where it would leave most processors idle, for up to 256 tokens: a
 * work-group takes 16 queries of a head, each of its four warps 64 of the keys, and then a quarter
 * of the columns of all values. So memory is waited for twice. CUDA only. See {@code
 * docs/kernels/attention.md}.
 */
public final class AttentionMixedFew {
    // The tensors of the kernel, as both sides number them.
    private static final int QKV = 0;
    private static final int LOG_SUM_EXP = 1;
    private static final int Y = 2;

    /** Queries of a work-group. */
    private static final int QUERIES = 16;

    /** The deepest head, and keys of a warp. */
    private static final int DEPTH = AttentionOp.DEEPEST_HALVES;

    private static final int WARPS = 4;

    private static final int GROUP = 32 * WARPS;

    /** Keys of a work-group: all that there may be. */
    private static final int KEYS = DEPTH * WARPS;

    /** Bytes of a row of queries, keys or values: eight pieces of 16. */
    private static final int ROW = 2 * DEPTH;

    /** Bytes of a row of probabilities: 32 pieces. */
    private static final int WIDE_ROW = 2 * KEYS;

    // Where panels begin, in ints: queries first, and what is written at last. Values take the
    // place of keys.
    private static final int KEYS_AT = QUERIES * ROW / 4;
    private static final int PROBABILITIES_AT = KEYS_AT + KEYS * ROW / 4;
    private static final int INTS = PROBABILITIES_AT + QUERIES * WIDE_ROW / 4;

    /** Rows of a panel that the work-group brings at once. */
    private static final int ROWS = GROUP * 4 / DEPTH;

    /** Words that an item brings of queries, and of keys or values. */
    private static final int FEW = QUERIES / ROWS;

    private static final int SHARE = KEYS / ROWS;

    /** Matrices [16, 8] of scores that a warp has. */
    private static final int MATRICES = DEPTH / 8;

    /** Lanes that have a part of the same row of scores. */
    private static final int PARTS = 4 * WARPS;

    /** Below every score; not infinite, which fast mathematics need not respect. */
    private static final float LOWEST = -1e30f;

    private AttentionMixedFew() {}

    /** True if keys are not too many. */
    static boolean takes(AttentionOp.Attention op) {
        return op.qkv().dim(1) <= KEYS;
    }

    static void record(Tasks tasks, AttentionOp.Attention op) {
        int samples = op.qkv().dim(0);
        int tokens = op.qkv().dim(1);
        int heads = op.heads();
        int depth = op.y().dim(-1) / heads;
        int format = Halves.format(op.qkv().dtype());
        int keep = op.logSumExp().isPresent() ? 1 : 0;
        int x = Math.multiplyExact(Geometry.ceil(tokens, QUERIES), GROUP);
        Arguments arguments =
                tasks.arguments()
                        .halves(QKV, op.qkv())
                        .tensor(LOG_SUM_EXP, op.logSumExp())
                        .halves(Y, op.y());
        tasks.add(
                "attentionMixedFew",
                new Geometry(x, heads, samples, GROUP, 1, 1),
                arguments,
                List.of(tokens, heads, depth, format, keep),
                (graph, id, at) ->
                        graph.task(
                                id,
                                AttentionMixedFew::attentionMixedFew,
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

    /**
     * Tensors: qkv [B, tokens, 3, heads, depth], logSumExp [B, heads, tokens], y [B, tokens, heads,
     * depth].
     *
     * @param tokens at most 256
     * @param depth of a head, a multiple of 4 and at most 64
     * @param format of qkv and y, as {@link Halves} has it
     * @param keep 1 to write logSumExp, 0 to leave it alone
     */
    public static void attentionMixedFew(
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
        int firstQuery = context.groupIdx * QUERIES;
        float scale = 1f / TornadoMath.sqrt((float) depth);
        // constants of the compiled kernel, as the shapes are
        boolean wholeQueries = tokens % QUERIES == 0 && depth == DEPTH;
        boolean wholeKeys = tokens == KEYS && depth == DEPTH;

        int[] panels = context.allocateIntLocalArray(INTS);
        float[] largest = context.allocateFloatLocalArray(QUERIES * PARTS);
        float[] totals = context.allocateFloatLocalArray(QUERIES * PARTS);
        VectorFloat4 held = new VectorFloat4(4 * MATRICES);
        float[] scores = new float[4 * MATRICES];
        long[] few = new long[FEW];
        long[] next = new long[SHARE];

        // as in AttentionMixed
        int item = context.localIdx;
        int lane = item & 31;
        int warp = item >> 5;
        int inEight = lane & 7;
        int eight = lane >> 3;
        int odd = eight & 1;
        int usualA = (odd * 8 + inEight) * 32 + (eight >> 1) * 16;
        int usualB = inEight * 16 + odd * 128;
        int rowOfQueries = (odd * 8 + inEight) * ROW - usualA;
        int rowOfKeys = 4 * KEYS_AT + (warp * DEPTH + inEight) * ROW - usualA;
        int rowOfValues = 4 * KEYS_AT + (odd * 8 + inEight) * ROW - usualB;
        int rowOfProbabilities = 4 * PROBABILITIES_AT + (odd * 8 + inEight) * WIDE_ROW - usualA;
        int inRow = item & 15;
        int ofRow = item >> 4;
        int put = ofRow * (ROW / 4) + (inRow >> 1 ^ ofRow & 7) * 4 + (inRow & 1) * 2;
        int inQuad = lane & 3;
        int ofQuad = lane >> 2;
        int upperParts = ofQuad * PARTS;
        int lowerParts = upperParts + 8 * PARTS;

        for (int i = 0; i < FEW; i++) {
            int query = firstQuery + ofRow + i * ROWS;
            few[i] =
                    Halves.word(
                            qkv, queriesAt, 3 * width, tokens, words, query, inRow, wholeQueries);
        }
        for (int i = 0; i < SHARE; i++) {
            int key = ofRow + i * ROWS;
            next[i] = Halves.word(qkv, keysAt, 3 * width, tokens, words, key, inRow, wholeKeys);
        }
        for (int i = 0; i < FEW; i++) {
            panels[put + i * ROWS * (ROW / 4)] = (int) few[i];
            panels[put + i * ROWS * (ROW / 4) + 1] = (int) (few[i] >> 32);
        }
        for (int i = 0; i < SHARE; i++) {
            panels[KEYS_AT + put + i * ROWS * (ROW / 4)] = (int) next[i];
            panels[KEYS_AT + put + i * ROWS * (ROW / 4) + 1] = (int) (next[i] >> 32);
        }
        // in front of a barrier, behind which nothing can move the loads
        for (int i = 0; i < SHARE; i++) {
            int key = ofRow + i * ROWS;
            next[i] = Halves.word(qkv, valuesAt, 3 * width, tokens, words, key, inRow, wholeKeys);
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
            int left = rowOfQueries + ((2 * step + (eight >> 1) ^ inEight) << 4);
            int right = rowOfKeys + ((2 * step + odd ^ inEight) << 4);
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
        // to an array of registers, as in MatMulMixed
        context.mmaStore(s0, held.getArray(), -ofQuad, 0 - 2 * inQuad, 1);
        context.mmaStore(s1, held.getArray(), -ofQuad, 16 - 2 * inQuad, 1);
        context.mmaStore(s2, held.getArray(), -ofQuad, 32 - 2 * inQuad, 1);
        context.mmaStore(s3, held.getArray(), -ofQuad, 48 - 2 * inQuad, 1);
        context.mmaStore(s4, held.getArray(), -ofQuad, 64 - 2 * inQuad, 1);
        context.mmaStore(s5, held.getArray(), -ofQuad, 80 - 2 * inQuad, 1);
        context.mmaStore(s6, held.getArray(), -ofQuad, 96 - 2 * inQuad, 1);
        context.mmaStore(s7, held.getArray(), -ofQuad, 112 - 2 * inQuad, 1);
        float upper = LOWEST;
        float lower = LOWEST;
        for (int j = 0; j < MATRICES; j++) {
            int key = warp * DEPTH + 8 * j + 2 * inQuad;
            boolean first = wholeKeys || key < tokens;
            boolean second = wholeKeys || key + 1 < tokens;
            scores[4 * j] = first ? held.get(4 * j + 1).getX() * scale : LOWEST;
            scores[4 * j + 1] = second ? held.get(4 * j + 1).getY() * scale : LOWEST;
            scores[4 * j + 2] = first ? held.get(4 * j + 3).getX() * scale : LOWEST;
            scores[4 * j + 3] = second ? held.get(4 * j + 3).getY() * scale : LOWEST;
            upper = TornadoMath.max(upper, TornadoMath.max(scores[4 * j], scores[4 * j + 1]));
            lower = TornadoMath.max(lower, TornadoMath.max(scores[4 * j + 2], scores[4 * j + 3]));
        }
        largest[upperParts + 4 * warp + inQuad] = upper;
        largest[lowerParts + 4 * warp + inQuad] = lower;
        context.localBarrier();

        for (int i = 0; i < SHARE; i++) {
            panels[KEYS_AT + put + i * ROWS * (ROW / 4)] = (int) next[i];
            panels[KEYS_AT + put + i * ROWS * (ROW / 4) + 1] = (int) (next[i] >> 32);
        }
        for (int i = 0; i < PARTS; i++) {
            upper = TornadoMath.max(upper, largest[upperParts + i]);
            lower = TornadoMath.max(lower, largest[lowerParts + i]);
        }
        float upperTotal = 0f;
        float lowerTotal = 0f;
        int pair = PROBABILITIES_AT + ofQuad * (WIDE_ROW / 4) + warp * (ROW / 4) + inQuad;
        for (int j = 0; j < MATRICES; j++) {
            float upper0 = TornadoMath.exp(scores[4 * j] - upper);
            float upper1 = TornadoMath.exp(scores[4 * j + 1] - upper);
            float lower0 = TornadoMath.exp(scores[4 * j + 2] - lower);
            float lower1 = TornadoMath.exp(scores[4 * j + 3] - lower);
            upperTotal += upper0 + upper1;
            lowerTotal += lower0 + lower1;
            int piece = (j ^ ofQuad) * 4;
            panels[pair + piece] = Halves.pair(upper0, upper1, format);
            panels[pair + 8 * (WIDE_ROW / 4) + piece] = Halves.pair(lower0, lower1, format);
        }
        totals[upperParts + 4 * warp + inQuad] = upperTotal;
        totals[lowerParts + 4 * warp + inQuad] = lowerTotal;
        context.localBarrier();

        // 16 columns a warp; every other 16 keys add to other sums, for which none waits
        float[] y0 = context.mmaFragment(0f);
        float[] y1 = context.mmaFragment(0f);
        float[] y2 = context.mmaFragment(0f);
        float[] y3 = context.mmaFragment(0f);
        int atColumns = rowOfValues + ((2 * warp ^ inEight) << 4);
        int nextColumns = rowOfValues + ((2 * warp + 1 ^ inEight) << 4);
        for (int step = 0; step < (tokens + 31) / 32; step++) {
            int left = rowOfProbabilities + ((4 * step + (eight >> 1) ^ inEight) << 4);
            int right = rowOfProbabilities + ((4 * step + 2 + (eight >> 1) ^ inEight) << 4);
            HalfFloat[] a0 = context.mmaLoadA(panels, 16, left);
            HalfFloat[] b0 = context.mmaLoadB(panels, 16, atColumns + step * 32 * ROW);
            y0 = Halves.multiply(context, a0, b0, y0, format);
            HalfFloat[] b1 = context.mmaLoadB(panels, 16, nextColumns + step * 32 * ROW);
            y1 = Halves.multiply(context, a0, b1, y1, format);
            HalfFloat[] a1 = context.mmaLoadA(panels, 16, right);
            HalfFloat[] b2 = context.mmaLoadB(panels, 16, atColumns + (step * 32 + 16) * ROW);
            y2 = Halves.multiply(context, a1, b2, y2, format);
            HalfFloat[] b3 = context.mmaLoadB(panels, 16, nextColumns + (step * 32 + 16) * ROW);
            y3 = Halves.multiply(context, a1, b3, y3, format);
        }
        context.mmaStore(y0, held.getArray(), -ofQuad, 0 - 2 * inQuad, 1);
        context.mmaStore(y1, held.getArray(), -ofQuad, 16 - 2 * inQuad, 1);
        context.mmaStore(y2, held.getArray(), -ofQuad, 32 - 2 * inQuad, 1);
        context.mmaStore(y3, held.getArray(), -ofQuad, 48 - 2 * inQuad, 1);

        upperTotal = 0f;
        lowerTotal = 0f;
        for (int i = 0; i < PARTS; i++) {
            upperTotal += totals[upperParts + i];
            lowerTotal += totals[lowerParts + i];
        }
        if (keep != 0) {
            int query = firstQuery + ofQuad;
            if (item % 4 == 0 && item < 32 && query < tokens) {
                logSumExp.set(logSumExpAt + query, upper + TornadoMath.log(upperTotal));
            }
            if (item % 4 == 0 && item < 32 && query + 8 < tokens) {
                logSumExp.set(logSumExpAt + query + 8, lower + TornadoMath.log(lowerTotal));
            }
        }
        float upperShare = 1f / upperTotal;
        float lowerShare = 1f / lowerTotal;
        // results leave where queries were
        for (int j = 0; j < 2; j++) {
            int at = ofQuad * (ROW / 4) + (2 * warp + j ^ ofQuad) * 4 + inQuad;
            panels[at] =
                    Halves.pair(
                            (held.get(4 * j + 1).getX() + held.get(4 * j + 9).getX()) * upperShare,
                            (held.get(4 * j + 1).getY() + held.get(4 * j + 9).getY()) * upperShare,
                            format);
            panels[at + 8 * (ROW / 4)] =
                    Halves.pair(
                            (held.get(4 * j + 3).getX() + held.get(4 * j + 11).getX()) * lowerShare,
                            (held.get(4 * j + 3).getY() + held.get(4 * j + 11).getY()) * lowerShare,
                            format);
        }
        context.localBarrier();
        for (int i = 0; i < FEW; i++) {
            int query = firstQuery + ofRow + i * ROWS;
            int at = put + i * ROWS * (ROW / 4);
            if (query < tokens && inRow < words) {
                y.set(
                        yAt + query * width + inRow,
                        panels[at] & 0xFFFFFFFFL | (long) panels[at + 1] << 32);
            }
        }
    }
}
