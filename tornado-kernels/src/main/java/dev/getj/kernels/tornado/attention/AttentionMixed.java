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
 * Softmax attention of 16-bit queries, keys and values on tensor cores: each of four warps takes 32
 * queries of a head through the keys, 32 at a time, by the online softmax of {@link Attention}.
 * Scores and statistics are floats in registers, probabilities are rounded to 16 bits. CUDA only.
 * See {@code docs/kernels/attention.md}.
 */
public final class AttentionMixed {
    // The tensors of the kernel, as both sides number them.
    private static final int QKV = 0;
    private static final int LOG_SUM_EXP = 1;
    private static final int Y = 2;

    private static final int GROUP = 128;

    /** Queries of a work-group, 32 a warp. */
    private static final int QUERIES = 128;

    /** Keys of a step. */
    private static final int KEYS = 32;

    /** The deepest head. */
    private static final int DEPTH = AttentionOp.DEEPEST_HALVES;

    /** Bytes of a row of queries, values and results: 64 numbers, eight pieces. */
    private static final int ROW = 2 * DEPTH;

    /** Bytes of a row of transposed keys and of probabilities: 32 numbers, four pieces. */
    private static final int SHORT_ROW = 2 * KEYS;

    // where panels begin, in ints: queries [128, 64] first, then keys [64, 32], values [32, 64] and
    // probabilities [128, 32]
    private static final int KEYS_AT = QUERIES * ROW / 4;
    private static final int VALUES_AT = KEYS_AT + DEPTH * SHORT_ROW / 4;
    private static final int PROBABILITIES_AT = VALUES_AT + KEYS * ROW / 4;
    private static final int INTS = PROBABILITIES_AT + QUERIES * SHORT_ROW / 4;

    /** Words of the queries that an item brings, and of the keys or values of a step. */
    private static final int MANY = QUERIES * DEPTH / 4 / GROUP;

    private static final int SHARE = KEYS * DEPTH / 4 / GROUP;

    /** Rows of queries that the work-group brings at once. */
    private static final int ROWS = GROUP * 4 / DEPTH;

    /** Rows that an item has parts of: 8 apart. */
    private static final int PARTS = 4;

    /** More tokens than a tensor of 2³¹ elements has; a power of two. */
    private static final int MOST_TOKENS = 1 << 28;

    /** Below every score; not infinite, which fast mathematics need not respect. */
    private static final float LOWEST = -1e30f;

    /** How far scores may exceed what they are relative to: e⁵ is far from binary16's largest. */
    private static final float ALLOWED = 5f;

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

    /** A work-group for 128 queries of each head of each sample. */
    private static Geometry geometry(int samples, int tokens, int heads) {
        int x = Math.multiplyExact(Geometry.ceil(tokens, QUERIES), GROUP);
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
        int firstQuery = context.groupIdx * QUERIES;
        float scale = 1f / TornadoMath.sqrt((float) depth);
        // constants of the compiled kernel, as the shapes are
        boolean allKeys = tokens % KEYS == 0;
        boolean wholeKeys = allKeys && depth == DEPTH;
        boolean wholeQueries = tokens % QUERIES == 0 && depth == DEPTH;

        int[] panels = context.allocateIntLocalArray(INTS);
        float[] quads = context.allocateFloatLocalArray(4 * QUERIES);
        VectorFloat4 held = new VectorFloat4(32);
        VectorFloat4 results = new VectorFloat4(64);
        float[] scores = new float[8 * PARTS];
        float[] sums = new float[16 * PARTS];
        float[] largest = new float[PARTS];
        float[] reference = new float[PARTS];
        float[] total = new float[PARTS];
        long[] next = new long[MANY];

        int item = context.localIdx;
        int lane = item & 31;
        int warp = item >> 5;
        // Which row of which of four matrices a lane names for a load; what TornadoVM would take
        // for its place goes off. Pieces of 16 bytes change places with the row's number, so that
        // eight rows meet in no bank.
        int inEight = lane & 7;
        int eight = lane >> 3;
        int odd = eight & 1;
        int usualA = (odd * 8 + inEight) * 32 + (eight >> 1) * 16;
        int usualB = inEight * 16 + odd * 128;
        int rowOfQueries = (warp * 32 + odd * 8 + inEight) * ROW - usualA;
        // depth 4 w + i of the keys is row 16 i + w
        int rowOfKeys =
                4 * KEYS_AT + ((inEight & 3) * 16 + odd * 2 + (inEight >> 2)) * SHORT_ROW - usualB;
        int rowOfValues =
                4 * VALUES_AT + (8 * (inEight >> 1) + 2 * odd + (inEight & 1)) * ROW - usualB;
        int rowOfProbabilities =
                4 * PROBABILITIES_AT + (warp * 32 + odd * 8 + inEight) * SHORT_ROW - usualA;
        // of the words that an item brings: neighbours read neighbours
        int inRow = item & 15;
        int ofRow = item >> 4;
        int put = ofRow * (ROW / 4) + (inRow >> 1 ^ ofRow) * 4 + (inRow & 1) * 2;
        // of a lane's sums, in four rows 8 apart
        int inQuad = lane & 3;
        int ofQuad = lane >> 2;
        int rowOfQuad = warp * 32 + ofQuad;
        int atQuad = 4 * rowOfQuad;
        int putProbabilities =
                PROBABILITIES_AT + rowOfQuad * (SHORT_ROW / 4) + (inQuad ^ ofQuad >> 1) * 4;

        for (int i = 0; i < MANY; i++) {
            int query = firstQuery + ofRow + i * ROWS;
            next[i] =
                    Halves.word(
                            qkv, queriesAt, 3 * width, tokens, words, query, inRow, wholeQueries);
        }
        for (int i = 0; i < MANY; i++) {
            panels[put + i * ROWS * (ROW / 4)] = (int) next[i];
            panels[put + i * ROWS * (ROW / 4) + 1] = (int) (next[i] >> 32);
        }
        for (int i = 0; i < SHARE; i++) {
            int key = TornadoMath.min(4 * ofRow + i, tokens - 1);
            next[i] = Halves.word(qkv, keysAt, 3 * width, tokens, words, key, inRow, wholeKeys);
        }
        for (int i = 0; i < 4; i++) {
            int at = KEYS_AT + (16 * i + inRow) * (SHORT_ROW / 4);
            int piece = ofRow >> 1 ^ i ^ inRow >> 1 & 3;
            int first = column(next[0], next[1], i);
            int second = column(next[2], next[3], i);
            panels[at + 4 * piece + 2 * (ofRow & 1)] = first;
            panels[at + 4 * piece + 2 * (ofRow & 1) + 1] = second;
        }
        for (int i = 0; i < 16 * PARTS; i++) {
            sums[i] = 0f;
        }
        for (int r = 0; r < PARTS; r++) {
            reference[r] = LOWEST;
            total[r] = 0f;
        }

        // Memory is asked for words in front of a barrier, behind which nothing can move the
        // loads; they are stored behind the products, which hide the wait. How many steps there
        // are must not be a constant, or compilers would unroll them.
        int end =
                TornadoMath.min(
                        context.globalGroupSizeX / GROUP * QUERIES,
                        (tokens + KEYS - 1) / KEYS * KEYS);
        for (int firstKey = 0; firstKey < end; firstKey += KEYS) {
            // 0, but compilers cannot know it: addresses that they see not to change they would
            // keep in registers, of which three work-groups have 168 an item.
            int zero = firstKey / MOST_TOKENS;
            int turn = inEight + zero;
            int turnOfKeys = (inEight & 3 ^ odd) + zero;
            int turnOfValues = (inEight >> 1) * 2 + (inEight & 1) + zero;
            int turnOfProbabilities = (inEight >> 1) + zero;
            for (int i = 0; i < SHARE; i++) {
                int key = TornadoMath.min(firstKey + ofRow * SHARE + i, tokens - 1);
                next[i] =
                        Halves.word(qkv, valuesAt, 3 * width, tokens, words, key, inRow, wholeKeys);
            }
            context.localBarrier();
            float[] s0 = context.mmaFragment(0f);
            float[] t0 = context.mmaFragment(0f);
            float[] s1 = context.mmaFragment(0f);
            float[] t1 = context.mmaFragment(0f);
            float[] s2 = context.mmaFragment(0f);
            float[] t2 = context.mmaFragment(0f);
            float[] s3 = context.mmaFragment(0f);
            float[] t3 = context.mmaFragment(0f);
            for (int step = 0; step < (depth + 15) / 16; step++) {
                int left = rowOfQueries + ((2 * step + (eight >> 1) ^ turn) << 4);
                int right = rowOfKeys + 4 * step * SHORT_ROW;
                int swapped = turnOfKeys ^ 2 * (step & 1);
                HalfFloat[] a = context.mmaLoadA(panels, 16, left);
                HalfFloat[] c = context.mmaLoadA(panels, 16, left + 16 * ROW);
                HalfFloat[] b0 = context.mmaLoadB(panels, 16, right + ((0 ^ swapped) << 4));
                s0 = Halves.multiply(context, a, b0, s0, format);
                t0 = Halves.multiply(context, c, b0, t0, format);
                HalfFloat[] b1 = context.mmaLoadB(panels, 16, right + ((1 ^ swapped) << 4));
                s1 = Halves.multiply(context, a, b1, s1, format);
                t1 = Halves.multiply(context, c, b1, t1, format);
                HalfFloat[] b2 = context.mmaLoadB(panels, 16, right + ((2 ^ swapped) << 4));
                s2 = Halves.multiply(context, a, b2, s2, format);
                t2 = Halves.multiply(context, c, b2, t2, format);
                HalfFloat[] b3 = context.mmaLoadB(panels, 16, right + ((3 ^ swapped) << 4));
                s3 = Halves.multiply(context, a, b3, s3, format);
                t3 = Halves.multiply(context, c, b3, t3, format);
            }
            for (int i = 0; i < SHARE; i++) {
                int at = ofRow * SHARE + i;
                int piece = inRow >> 1 ^ (i & 1 | (at >> 3) << 1);
                at = VALUES_AT + at * (ROW / 4) + piece * 4 + (inRow & 1) * 2;
                panels[at] = (int) next[i];
                panels[at + 1] = (int) (next[i] >> 32);
            }
            // to an array of registers, as in MatMulMixed: a row of length 1, one vector further
            context.mmaStore(s0, held.getArray(), -ofQuad, 0 - 2 * inQuad, 1);
            context.mmaStore(s1, held.getArray(), -ofQuad, 16 - 2 * inQuad, 1);
            context.mmaStore(s2, held.getArray(), -ofQuad, 32 - 2 * inQuad, 1);
            context.mmaStore(s3, held.getArray(), -ofQuad, 48 - 2 * inQuad, 1);
            context.mmaStore(t0, held.getArray(), -ofQuad, 64 - 2 * inQuad, 1);
            context.mmaStore(t1, held.getArray(), -ofQuad, 80 - 2 * inQuad, 1);
            context.mmaStore(t2, held.getArray(), -ofQuad, 96 - 2 * inQuad, 1);
            context.mmaStore(t3, held.getArray(), -ofQuad, 112 - 2 * inQuad, 1);
            for (int r = 0; r < PARTS; r++) {
                for (int j = 0; j < 4; j++) {
                    int at = 16 * (r / 2) + 4 * j + 1 + 2 * (r % 2);
                    scores[8 * r + 2 * j] = held.get(at).getX();
                    scores[8 * r + 2 * j + 1] = held.get(at).getY();
                }
            }
            if (!allKeys && firstKey + KEYS > tokens) {
                for (int i = 0; i < 8 * PARTS; i++) {
                    int key = firstKey + 8 * (i / 2 % 4) + 2 * inQuad + i % 2;
                    scores[i] = key < tokens ? scores[i] : LOWEST;
                }
            }
            for (int r = 0; r < PARTS; r++) {
                largest[r] = LOWEST;
                for (int j = 0; j < 8; j++) {
                    largest[r] = TornadoMath.max(largest[r], scores[8 * r + j]);
                }
                quads[atQuad + 32 * r + inQuad] = largest[r];
            }
            int nextKey = firstKey + KEYS < end ? firstKey + KEYS : firstKey;
            for (int i = 0; i < SHARE; i++) {
                int key = TornadoMath.min(nextKey + 4 * ofRow + i, tokens - 1);
                next[i] = Halves.word(qkv, keysAt, 3 * width, tokens, words, key, inRow, wholeKeys);
            }
            context.localBarrier();
            for (int r = 0; r < PARTS; r++) {
                int at = atQuad + 32 * r;
                largest[r] =
                        TornadoMath.max(
                                        TornadoMath.max(quads[at], quads[at + 1]),
                                        TornadoMath.max(quads[at + 2], quads[at + 3]))
                                * scale;
            }
            // Two halves, since a branch keeps the compiler from mixing them, which takes registers
            for (int half = 0; half < PARTS; half += 2) {
                // what has been summed so far is relative to an earlier score: that stays so until
                // a larger one exceeds it by much
                float grown =
                        TornadoMath.max(
                                largest[half] - reference[half],
                                largest[half + 1] - reference[half + 1]);
                if (grown > ALLOWED) {
                    for (int r = half; r < half + 2; r++) {
                        float later = TornadoMath.max(largest[r], reference[r]);
                        float factor = TornadoMath.exp(reference[r] - later);
                        reference[r] = later;
                        total[r] *= factor;
                        for (int j = 0; j < 16; j++) {
                            int at = 32 * (r / 2) + 4 * (j / 2) + 2 * (r % 2) + j % 2;
                            sums[at] = sums[at] * factor;
                        }
                    }
                }
                for (int r = half; r < half + 2; r++) {
                    int at = putProbabilities + 8 * r * (SHORT_ROW / 4);
                    for (int j = 0; j < 4; j++) {
                        float one = TornadoMath.exp(scores[8 * r + 2 * j] * scale - reference[r]);
                        float other =
                                TornadoMath.exp(scores[8 * r + 2 * j + 1] * scale - reference[r]);
                        total[r] += one + other;
                        panels[at + j] = Halves.pair(one, other, format);
                    }
                }
            }
            context.localBarrier();
            float[] y0 = fragment(sums, 0);
            float[] y1 = fragment(sums, 4);
            float[] y2 = fragment(sums, 8);
            float[] y3 = fragment(sums, 12);
            float[] y4 = fragment(sums, 16);
            float[] y5 = fragment(sums, 20);
            float[] y6 = fragment(sums, 24);
            float[] y7 = fragment(sums, 28);
            float[] y8 = fragment(sums, 32);
            float[] y9 = fragment(sums, 36);
            float[] y10 = fragment(sums, 40);
            float[] y11 = fragment(sums, 44);
            float[] y12 = fragment(sums, 48);
            float[] y13 = fragment(sums, 52);
            float[] y14 = fragment(sums, 56);
            float[] y15 = fragment(sums, 60);
            for (int step = 0; step < KEYS / 16; step++) {
                int left =
                        rowOfProbabilities + ((2 * step + (eight >> 1) ^ turnOfProbabilities) << 4);
                int right = rowOfValues + 4 * step * ROW;
                HalfFloat[] a = context.mmaLoadA(panels, 16, left);
                HalfFloat[] c = context.mmaLoadA(panels, 16, left + 16 * SHORT_ROW);
                HalfFloat[] b0 = context.mmaLoadB(panels, 16, right + ((0 ^ turnOfValues) << 4));
                y0 = Halves.multiply(context, a, b0, y0, format);
                y8 = Halves.multiply(context, c, b0, y8, format);
                HalfFloat[] b1 = context.mmaLoadB(panels, 16, right + ((1 ^ turnOfValues) << 4));
                y1 = Halves.multiply(context, a, b1, y1, format);
                y9 = Halves.multiply(context, c, b1, y9, format);
                HalfFloat[] b2 = context.mmaLoadB(panels, 16, right + ((2 ^ turnOfValues) << 4));
                y2 = Halves.multiply(context, a, b2, y2, format);
                y10 = Halves.multiply(context, c, b2, y10, format);
                HalfFloat[] b3 = context.mmaLoadB(panels, 16, right + ((3 ^ turnOfValues) << 4));
                y3 = Halves.multiply(context, a, b3, y3, format);
                y11 = Halves.multiply(context, c, b3, y11, format);
                HalfFloat[] b4 = context.mmaLoadB(panels, 16, right + ((4 ^ turnOfValues) << 4));
                y4 = Halves.multiply(context, a, b4, y4, format);
                y12 = Halves.multiply(context, c, b4, y12, format);
                HalfFloat[] b5 = context.mmaLoadB(panels, 16, right + ((5 ^ turnOfValues) << 4));
                y5 = Halves.multiply(context, a, b5, y5, format);
                y13 = Halves.multiply(context, c, b5, y13, format);
                HalfFloat[] b6 = context.mmaLoadB(panels, 16, right + ((6 ^ turnOfValues) << 4));
                y6 = Halves.multiply(context, a, b6, y6, format);
                y14 = Halves.multiply(context, c, b6, y14, format);
                HalfFloat[] b7 = context.mmaLoadB(panels, 16, right + ((7 ^ turnOfValues) << 4));
                y7 = Halves.multiply(context, a, b7, y7, format);
                y15 = Halves.multiply(context, c, b7, y15, format);
            }
            context.mmaStore(y0, results.getArray(), -ofQuad, 0 - 2 * inQuad, 1);
            context.mmaStore(y1, results.getArray(), -ofQuad, 16 - 2 * inQuad, 1);
            context.mmaStore(y2, results.getArray(), -ofQuad, 32 - 2 * inQuad, 1);
            context.mmaStore(y3, results.getArray(), -ofQuad, 48 - 2 * inQuad, 1);
            context.mmaStore(y4, results.getArray(), -ofQuad, 64 - 2 * inQuad, 1);
            context.mmaStore(y5, results.getArray(), -ofQuad, 80 - 2 * inQuad, 1);
            context.mmaStore(y6, results.getArray(), -ofQuad, 96 - 2 * inQuad, 1);
            context.mmaStore(y7, results.getArray(), -ofQuad, 112 - 2 * inQuad, 1);
            context.mmaStore(y8, results.getArray(), -ofQuad, 128 - 2 * inQuad, 1);
            context.mmaStore(y9, results.getArray(), -ofQuad, 144 - 2 * inQuad, 1);
            context.mmaStore(y10, results.getArray(), -ofQuad, 160 - 2 * inQuad, 1);
            context.mmaStore(y11, results.getArray(), -ofQuad, 176 - 2 * inQuad, 1);
            context.mmaStore(y12, results.getArray(), -ofQuad, 192 - 2 * inQuad, 1);
            context.mmaStore(y13, results.getArray(), -ofQuad, 208 - 2 * inQuad, 1);
            context.mmaStore(y14, results.getArray(), -ofQuad, 224 - 2 * inQuad, 1);
            context.mmaStore(y15, results.getArray(), -ofQuad, 240 - 2 * inQuad, 1);
            for (int i = 0; i < 16; i++) {
                sums[4 * i] = results.get(4 * i + 1).getX();
                sums[4 * i + 1] = results.get(4 * i + 1).getY();
                sums[4 * i + 2] = results.get(4 * i + 3).getX();
                sums[4 * i + 3] = results.get(4 * i + 3).getY();
            }
            for (int i = 0; i < 4; i++) {
                int at = KEYS_AT + (16 * i + inRow) * (SHORT_ROW / 4);
                int piece = ofRow >> 1 ^ i ^ inRow >> 1 & 3;
                int first = column(next[0], next[1], i);
                int second = column(next[2], next[3], i);
                panels[at + 4 * piece + 2 * (ofRow & 1)] = first;
                panels[at + 4 * piece + 2 * (ofRow & 1) + 1] = second;
            }
        }

        // four lanes have parts of a row's total; results leave where queries were
        for (int r = 0; r < PARTS; r++) {
            quads[atQuad + 32 * r + inQuad] = total[r];
        }
        context.localBarrier();
        for (int r = 0; r < PARTS; r++) {
            int at = atQuad + 32 * r;
            float all = quads[at] + quads[at + 1] + (quads[at + 2] + quads[at + 3]);
            int query = firstQuery + rowOfQuad + 8 * r;
            if (keep != 0 && inQuad == 0 && query < tokens) {
                logSumExp.set(logSumExpAt + query, reference[r] + TornadoMath.log(all));
            }
            float share = 1f / all;
            int line = (rowOfQuad + 8 * r) * (ROW / 4) + inQuad;
            for (int j = 0; j < 8; j++) {
                int sum = 32 * (r / 2) + 4 * j + 2 * (r % 2);
                panels[line + (j ^ ofQuad) * 4] =
                        Halves.pair(sums[sum] * share, sums[sum + 1] * share, format);
            }
        }
        context.localBarrier();
        for (int i = 0; i < MANY; i++) {
            int query = firstQuery + ofRow + i * ROWS;
            int at = put + i * ROWS * (ROW / 4);
            if (wholeQueries || query < tokens && inRow < words) {
                y.set(
                        yAt + query * width + inRow,
                        panels[at] & 0xFFFFFFFFL | (long) panels[at + 1] << 32);
            }
        }
    }

    /** Number {@code i} of two words. */
    private static int column(long first, long second, int i) {
        int a = (int) (first >> 32 * (i / 2));
        int b = (int) (second >> 32 * (i / 2));
        return i % 2 == 0 ? a & 0xFFFF | b << 16 : a >> 16 & 0xFFFF | b & 0xFFFF0000;
    }

    /** Four sums that an instruction adds to. */
    private static float[] fragment(float[] sums, int at) {
        float[] fragment = new float[4];
        fragment[0] = sums[at];
        fragment[1] = sums[at + 1];
        fragment[2] = sums[at + 2];
        fragment[3] = sums[at + 3];
        return fragment;
    }
}
