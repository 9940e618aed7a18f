package dev.getj.kernels.tornado.attention;

import dev.getj.kernels.op.AttentionOp;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

/**
 * Softmax attention with the scores in local memory: a work-group takes 64 queries of one head and
 * goes through the keys 64 at a time, keeping the largest score so far, the sum of exponentials and
 * the weighted sum of values (Milakov and Gimelshein 2018; Dao et al. 2022, algorithm 1). See
 * {@code docs/kernels/attention.md}.
 */
public final class Attention {
    // The tensors of each kernel, as both sides number them.
    static final int QKV = 0;
    static final int Y = 1;
    static final int LOG_SUM_EXP = 2;

    /** The deepest heads there is room for. */
    static final int DEEPEST = 128;

    /** Queries and keys of a tile. */
    static final int TILE = 64;

    /** Depth, or keys, of a panel. */
    static final int STEP = 16;

    /** 4 more than a tile is wide: rows then begin in different banks. */
    static final int STRIDE = TILE + 4;

    /** Length of a row of a panel of values. */
    static final int VALUES = DEEPEST + 4;

    /** Below every score; not infinite, which fast mathematics need not respect. */
    private static final float LOWEST = -1e30f;

    private static final int GROUP = Geometry.GROUP;

    private Attention() {}

    static void record(Tasks tasks, AttentionOp.Attention op) {
        int samples = op.qkv().dim(0);
        int tokens = op.qkv().dim(1);
        int heads = op.heads();
        int depth = depth(op.y(), heads);
        int keep = op.logSumExp().isPresent() ? 1 : 0;
        Arguments arguments =
                tasks.arguments()
                        .tensor(QKV, op.qkv())
                        .result(Y, op.y())
                        .alongside(LOG_SUM_EXP, op.logSumExp(), Y);
        tasks.add(
                "attention",
                geometry(samples, tokens, heads),
                arguments,
                List.of(tokens, heads, depth, keep),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Attention::attentionForward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(QKV),
                                at.array(Y),
                                at.column(),
                                tokens,
                                heads,
                                depth,
                                keep));
    }

    /**
     * Depth of a head.
     *
     * @param y [B, tokens, heads · depth]
     * @throws IllegalArgumentException if there is no room for it
     */
    static int depth(Tensor y, int heads) {
        int depth = y.dim(-1) / heads;
        if (depth > DEEPEST) {
            throw new IllegalArgumentException(
                    "heads %s deep do not fit a device's local memory, %s is the most: use more heads or --device jvm"
                            .formatted(depth, DEEPEST));
        }
        return depth;
    }

    /** Tiles of queries of all heads. */
    static int tiles(int samples, int tokens, int heads) {
        return Math.multiplyExact(Math.multiplyExact(samples, heads), Geometry.ceil(tokens, TILE));
    }

    /** A work-group for 64 queries of each head of each sample. */
    static Geometry geometry(int samples, int tokens, int heads) {
        return Geometry.groups(Geometry.ceil(tokens, TILE), heads, samples);
    }

    /**
     * Tensors: qkv [B, tokens, 3, heads, depth], y [B, tokens, heads, depth], logSumExp [B, heads,
     * tokens].
     *
     * @param depth of a head, at most {@link #DEEPEST}
     * @param keep 1 to write logSumExp, 0 to leave it alone
     */
    public static void attentionForward(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray qkv,
            FloatArray y,
            int column,
            int tokens,
            int heads,
            int depth,
            int keep) {
        int entry = Entry.of(row, place, column);
        int width = heads * depth;
        int head = context.groupIdy;
        int sample = context.groupIdz;
        int queriesAt = offsets.get(entry + QKV) + sample * tokens * 3 * width + head * depth;
        int keysAt = queriesAt + width;
        int valuesAt = keysAt + width;
        int yAt = offsets.get(entry + Y) + sample * tokens * width + head * depth;
        int logSumExpAt = offsets.get(entry + LOG_SUM_EXP) + (sample * heads + head) * tokens;
        int firstQuery = context.groupIdx * TILE;
        float scale = 1f / TornadoMath.sqrt((float) depth);
        boolean deep = depth > TILE;

        // For products an item has queries 4·itemY … + 3, and keys itemX, itemX + 16, …;
        // for sums over keys it has query item % 64 and a quarter of the keys.
        int item = context.localIdx;
        int itemX = item % 16;
        int itemY = item / 16;
        int query = item % TILE;
        int quarter = item / TILE;
        // a panel of queries and one of keys, [STEP, STRIDE] each; or one of values, [STEP, VALUES]
        float[] panels = context.allocateFloatLocalArray(2 * STEP * STRIDE);
        // scores, then probabilities, [key, query]
        float[] scores = context.allocateFloatLocalArray(TILE * STRIDE);
        float[] quarters = context.allocateFloatLocalArray(2 * GROUP);
        float[] factors = context.allocateFloatLocalArray(TILE);
        float[] products = new float[16];
        float[] sums = new float[32];
        float[] left = new float[4];
        for (int i = 0; i < 32; i++) {
            sums[i] = 0f;
        }
        float largest = LOWEST;
        float total = 0f;

        for (int firstKey = 0; firstKey < tokens; firstKey += TILE) {
            for (int i = 0; i < 16; i++) {
                products[i] = 0f;
            }
            for (int first = 0; first < depth; first += STEP) {
                for (int i = 0; i < TILE * STEP / GROUP; i++) {
                    int inStep = item % STEP;
                    int inTile = item / STEP + i * (GROUP / STEP);
                    int at = first + inStep;
                    int held = TornadoMath.min(at, depth - 1);
                    int q = TornadoMath.min(firstQuery + inTile, tokens - 1);
                    int k = TornadoMath.min(firstKey + inTile, tokens - 1);
                    float queryValue = qkv.get(queriesAt + q * 3 * width + held) * scale;
                    float keyValue = qkv.get(keysAt + k * 3 * width + held);
                    panels[inStep * STRIDE + inTile] = at < depth ? queryValue : 0f;
                    panels[(STEP + inStep) * STRIDE + inTile] = at < depth ? keyValue : 0f;
                }
                context.localBarrier();
                for (int inStep = 0; inStep < STEP; inStep++) {
                    for (int i = 0; i < 4; i++) {
                        left[i] = panels[inStep * STRIDE + 4 * itemY + i];
                    }
                    for (int j = 0; j < 4; j++) {
                        float right = panels[(STEP + inStep) * STRIDE + itemX + 16 * j];
                        for (int i = 0; i < 4; i++) {
                            products[4 * j + i] += left[i] * right;
                        }
                    }
                }
                context.localBarrier();
            }
            for (int j = 0; j < 4; j++) {
                int key = itemX + 16 * j;
                for (int i = 0; i < 4; i++) {
                    scores[key * STRIDE + 4 * itemY + i] =
                            firstKey + key < tokens ? products[4 * j + i] : LOWEST;
                }
            }
            context.localBarrier();

            float highest = LOWEST;
            for (int i = 0; i < TILE / 4; i++) {
                highest =
                        TornadoMath.max(
                                highest, scores[(quarter * (TILE / 4) + i) * STRIDE + query]);
            }
            quarters[item] = highest;
            context.localBarrier();
            highest =
                    TornadoMath.max(
                            TornadoMath.max(quarters[query], quarters[TILE + query]),
                            TornadoMath.max(
                                    quarters[2 * TILE + query], quarters[3 * TILE + query]));
            highest = TornadoMath.max(largest, highest);
            // what has been summed so far was relative to the largest score so far
            float factor = TornadoMath.exp(largest - highest);
            largest = highest;
            float sum = 0f;
            for (int i = 0; i < TILE / 4; i++) {
                int at = (quarter * (TILE / 4) + i) * STRIDE + query;
                float probability = TornadoMath.exp(scores[at] - highest);
                scores[at] = probability;
                sum += probability;
            }
            quarters[GROUP + item] = sum;
            if (quarter == 0) {
                factors[query] = factor;
            }
            context.localBarrier();
            total =
                    total * factor
                            + (quarters[GROUP + query] + quarters[GROUP + TILE + query])
                            + (quarters[GROUP + 2 * TILE + query]
                                    + quarters[GROUP + 3 * TILE + query]);

            for (int i = 0; i < 4; i++) {
                float earlier = factors[4 * itemY + i];
                for (int j = 0; j < 8; j++) {
                    sums[8 * i + j] *= earlier;
                }
            }
            for (int first = 0; first < TILE; first += STEP) {
                for (int i = 0; i < (deep ? 8 : 4); i++) {
                    int at = deep ? item % DEEPEST : item % TILE;
                    int inStep = deep ? item / DEEPEST + 2 * i : item / TILE + 4 * i;
                    int key = TornadoMath.min(firstKey + first + inStep, tokens - 1);
                    int held = TornadoMath.min(at, depth - 1);
                    panels[inStep * VALUES + at] = qkv.get(valuesAt + key * 3 * width + held);
                }
                context.localBarrier();
                for (int inStep = 0; inStep < STEP; inStep++) {
                    for (int i = 0; i < 4; i++) {
                        left[i] = scores[(first + inStep) * STRIDE + 4 * itemY + i];
                    }
                    for (int j = 0; j < 4; j++) {
                        float right = panels[inStep * VALUES + 4 * itemX + j];
                        for (int i = 0; i < 4; i++) {
                            sums[8 * i + j] += left[i] * right;
                        }
                    }
                    if (deep) {
                        for (int j = 0; j < 4; j++) {
                            float right = panels[inStep * VALUES + TILE + 4 * itemX + j];
                            for (int i = 0; i < 4; i++) {
                                sums[8 * i + 4 + j] += left[i] * right;
                            }
                        }
                    }
                }
                context.localBarrier();
            }
        }

        if (quarter == 0) {
            factors[query] = 1f / total;
            if (keep != 0) {
                if (firstQuery + query < tokens) {
                    y.set(logSumExpAt + firstQuery + query, largest + TornadoMath.log(total));
                }
            }
        }
        context.localBarrier();
        for (int i = 0; i < 4; i++) {
            int q = firstQuery + 4 * itemY + i;
            float share = factors[4 * itemY + i];
            for (int j = 0; j < 4; j++) {
                int at = 4 * itemX + j;
                if (q < tokens && at < depth) {
                    y.set(yAt + q * width + at, sums[8 * i + j] * share);
                }
                if (deep) {
                    if (q < tokens && TILE + at < depth) {
                        y.set(yAt + q * width + TILE + at, sums[8 * i + 4 + j] * share);
                    }
                }
            }
        }
    }
}
