package dev.getj.kernels.tornado.attention;

import dev.getj.kernels.op.AttentionOp;
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
 * Gradient of the queries. Scores are computed again, 64 × 64 at a time, and probabilities from
 * them and logSumExp, so a work-group has its queries to itself and nothing is added from two
 * sides.
 */
public final class AttentionBackward {
    // The tensors of each kernel, as both sides number them.
    static final int D_Y = 0;
    static final int QKV = 1;
    static final int LOG_SUM_EXP = 2;
    static final int D_QKV = 3;

    private static final int TILE = Attention.TILE;
    private static final int STEP = Attention.STEP;
    private static final int STRIDE = Attention.STRIDE;
    private static final int DEEPEST = Attention.DEEPEST;
    private static final int VALUES = Attention.VALUES;
    private static final int PANEL = STEP * STRIDE;
    private static final int GROUP = Geometry.GROUP;

    private AttentionBackward() {}

    static void record(Tasks tasks, AttentionOp.AttentionBackward op) {
        int samples = op.qkv().dim(0);
        int tokens = op.qkv().dim(1);
        int heads = op.heads();
        int depth = Attention.depth(op.y(), heads);
        int slopes = AttentionSlopes.record(tasks, op);
        Arguments arguments =
                tasks.arguments()
                        .tensor(D_Y, op.dY())
                        .tensor(QKV, op.qkv())
                        .tensor(LOG_SUM_EXP, op.logSumExp())
                        .scratch(slopes)
                        .tensor(D_QKV, op.dQkv());
        tasks.add(
                "attentionQueriesBackward",
                Attention.geometry(samples, tokens, heads),
                arguments,
                List.of(tokens, heads, depth),
                (graph, id, at) ->
                        graph.task(
                                id,
                                AttentionBackward::attentionQueriesBackward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(D_Y),
                                at.array(QKV),
                                at.array(LOG_SUM_EXP),
                                at.scratch(),
                                at.array(D_QKV),
                                at.column(),
                                tokens,
                                heads,
                                depth));
        tasks.add(
                "attentionKeysBackward",
                Attention.geometry(samples, tokens, heads),
                arguments,
                List.of(tokens, heads, depth),
                (graph, id, at) ->
                        graph.task(
                                id,
                                AttentionKeysBackward::attentionKeysBackward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(D_Y),
                                at.array(QKV),
                                at.array(LOG_SUM_EXP),
                                at.scratch(),
                                at.array(D_QKV),
                                at.column(),
                                tokens,
                                heads,
                                depth));
    }

    /**
     * {@code dQ = dS·K/√d} with {@code dS = P ⊙ (dY·Vᵀ − D)}. Tensors: dY [B, tokens, heads,
     * depth], qkv [B, tokens, 3, heads, depth], logSumExp [B, heads, tokens], dQkv like qkv, of
     * which dQ is written; scratch: slopes.
     */
    public static void attentionQueriesBackward(
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
        int dYAt = offsets.get(entry + D_Y) + sample * tokens * width + head * depth;
        int queriesAt = offsets.get(entry + QKV) + inQkv;
        int keysAt = queriesAt + width;
        int valuesAt = keysAt + width;
        int logSumExpAt = offsets.get(entry + LOG_SUM_EXP) + inHeads;
        int dQueriesAt = offsets.get(entry + D_QKV) + inQkv;
        int firstQuery = context.groupIdx * TILE;
        float scale = 1f / TornadoMath.sqrt((float) depth);
        boolean deep = depth > TILE;

        int item = context.localIdx;
        int itemX = item % 16;
        int itemY = item / 16;
        // panels of queries, keys, dY and values, [STEP, STRIDE] each; or one of keys, [STEP,
        // VALUES]
        float[] panels = context.allocateFloatLocalArray(4 * PANEL);
        // dS, [key, query]
        float[] scores = context.allocateFloatLocalArray(TILE * STRIDE);
        float[] products = new float[16];
        float[] dProducts = new float[16];
        float[] sums = new float[32];
        float[] left = new float[4];
        float[] dLeft = new float[4];
        float[] logSums = new float[4];
        float[] means = new float[4];
        for (int i = 0; i < 32; i++) {
            sums[i] = 0f;
        }
        for (int i = 0; i < 4; i++) {
            int q = TornadoMath.min(firstQuery + 4 * itemY + i, tokens - 1);
            logSums[i] = logSumExp.get(logSumExpAt + q);
            means[i] = slopes.get(inHeads + q);
        }

        for (int firstKey = 0; firstKey < tokens; firstKey += TILE) {
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
                    float queryValue = qkv.get(queriesAt + q * 3 * width + held) * scale;
                    float keyValue = qkv.get(keysAt + k * 3 * width + held);
                    float dYValue = dY.get(dYAt + q * width + held);
                    float value = qkv.get(valuesAt + k * 3 * width + held);
                    int to = inStep * STRIDE + inTile;
                    panels[to] = at < depth ? queryValue : 0f;
                    panels[to + PANEL] = at < depth ? keyValue : 0f;
                    panels[to + 2 * PANEL] = at < depth ? dYValue : 0f;
                    panels[to + 3 * PANEL] = at < depth ? value : 0f;
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
                int key = itemX + 16 * j;
                for (int i = 0; i < 4; i++) {
                    float probability = TornadoMath.exp(products[4 * j + i] - logSums[i]);
                    float slope = probability * (dProducts[4 * j + i] - means[i]) * scale;
                    scores[key * STRIDE + 4 * itemY + i] = firstKey + key < tokens ? slope : 0f;
                }
            }

            for (int first = 0; first < TILE; first += STEP) {
                for (int i = 0; i < (deep ? 8 : 4); i++) {
                    int at = deep ? item % DEEPEST : item % TILE;
                    int inStep = deep ? item / DEEPEST + 2 * i : item / TILE + 4 * i;
                    int key = TornadoMath.min(firstKey + first + inStep, tokens - 1);
                    int held = TornadoMath.min(at, depth - 1);
                    panels[inStep * VALUES + at] = qkv.get(keysAt + key * 3 * width + held);
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

        for (int i = 0; i < 4; i++) {
            int q = firstQuery + 4 * itemY + i;
            for (int j = 0; j < 4; j++) {
                int at = 4 * itemX + j;
                if (q < tokens && at < depth) {
                    dQkv.set(dQueriesAt + q * 3 * width + at, sums[8 * i + j]);
                }
                if (deep) {
                    if (q < tokens && TILE + at < depth) {
                        dQkv.set(dQueriesAt + q * 3 * width + TILE + at, sums[8 * i + 4 + j]);
                    }
                }
            }
        }
    }
}
