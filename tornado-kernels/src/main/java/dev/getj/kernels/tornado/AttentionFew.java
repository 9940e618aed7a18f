package dev.getj.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link Attention} for few samples, of which tiles of 64 queries would leave most of a device
 * idle: a work-group takes 16 queries of one head, 16 work items each, and goes through the keys 64
 * at a time in the same way.
 */
public final class AttentionFew {
    /** With fewer of {@link Attention}'s tiles than this, a large device is idle. */
    public static final int MOST_TILES = 128;

    private static final int QUERIES = 16;
    private static final int LANES = 16;
    private static final int KEYS = 64;
    // odd, so that rows begin in different banks
    private static final int STRIDE = Attention.DEEPEST + 1;
    private static final int SCORES = KEYS + 1;
    private static final int GROUP = Geometry.GROUP;
    // elements of a panel that an item brings, of the deepest heads
    private static final int SHARE = KEYS * Attention.DEEPEST / GROUP;
    private static final float LOWEST = -1e30f;

    private AttentionFew() {}

    /** A work-group for 16 queries of each head of each sample. */
    public static Geometry geometry(int samples, int tokens, int heads) {
        return Geometry.groups(Geometry.ceil(tokens, QUERIES), heads, samples);
    }

    /** All as for {@link Attention#attentionForward}. */
    public static void attentionOfFew(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray qkv,
            FloatArray y,
            int column,
            int tokens,
            int heads,
            int depth,
            int keep) {
        int entry = row.get(0) + column;
        int width = heads * depth;
        int head = context.groupIdy;
        int sample = context.groupIdz;
        int queriesAt = offsets.get(entry) + sample * tokens * 3 * width + head * depth;
        int keysAt = queriesAt + width;
        int valuesAt = keysAt + width;
        int yAt = offsets.get(entry + 1) + sample * tokens * width + head * depth;
        int logSumExpAt = offsets.get(entry + 2) + (sample * heads + head) * tokens;
        int firstQuery = context.groupIdx * QUERIES;
        float scale = 1f / TornadoMath.sqrt((float) depth);

        // An item has one query, the keys lane, lane + 16, … and of the result the same columns.
        int item = context.localIdx;
        int query = item / LANES;
        int lane = item % LANES;
        int held = TornadoMath.min(firstQuery + query, tokens - 1);
        float[] queries = context.allocateFloatLocalArray(QUERIES * STRIDE);
        // keys, then values
        float[] panel = context.allocateFloatLocalArray(KEYS * STRIDE);
        float[] scores = context.allocateFloatLocalArray(QUERIES * SCORES);
        float[] products = new float[4];
        // what is on its way from memory while the panel is multiplied
        float[] next = new float[SHARE];
        float[] sums = new float[8];
        for (int i = 0; i < 8; i++) {
            sums[i] = 0f;
        }
        for (int at = lane; at < depth; at += LANES) {
            queries[query * STRIDE + at] = qkv.get(queriesAt + held * 3 * width + at) * scale;
        }
        float largest = LOWEST;
        float total = 0f;
        int share = (KEYS * depth + GROUP - 1) / GROUP;
        for (int i = 0; i < share; i++) {
            int at = TornadoMath.min(item + i * GROUP, KEYS * depth - 1);
            int key = TornadoMath.min(0 + at / depth, tokens - 1);
            next[i] = qkv.get(keysAt + key * 3 * width + at % depth);
        }

        for (int firstKey = 0; firstKey < tokens; firstKey += KEYS) {
            for (int i = 0; i < share; i++) {
                int at = TornadoMath.min(item + i * GROUP, KEYS * depth - 1);
                panel[at / depth * STRIDE + at % depth] = next[i];
            }
            context.localBarrier();
            for (int i = 0; i < share; i++) {
                int at = TornadoMath.min(item + i * GROUP, KEYS * depth - 1);
                int key = TornadoMath.min(firstKey + at / depth, tokens - 1);
                next[i] = qkv.get(valuesAt + key * 3 * width + at % depth);
            }
            for (int j = 0; j < 4; j++) {
                products[j] = 0f;
            }
            for (int at = 0; at < depth; at++) {
                float left = queries[query * STRIDE + at];
                for (int j = 0; j < 4; j++) {
                    products[j] += left * panel[(lane + LANES * j) * STRIDE + at];
                }
            }
            for (int j = 0; j < 4; j++) {
                int key = lane + LANES * j;
                scores[query * SCORES + key] = firstKey + key < tokens ? products[j] : LOWEST;
            }
            context.localBarrier();

            float highest = largest;
            for (int key = 0; key < KEYS; key++) {
                highest = TornadoMath.max(highest, scores[query * SCORES + key]);
            }
            // what has been summed so far was relative to the largest score so far
            float factor = TornadoMath.exp(largest - highest);
            largest = highest;
            context.localBarrier();
            for (int j = 0; j < 4; j++) {
                int at = query * SCORES + lane + LANES * j;
                scores[at] = TornadoMath.exp(scores[at] - highest);
            }
            for (int i = 0; i < share; i++) {
                int at = TornadoMath.min(item + i * GROUP, KEYS * depth - 1);
                panel[at / depth * STRIDE + at % depth] = next[i];
            }
            context.localBarrier();
            for (int i = 0; i < share; i++) {
                int at = TornadoMath.min(item + i * GROUP, KEYS * depth - 1);
                int key = TornadoMath.min(firstKey + KEYS + at / depth, tokens - 1);
                next[i] = qkv.get(keysAt + key * 3 * width + at % depth);
            }
            float sum = 0f;
            for (int i = 0; i < 8; i++) {
                sums[i] *= factor;
            }
            for (int key = 0; key < KEYS; key++) {
                float probability = scores[query * SCORES + key];
                sum += probability;
                for (int i = 0; i < 4; i++) {
                    sums[i] += probability * panel[key * STRIDE + lane + LANES * i];
                }
                if (depth > KEYS) {
                    for (int i = 4; i < 8; i++) {
                        sums[i] += probability * panel[key * STRIDE + lane + LANES * i];
                    }
                }
            }
            total = total * factor + sum;
            context.localBarrier();
        }

        float inverse = 1f / total;
        if (firstQuery + query < tokens) {
            for (int i = 0; i < 8; i++) {
                if (lane + LANES * i < depth) {
                    y.set(yAt + held * width + lane + LANES * i, sums[i] * inverse);
                }
            }
            if (keep != 0) {
                if (lane == 0) {
                    y.set(logSumExpAt + held, largest + TornadoMath.log(total));
                }
            }
        }
    }
}
