package dev.getj.kernels.tornado.attention;

import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Gradients of keys and values: {@link AttentionBackward#attentionQueriesBackward} with the parts
 * of queries and keys exchanged. A work-group takes 64 keys of one head and goes through the
 * queries.
 */
public final class AttentionKeysBackward {
    private static final int TILE = Attention.TILE;
    private static final int STEP = Attention.STEP;
    private static final int STRIDE = Attention.STRIDE;
    private static final int DEEPEST = Attention.DEEPEST;
    private static final int VALUES = Attention.VALUES;
    private static final int PANEL = STEP * STRIDE;
    private static final int GROUP = Geometry.GROUP;

    private AttentionKeysBackward() {}

    public static Geometry geometry(int samples, int tokens, int heads) {
        return Attention.geometry(samples, tokens, heads);
    }

    /**
     * {@code dV = Pᵀ·dY} and {@code dK = dSᵀ·Q/√d}. Tensors, scratch and scalars as for {@link
     * AttentionBackward#attentionQueriesBackward}; dK and dV are written.
     */
    public static void attentionKeysBackward(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray dY,
            FloatArray qkv,
            FloatArray logSumExp,
            FloatArray slopes,
            FloatArray dQkv,
            int column,
            int tokens,
            int heads,
            int depth) {
        int entry = Entry.of(row, place, column);
        int width = heads * depth;
        int head = context.groupIdy;
        int sample = context.groupIdz;
        int inQkv = sample * tokens * 3 * width + head * depth;
        int inHeads = (sample * heads + head) * tokens;
        int dYAt =
                offsets.get(entry + AttentionBackward.D_Y) + sample * tokens * width + head * depth;
        int queriesAt = offsets.get(entry + AttentionBackward.QKV) + inQkv;
        int keysAt = queriesAt + width;
        int valuesAt = keysAt + width;
        int logSumExpAt = offsets.get(entry + AttentionBackward.LOG_SUM_EXP) + inHeads;
        int dKeysAt = offsets.get(entry + AttentionBackward.D_QKV) + inQkv + width;
        int dValuesAt = dKeysAt + width;
        int firstKey = context.groupIdx * TILE;
        float scale = 1f / TornadoMath.sqrt((float) depth);
        boolean deep = depth > TILE;

        // for products an item has keys 4·itemY … + 3, and queries itemX, itemX + 16, …
        int item = context.localIdx;
        int itemX = item % 16;
        int itemY = item / 16;
        // panels of keys, queries, values and dY, [STEP, STRIDE] each; or one of dY or queries,
        // [STEP, VALUES]
        float[] panels = context.allocateFloatLocalArray(4 * PANEL);
        // probabilities, then dS, [query, key]
        float[] scores = context.allocateFloatLocalArray(TILE * STRIDE);
        float[] products = new float[16];
        float[] dProducts = new float[16];
        float[] keySums = new float[32];
        float[] valueSums = new float[32];
        float[] left = new float[4];
        float[] dLeft = new float[4];
        for (int i = 0; i < 32; i++) {
            keySums[i] = 0f;
            valueSums[i] = 0f;
        }

        for (int firstQuery = 0; firstQuery < tokens; firstQuery += TILE) {
            for (int i = 0; i < 16; i++) {
                products[i] = 0f;
                dProducts[i] = 0f;
            }
            for (int first = 0; first < depth; first += STEP) {
                for (int i = 0; i < TILE * STEP / GROUP; i++) {
                    int inStep = item % STEP;
                    int inTile = item / STEP + i * (GROUP / STEP);
                    int at = first + inStep;
                    int held = TornadoMath.min(at, depth - 1);
                    int q = TornadoMath.min(firstQuery + inTile, tokens - 1);
                    int k = TornadoMath.min(firstKey + inTile, tokens - 1);
                    float keyValue = qkv.get(keysAt + k * 3 * width + held);
                    float queryValue = qkv.get(queriesAt + q * 3 * width + held) * scale;
                    float value = qkv.get(valuesAt + k * 3 * width + held);
                    float dYValue = dY.get(dYAt + q * width + held);
                    int to = inStep * STRIDE + inTile;
                    panels[to] = at < depth ? keyValue : 0f;
                    panels[to + PANEL] = at < depth ? queryValue : 0f;
                    panels[to + 2 * PANEL] = at < depth ? value : 0f;
                    panels[to + 3 * PANEL] = at < depth ? dYValue : 0f;
                }
                context.localBarrier();
                for (int inStep = 0; inStep < STEP; inStep++) {
                    for (int i = 0; i < 4; i++) {
                        left[i] = panels[inStep * STRIDE + 4 * itemY + i];
                        dLeft[i] = panels[inStep * STRIDE + 2 * PANEL + 4 * itemY + i];
                    }
                    for (int j = 0; j < 4; j++) {
                        float right = panels[inStep * STRIDE + PANEL + itemX + 16 * j];
                        float dRight = panels[inStep * STRIDE + 3 * PANEL + itemX + 16 * j];
                        for (int i = 0; i < 4; i++) {
                            products[4 * j + i] += left[i] * right;
                            dProducts[4 * j + i] += dLeft[i] * dRight;
                        }
                    }
                }
                context.localBarrier();
            }
            for (int j = 0; j < 4; j++) {
                int query = itemX + 16 * j;
                int held = TornadoMath.min(firstQuery + query, tokens - 1);
                float logSum = logSumExp.get(logSumExpAt + held);
                float mean = slopes.get(inHeads + held);
                for (int i = 0; i < 4; i++) {
                    float exponential = TornadoMath.exp(products[4 * j + i] - logSum);
                    float probability = firstQuery + query < tokens ? exponential : 0f;
                    scores[query * STRIDE + 4 * itemY + i] = probability;
                    dProducts[4 * j + i] = probability * (dProducts[4 * j + i] - mean) * scale;
                }
            }

            for (int first = 0; first < TILE; first += STEP) {
                for (int i = 0; i < (deep ? 8 : 4); i++) {
                    int at = deep ? item % DEEPEST : item % TILE;
                    int inStep = deep ? item / DEEPEST + 2 * i : item / TILE + 4 * i;
                    int q = TornadoMath.min(firstQuery + first + inStep, tokens - 1);
                    int held = TornadoMath.min(at, depth - 1);
                    panels[inStep * VALUES + at] = dY.get(dYAt + q * width + held);
                }
                context.localBarrier();
                for (int inStep = 0; inStep < STEP; inStep++) {
                    for (int i = 0; i < 4; i++) {
                        left[i] = scores[(first + inStep) * STRIDE + 4 * itemY + i];
                    }
                    for (int j = 0; j < 4; j++) {
                        float right = panels[inStep * VALUES + 4 * itemX + j];
                        for (int i = 0; i < 4; i++) {
                            valueSums[8 * i + j] += left[i] * right;
                        }
                    }
                    if (deep) {
                        for (int j = 0; j < 4; j++) {
                            float right = panels[inStep * VALUES + TILE + 4 * itemX + j];
                            for (int i = 0; i < 4; i++) {
                                valueSums[8 * i + 4 + j] += left[i] * right;
                            }
                        }
                    }
                }
                context.localBarrier();
            }

            for (int j = 0; j < 4; j++) {
                for (int i = 0; i < 4; i++) {
                    scores[(itemX + 16 * j) * STRIDE + 4 * itemY + i] = dProducts[4 * j + i];
                }
            }
            for (int first = 0; first < TILE; first += STEP) {
                for (int i = 0; i < (deep ? 8 : 4); i++) {
                    int at = deep ? item % DEEPEST : item % TILE;
                    int inStep = deep ? item / DEEPEST + 2 * i : item / TILE + 4 * i;
                    int q = TornadoMath.min(firstQuery + first + inStep, tokens - 1);
                    int held = TornadoMath.min(at, depth - 1);
                    panels[inStep * VALUES + at] = qkv.get(queriesAt + q * 3 * width + held);
                }
                context.localBarrier();
                for (int inStep = 0; inStep < STEP; inStep++) {
                    for (int i = 0; i < 4; i++) {
                        left[i] = scores[(first + inStep) * STRIDE + 4 * itemY + i];
                    }
                    for (int j = 0; j < 4; j++) {
                        float right = panels[inStep * VALUES + 4 * itemX + j];
                        for (int i = 0; i < 4; i++) {
                            keySums[8 * i + j] += left[i] * right;
                        }
                    }
                    if (deep) {
                        for (int j = 0; j < 4; j++) {
                            float right = panels[inStep * VALUES + TILE + 4 * itemX + j];
                            for (int i = 0; i < 4; i++) {
                                keySums[8 * i + 4 + j] += left[i] * right;
                            }
                        }
                    }
                }
                context.localBarrier();
            }
        }

        for (int i = 0; i < 4; i++) {
            int k = firstKey + 4 * itemY + i;
            for (int j = 0; j < 4; j++) {
                int at = 4 * itemX + j;
                if (k < tokens && at < depth) {
                    dQkv.set(dKeysAt + k * 3 * width + at, keySums[8 * i + j]);
                    dQkv.set(dValuesAt + k * 3 * width + at, valueSums[8 * i + j]);
                }
                if (deep) {
                    if (k < tokens && TILE + at < depth) {
                        dQkv.set(dKeysAt + k * 3 * width + TILE + at, keySums[8 * i + 4 + j]);
                        dQkv.set(dValuesAt + k * 3 * width + TILE + at, valueSums[8 * i + 4 + j]);
                    }
                }
            }
        }
    }
}
