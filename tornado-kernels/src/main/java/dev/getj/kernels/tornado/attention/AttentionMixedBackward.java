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
 * Gradients of {@link AttentionMixed} on tensor cores: of the queries, and, by the same kernel with
 * the parts of queries and keys exchanged, of keys and values. A work-group keeps 64 rows of a head
 * and takes them through the others, 32 at a time; scores are computed again, and nothing is added
 * from two sides. CUDA only. See {@code docs/kernels/attention.md}.
 */
public final class AttentionMixedBackward {
    // The tensors of each kernel, as both sides number them.
    private static final int D_Y = 0;
    private static final int QKV = 1;
    private static final int LOG_SUM_EXP = 2;
    private static final int D_QKV = 3;

    /** Which gradients the kernel computes. */
    static final int OF_QUERIES = 0;

    static final int OF_KEYS = 1;

    /** Rows that a work-group keeps, and the deepest head. */
    private static final int TILE = AttentionOp.DEEPEST_HALVES;

    /** Rows that it takes at a time. */
    private static final int STRIP = 32;

    private static final int GROUP = 128;

    /** Bytes of a panel's row: 64 numbers, eight pieces of 16 bytes. */
    private static final int ROW = 2 * TILE;

    /** Bytes of a row of probabilities: 32 numbers, four pieces. */
    private static final int SCORE_ROW = 2 * STRIP;

    // Where panels begin, in ints of two numbers each. Kept are queries and dY, or keys and values:
    // scores are products of the first ones, dP of the second ones. Of strips there are two.
    private static final int D_KEPT = TILE * TILE / 2;
    private static final int STRIPS = 2 * D_KEPT;
    private static final int OTHER = STRIP * TILE / 2;
    private static final int D_STRIPS = STRIPS + 2 * OTHER;
    private static final int SCORES = D_STRIPS + 2 * OTHER;
    private static final int D_SCORES = SCORES + TILE * STRIP / 2;
    private static final int PANELS = D_SCORES + TILE * STRIP / 2;

    /** Rows that the work-group brings at once, a word each item. */
    private static final int ROWS = GROUP * 4 / TILE;

    /** Words of a strip that an item brings. */
    private static final int SHARE = STRIP / ROWS;

    /** More tokens than a tensor of 2³¹ elements has; a power of two. */
    private static final int MOST_TOKENS = 1 << 28;

    // below and above every score: what is not there has the probability 0
    private static final float LOWEST = -1e30f;
    private static final float HIGHEST = 1e30f;

    private AttentionMixedBackward() {}

    static void record(Tasks tasks, AttentionOp.AttentionBackward op) {
        int samples = op.qkv().dim(0);
        int tokens = op.qkv().dim(1);
        int heads = op.heads();
        int depth = op.y().dim(-1) / heads;
        int format = Halves.format(op.qkv().dtype());
        int slopes = AttentionSlopes.record(tasks, op);
        for (int of : List.of(OF_QUERIES, OF_KEYS)) {
            Arguments arguments =
                    tasks.arguments()
                            .halves(D_Y, op.dY())
                            .halves(QKV, op.qkv())
                            .tensor(LOG_SUM_EXP, op.logSumExp())
                            .scratch(slopes)
                            .halves(D_QKV, op.dQkv());
            tasks.add(
                    "attentionMixedBackward",
                    geometry(samples, tokens, heads),
                    arguments,
                    List.of(tokens, heads, depth, format, of),
                    (graph, id, at) ->
                            graph.task(
                                    id,
                                    AttentionMixedBackward::attentionMixedBackward,
                                    at.context(),
                                    at.offsets(),
                                    at.row(),
                                    at.place(),
                                    at.words(D_Y),
                                    at.words(QKV),
                                    at.array(LOG_SUM_EXP),
                                    at.scratch(),
                                    at.words(D_QKV),
                                    at.column(),
                                    tokens,
                                    heads,
                                    depth,
                                    format,
                                    of));
        }
    }

    /** A work-group for 64 queries, or keys, of each head of each sample. */
    private static Geometry geometry(int samples, int tokens, int heads) {
        int x = Math.multiplyExact(Geometry.ceil(tokens, TILE), GROUP);
        return new Geometry(x, heads, samples, GROUP, 1, 1);
    }

    /**
     * {@code dQ = dS·K/√d} with {@code dS = P ⊙ (dY·Vᵀ − D)}; or {@code dV = Pᵀ·dY} and {@code dK =
     * dSᵀ·Q/√d}, of transposed scores. Tensors: dY [B, tokens, heads, depth], qkv [B, tokens, 3,
     * heads, depth], logSumExp [B, heads, tokens], dQkv like qkv, of which dQ, or dK and dV, are
     * written; scratch: slopes.
     *
     * @param depth of a head, a multiple of 4 and at most 64
     * @param format of dY, qkv and dQkv, as {@link Halves} has it
     * @param of {@link #OF_QUERIES} or {@link #OF_KEYS}
     */
    public static void attentionMixedBackward(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            LongArray dY,
            LongArray qkv,
            FloatArray logSumExp,
            FloatArray slopes,
            LongArray dQkv,
            int column,
            int tokens,
            int heads,
            int depth,
            int format,
            int of) {
        int entry = Entry.of(row, place, column);
        int words = depth / 4;
        int width = heads * words;
        int head = context.groupIdy;
        int sample = context.groupIdz;
        int inQkv = sample * tokens * 3 * width + head * words;
        int inHeads = (sample * heads + head) * tokens;
        int dYAt = offsets.get(entry + D_Y) + sample * tokens * width + head * words;
        int queriesAt = offsets.get(entry + QKV) + inQkv;
        int keysAt = queriesAt + width;
        int valuesAt = keysAt + width;
        int logSumExpAt = offsets.get(entry + LOG_SUM_EXP) + inHeads;
        int dQkvAt = offsets.get(entry + D_QKV) + inQkv;
        int firstKept = context.groupIdx * TILE;
        float scale = 1f / TornadoMath.sqrt((float) depth);
        // constants of the compiled kernel
        boolean ofKeys = of == OF_KEYS;
        boolean whole = tokens % TILE == 0 && depth == TILE;
        boolean wholeRows = tokens % STRIP == 0;

        int[] panels = context.allocateIntLocalArray(PANELS);
        // of two strips of queries: logSumExp and slopes
        float[] ofStrip = context.allocateFloatLocalArray(4 * STRIP);
        // An array for each set of sums: TornadoVM does not see that mmaStore writes to it, and
        // would not read it again until the next barrier.
        VectorFloat4 held = new VectorFloat4(32);
        VectorFloat4 gradient = new VectorFloat4(32);
        VectorFloat4 ofValues = new VectorFloat4(32);
        long[] next = new long[SHARE];
        long[] dNext = new long[SHARE];

        int item = context.localIdx;
        int lane = item & 31;
        int warp = item >> 5;
        // as in AttentionMixed
        int inEight = lane & 7;
        int eight = lane >> 3;
        int odd = eight & 1;
        int usualA = (odd * 8 + inEight) * 32 + (eight >> 1) * 16;
        int usualB = inEight * 16 + odd * 128;
        int ofLane = warp * 16 + odd * 8 + inEight;
        int rowOfKept = ofLane * ROW - usualA;
        int rowOfStrip = 4 * STRIPS + inEight * ROW - usualA;
        int rowAcross = 4 * STRIPS + (odd * 8 + inEight) * ROW - usualB;
        int rowOfScores = 4 * SCORES + ofLane * SCORE_ROW - usualA;
        int toD = 4 * (D_STRIPS - STRIPS);
        int inRow = item & 15;
        int ofRow = item >> 4;
        int put = ofRow * (ROW / 4) + (inRow >> 1 ^ ofRow & 7) * 4 + (inRow & 1) * 2;
        int inQuad = lane & 3;
        int ofQuad = lane >> 2;
        int pair = SCORES + (warp * 16 + ofQuad) * (SCORE_ROW / 4) + inQuad;

        int keptAt = ofKeys ? keysAt : queriesAt;
        int otherAt = ofKeys ? queriesAt : keysAt;
        for (int i = 0; i < TILE / ROWS; i++) {
            int kept = firstKept + ofRow + i * ROWS;
            int to = put + i * ROWS * (ROW / 4);
            long word = Halves.word(qkv, keptAt, 3 * width, tokens, words, kept, inRow, whole);
            long dWord =
                    ofKeys
                            ? Halves.word(
                                    qkv, valuesAt, 3 * width, tokens, words, kept, inRow, whole)
                            : Halves.word(dY, dYAt, width, tokens, words, kept, inRow, whole);
            panels[to] = (int) word;
            panels[to + 1] = (int) (word >> 32);
            panels[D_KEPT + to] = (int) dWord;
            panels[D_KEPT + to + 1] = (int) (dWord >> 32);
        }
        for (int i = 0; i < SHARE; i++) {
            int other = ofRow + i * ROWS;
            int to = put + i * ROWS * (ROW / 4);
            long word = Halves.word(qkv, otherAt, 3 * width, tokens, words, other, inRow, false);
            long dWord =
                    ofKeys
                            ? Halves.word(dY, dYAt, width, tokens, words, other, inRow, false)
                            : Halves.word(
                                    qkv, valuesAt, 3 * width, tokens, words, other, inRow, false);
            panels[STRIPS + to] = (int) word;
            panels[STRIPS + to + 1] = (int) (word >> 32);
            panels[D_STRIPS + to] = (int) dWord;
            panels[D_STRIPS + to + 1] = (int) (dWord >> 32);
        }
        // statistics of the lane's two queries, or of a strip's: warp 0 brings logSumExp, 1 slopes
        int ofUpper = TornadoMath.min(firstKept + warp * 16 + ofQuad, tokens - 1);
        int ofLower = TornadoMath.min(firstKept + warp * 16 + ofQuad + 8, tokens - 1);
        float upperSum = logSumExp.get(logSumExpAt + ofUpper);
        float lowerSum = logSumExp.get(logSumExpAt + ofLower);
        float upperMean = slopes.get(inHeads + ofUpper);
        float lowerMean = slopes.get(inHeads + ofLower);
        int ofFirst = TornadoMath.min(lane, tokens - 1);
        float nextSum = logSumExp.get(logSumExpAt + ofFirst);
        float nextMean = slopes.get(inHeads + ofFirst);
        if (warp < 2) {
            ofStrip[warp * STRIP + lane] = warp == 1 ? nextMean : lane < tokens ? nextSum : HIGHEST;
        }

        float[] x0 = context.mmaFragment(0f);
        float[] x1 = context.mmaFragment(0f);
        float[] x2 = context.mmaFragment(0f);
        float[] x3 = context.mmaFragment(0f);
        float[] x4 = context.mmaFragment(0f);
        float[] x5 = context.mmaFragment(0f);
        float[] x6 = context.mmaFragment(0f);
        float[] x7 = context.mmaFragment(0f);
        float[] v0 = context.mmaFragment(0f);
        float[] v1 = context.mmaFragment(0f);
        float[] v2 = context.mmaFragment(0f);
        float[] v3 = context.mmaFragment(0f);
        float[] v4 = context.mmaFragment(0f);
        float[] v5 = context.mmaFragment(0f);
        float[] v6 = context.mmaFragment(0f);
        float[] v7 = context.mmaFragment(0f);

        // Memory is asked for the next strip in front of a barrier, behind which nothing can move
        // the loads; it is stored where the last strip but one was.
        int end = context.globalGroupSizeX / GROUP * TILE;
        for (int first = 0; first < end; first += STRIP) {
            // inEight and ofQuad, which compilers cannot know; see AttentionMixed
            int turn = inEight + first / MOST_TOKENS;
            int turnOfScores = (ofQuad >> 1 & 3) + first / MOST_TOKENS;
            int strip = first / STRIP % 2 * OTHER;
            int other = OTHER - strip;
            for (int i = 0; i < SHARE; i++) {
                int r = first + STRIP + ofRow + i * ROWS;
                next[i] = Halves.word(qkv, otherAt, 3 * width, tokens, words, r, inRow, false);
                dNext[i] =
                        ofKeys
                                ? Halves.word(dY, dYAt, width, tokens, words, r, inRow, false)
                                : Halves.word(
                                        qkv, valuesAt, 3 * width, tokens, words, r, inRow, false);
            }
            int ofNext = TornadoMath.min(first + STRIP + lane, tokens - 1);
            nextSum = logSumExp.get(logSumExpAt + ofNext);
            nextMean = slopes.get(inHeads + ofNext);
            context.localBarrier();
            float[] s0 = context.mmaFragment(0f);
            float[] s1 = context.mmaFragment(0f);
            float[] s2 = context.mmaFragment(0f);
            float[] s3 = context.mmaFragment(0f);
            float[] p0 = context.mmaFragment(0f);
            float[] p1 = context.mmaFragment(0f);
            float[] p2 = context.mmaFragment(0f);
            float[] p3 = context.mmaFragment(0f);
            for (int step = 0; step < (depth + 15) / 16; step++) {
                int left = rowOfKept + ((2 * step + (eight >> 1) ^ turn) << 4);
                int right = rowOfStrip + 4 * strip + ((2 * step + odd ^ turn) << 4);
                int dRight = right + toD;
                HalfFloat[] a = context.mmaLoadA(panels, 16, left);
                HalfFloat[] e = context.mmaLoadA(panels, 16, left + 4 * D_KEPT);
                HalfFloat[] b0 = context.mmaLoadA(panels, 16, right);
                s0 = Halves.multiply(context, a, b0, s0, format);
                HalfFloat[] d0 = context.mmaLoadA(panels, 16, dRight);
                p0 = Halves.multiply(context, e, d0, p0, format);
                HalfFloat[] b1 = context.mmaLoadA(panels, 16, right + 8 * ROW);
                s1 = Halves.multiply(context, a, b1, s1, format);
                HalfFloat[] d1 = context.mmaLoadA(panels, 16, dRight + 8 * ROW);
                p1 = Halves.multiply(context, e, d1, p1, format);
                HalfFloat[] b2 = context.mmaLoadA(panels, 16, right + 16 * ROW);
                s2 = Halves.multiply(context, a, b2, s2, format);
                HalfFloat[] d2 = context.mmaLoadA(panels, 16, dRight + 16 * ROW);
                p2 = Halves.multiply(context, e, d2, p2, format);
                HalfFloat[] b3 = context.mmaLoadA(panels, 16, right + 24 * ROW);
                s3 = Halves.multiply(context, a, b3, s3, format);
                HalfFloat[] d3 = context.mmaLoadA(panels, 16, dRight + 24 * ROW);
                p3 = Halves.multiply(context, e, d3, p3, format);
            }
            // to an array of registers, as in MatMulMixed
            context.mmaStore(s0, held.getArray(), -ofQuad, 0 - 2 * inQuad, 1);
            context.mmaStore(s1, held.getArray(), -ofQuad, 16 - 2 * inQuad, 1);
            context.mmaStore(s2, held.getArray(), -ofQuad, 32 - 2 * inQuad, 1);
            context.mmaStore(s3, held.getArray(), -ofQuad, 48 - 2 * inQuad, 1);
            context.mmaStore(p0, held.getArray(), -ofQuad, 64 - 2 * inQuad, 1);
            context.mmaStore(p1, held.getArray(), -ofQuad, 80 - 2 * inQuad, 1);
            context.mmaStore(p2, held.getArray(), -ofQuad, 96 - 2 * inQuad, 1);
            context.mmaStore(p3, held.getArray(), -ofQuad, 112 - 2 * inQuad, 1);
            for (int j = 0; j < STRIP / 8; j++) {
                // two neighbours of a row, and of another one 8 rows below
                int at = strip / OTHER * 2 * STRIP + 8 * j + 2 * inQuad;
                float sum0 = ofKeys ? ofStrip[at] : upperSum;
                float sum1 = ofKeys ? ofStrip[at + 1] : upperSum;
                float sum2 = ofKeys ? sum0 : lowerSum;
                float sum3 = ofKeys ? sum1 : lowerSum;
                float mean0 = ofKeys ? ofStrip[at + STRIP] : upperMean;
                float mean1 = ofKeys ? ofStrip[at + STRIP + 1] : upperMean;
                float mean2 = ofKeys ? mean0 : lowerMean;
                float mean3 = ofKeys ? mean1 : lowerMean;
                // queries beyond the last one have a sum that makes it 0
                int key = first + 8 * j + 2 * inQuad;
                boolean there0 = ofKeys || wholeRows || key < tokens;
                boolean there1 = ofKeys || wholeRows || key + 1 < tokens;
                float score0 = there0 ? held.get(4 * j + 1).getX() * scale : LOWEST;
                float score1 = there1 ? held.get(4 * j + 1).getY() * scale : LOWEST;
                float score2 = there0 ? held.get(4 * j + 3).getX() * scale : LOWEST;
                float score3 = there1 ? held.get(4 * j + 3).getY() * scale : LOWEST;
                float upper0 = TornadoMath.exp(score0 - sum0);
                float upper1 = TornadoMath.exp(score1 - sum1);
                float lower0 = TornadoMath.exp(score2 - sum2);
                float lower1 = TornadoMath.exp(score3 - sum3);
                int to = pair + (j ^ turnOfScores) * 4;
                if (ofKeys) {
                    panels[to] = Halves.pair(upper0, upper1, format);
                    panels[to + 8 * (SCORE_ROW / 4)] = Halves.pair(lower0, lower1, format);
                }
                panels[to + D_SCORES - SCORES] =
                        Halves.pair(
                                upper0 * (held.get(16 + 4 * j + 1).getX() - mean0),
                                upper1 * (held.get(16 + 4 * j + 1).getY() - mean1),
                                format);
                panels[to + D_SCORES - SCORES + 8 * (SCORE_ROW / 4)] =
                        Halves.pair(
                                lower0 * (held.get(16 + 4 * j + 3).getX() - mean2),
                                lower1 * (held.get(16 + 4 * j + 3).getY() - mean3),
                                format);
            }
            context.localBarrier();
            for (int i = 0; i < SHARE; i++) {
                int to = other + put + i * ROWS * (ROW / 4);
                panels[STRIPS + to] = (int) next[i];
                panels[STRIPS + to + 1] = (int) (next[i] >> 32);
                panels[D_STRIPS + to] = (int) dNext[i];
                panels[D_STRIPS + to + 1] = (int) (dNext[i] >> 32);
            }
            if (warp < 2) {
                boolean there = first + STRIP + lane < tokens;
                ofStrip[other / OTHER * 2 * STRIP + warp * STRIP + lane] =
                        warp == 1 ? nextMean : there ? nextSum : HIGHEST;
            }
            for (int step = 0; step < STRIP / 16; step++) {
                int left = rowOfScores + ((2 * step + (eight >> 1) ^ turn >> 1 & 3) << 4);
                int right = rowAcross + 4 * strip + step * 16 * ROW;
                int dRight = right + toD;
                HalfFloat[] a = context.mmaLoadA(panels, 16, left + 4 * (D_SCORES - SCORES));
                HalfFloat[] b0 = context.mmaLoadB(panels, 16, right + ((0 ^ turn) << 4));
                x0 = Halves.multiply(context, a, b0, x0, format);
                HalfFloat[] b1 = context.mmaLoadB(panels, 16, right + ((1 ^ turn) << 4));
                x1 = Halves.multiply(context, a, b1, x1, format);
                HalfFloat[] b2 = context.mmaLoadB(panels, 16, right + ((2 ^ turn) << 4));
                x2 = Halves.multiply(context, a, b2, x2, format);
                HalfFloat[] b3 = context.mmaLoadB(panels, 16, right + ((3 ^ turn) << 4));
                x3 = Halves.multiply(context, a, b3, x3, format);
                HalfFloat[] b4 = context.mmaLoadB(panels, 16, right + ((4 ^ turn) << 4));
                x4 = Halves.multiply(context, a, b4, x4, format);
                HalfFloat[] b5 = context.mmaLoadB(panels, 16, right + ((5 ^ turn) << 4));
                x5 = Halves.multiply(context, a, b5, x5, format);
                HalfFloat[] b6 = context.mmaLoadB(panels, 16, right + ((6 ^ turn) << 4));
                x6 = Halves.multiply(context, a, b6, x6, format);
                HalfFloat[] b7 = context.mmaLoadB(panels, 16, right + ((7 ^ turn) << 4));
                x7 = Halves.multiply(context, a, b7, x7, format);
                if (ofKeys) {
                    HalfFloat[] e = context.mmaLoadA(panels, 16, left);
                    HalfFloat[] d0 = context.mmaLoadB(panels, 16, dRight + ((0 ^ turn) << 4));
                    v0 = Halves.multiply(context, e, d0, v0, format);
                    HalfFloat[] d1 = context.mmaLoadB(panels, 16, dRight + ((1 ^ turn) << 4));
                    v1 = Halves.multiply(context, e, d1, v1, format);
                    HalfFloat[] d2 = context.mmaLoadB(panels, 16, dRight + ((2 ^ turn) << 4));
                    v2 = Halves.multiply(context, e, d2, v2, format);
                    HalfFloat[] d3 = context.mmaLoadB(panels, 16, dRight + ((3 ^ turn) << 4));
                    v3 = Halves.multiply(context, e, d3, v3, format);
                    HalfFloat[] d4 = context.mmaLoadB(panels, 16, dRight + ((4 ^ turn) << 4));
                    v4 = Halves.multiply(context, e, d4, v4, format);
                    HalfFloat[] d5 = context.mmaLoadB(panels, 16, dRight + ((5 ^ turn) << 4));
                    v5 = Halves.multiply(context, e, d5, v5, format);
                    HalfFloat[] d6 = context.mmaLoadB(panels, 16, dRight + ((6 ^ turn) << 4));
                    v6 = Halves.multiply(context, e, d6, v6, format);
                    HalfFloat[] d7 = context.mmaLoadB(panels, 16, dRight + ((7 ^ turn) << 4));
                    v7 = Halves.multiply(context, e, d7, v7, format);
                }
            }
        }

        // gradients leave where the kept rows were, which all items have read by the last barrier
        int leave = (warp * 16 + ofQuad) * (ROW / 4) + inQuad;
        context.mmaStore(x0, gradient.getArray(), -ofQuad, 0 - 2 * inQuad, 1);
        context.mmaStore(x1, gradient.getArray(), -ofQuad, 16 - 2 * inQuad, 1);
        context.mmaStore(x2, gradient.getArray(), -ofQuad, 32 - 2 * inQuad, 1);
        context.mmaStore(x3, gradient.getArray(), -ofQuad, 48 - 2 * inQuad, 1);
        context.mmaStore(x4, gradient.getArray(), -ofQuad, 64 - 2 * inQuad, 1);
        context.mmaStore(x5, gradient.getArray(), -ofQuad, 80 - 2 * inQuad, 1);
        context.mmaStore(x6, gradient.getArray(), -ofQuad, 96 - 2 * inQuad, 1);
        context.mmaStore(x7, gradient.getArray(), -ofQuad, 112 - 2 * inQuad, 1);
        for (int j = 0; j < TILE / 8; j++) {
            int to = leave + (j ^ ofQuad) * 4;
            panels[to] =
                    Halves.pair(
                            gradient.get(4 * j + 1).getX() * scale,
                            gradient.get(4 * j + 1).getY() * scale,
                            format);
            panels[to + 8 * (ROW / 4)] =
                    Halves.pair(
                            gradient.get(4 * j + 3).getX() * scale,
                            gradient.get(4 * j + 3).getY() * scale,
                            format);
        }
        if (ofKeys) {
            context.mmaStore(v0, ofValues.getArray(), -ofQuad, 0 - 2 * inQuad, 1);
            context.mmaStore(v1, ofValues.getArray(), -ofQuad, 16 - 2 * inQuad, 1);
            context.mmaStore(v2, ofValues.getArray(), -ofQuad, 32 - 2 * inQuad, 1);
            context.mmaStore(v3, ofValues.getArray(), -ofQuad, 48 - 2 * inQuad, 1);
            context.mmaStore(v4, ofValues.getArray(), -ofQuad, 64 - 2 * inQuad, 1);
            context.mmaStore(v5, ofValues.getArray(), -ofQuad, 80 - 2 * inQuad, 1);
            context.mmaStore(v6, ofValues.getArray(), -ofQuad, 96 - 2 * inQuad, 1);
            context.mmaStore(v7, ofValues.getArray(), -ofQuad, 112 - 2 * inQuad, 1);
            for (int j = 0; j < TILE / 8; j++) {
                int to = D_KEPT + leave + (j ^ ofQuad) * 4;
                // plus 0: TornadoVM cannot round part of a vector that nothing was computed with
                panels[to] =
                        Halves.pair(
                                ofValues.get(4 * j + 1).getX() + 0f,
                                ofValues.get(4 * j + 1).getY() + 0f,
                                format);
                panels[to + 8 * (ROW / 4)] =
                        Halves.pair(
                                ofValues.get(4 * j + 3).getX() + 0f,
                                ofValues.get(4 * j + 3).getY() + 0f,
                                format);
            }
        }
        context.localBarrier();
        int toAt = ofKeys ? dQkvAt + width : dQkvAt;
        for (int i = 0; i < TILE / ROWS; i++) {
            int kept = firstKept + ofRow + i * ROWS;
            int from = put + i * ROWS * (ROW / 4);
            if (kept < tokens && inRow < words) {
                dQkv.set(
                        toAt + kept * 3 * width + inRow,
                        panels[from] & 0xFFFFFFFFL | (long) panels[from + 1] << 32);
                if (ofKeys) {
                    dQkv.set(
                            toAt + width + kept * 3 * width + inRow,
                            panels[D_KEPT + from] & 0xFFFFFFFFL
                                    | (long) panels[D_KEPT + from + 1] << 32);
                }
            }
        }
    }
}
