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
 * {@link Attention} for few samples, of which tiles of 64 queries would leave most of a device
 * idle: a work-group takes 16 queries of one head and up to 256 keys at once, 4 × 4 scores a work
 * item. See {@code docs/kernels/attention.md}.
 */
public final class AttentionFew {
    private static final int GROUP = Geometry.GROUP;
    private static final int QUERIES = 16;

    /** Items that share 4 queries, each with keys and columns of its own. */
    private static final int LANES = 64;

    /** Most keys of an item, and of a work-group at once. */
    private static final int EACH = 4;

    private static final int KEYS = LANES * EACH;

    /** Depth of a panel of keys. */
    private static final int STEP = 16;

    private static final int STEPS = Attention.DEEPEST / STEP;

    /** Rows of a panel of keys begin 4 banks apart, as do those of queries and probabilities. */
    private static final int STRIDE = KEYS + 4;

    private static final int PANEL = STEP * STRIDE;
    private static final int ROW = QUERIES + 4;

    /** Elements of a panel, of keys or values, that an item brings. */
    private static final int SHARE = STEP * KEYS / GROUP;

    /** Columns of values that an item of each lane computes. */
    private static final int WIDTH = 64;

    // What lies where in local memory. First two panels of keys, and behind them the items' largest
    // scores. Then probabilities and a panel of values in place of the keys. At last what the
    // quarters of the lanes have summed, and the items' sums of probabilities in place of their
    // largest scores.
    private static final int VALUES = KEYS * ROW;
    private static final int LANED = 2 * PANEL;
    private static final int SIZE = LANED + LANES * QUERIES;

    /** Below every score; not infinite, which fast mathematics need not respect. */
    private static final float LOWEST = -1e30f;

    private AttentionFew() {}

    static void record(Tasks tasks, AttentionOp.Attention op) {
        int samples = op.qkv().dim(0);
        int tokens = op.qkv().dim(1);
        int heads = op.heads();
        int depth = Attention.depth(op.y(), heads);
        int keep = op.logSumExp().isPresent() ? 1 : 0;
        Arguments arguments =
                tasks.arguments()
                        .tensor(Attention.QKV, op.qkv())
                        .result(Attention.Y, op.y())
                        .alongside(Attention.LOG_SUM_EXP, op.logSumExp(), Attention.Y);
        tasks.add(
                "attentionOfFew",
                geometry(samples, tokens, heads),
                arguments,
                List.of(tokens, heads, depth, keep),
                (graph, id, at) ->
                        graph.task(
                                id,
                                AttentionFew::attentionOfFew,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(Attention.QKV),
                                at.array(Attention.Y),
                                at.column(),
                                tokens,
                                heads,
                                depth,
                                keep));
    }

    /** A work-group for 16 queries of each head of each sample. */
    private static Geometry geometry(int samples, int tokens, int heads) {
        return Geometry.groups(Geometry.ceil(tokens, QUERIES), heads, samples);
    }

    /** All as for {@link Attention#attentionForward}. */
    public static void attentionOfFew(
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
        int queriesAt =
                offsets.get(entry + Attention.QKV) + sample * tokens * 3 * width + head * depth;
        int keysAt = queriesAt + width;
        int valuesAt = keysAt + width;
        int yAt = offsets.get(entry + Attention.Y) + sample * tokens * width + head * depth;
        int logSumExpAt =
                offsets.get(entry + Attention.LOG_SUM_EXP) + (sample * heads + head) * tokens;
        int firstQuery = context.groupIdx * QUERIES;
        float scale = 1f / TornadoMath.sqrt((float) depth);

        // constants of the compiled kernel, as the shapes are
        int each = tokens > KEYS - LANES ? EACH : (tokens + LANES - 1) / LANES;
        int keys = LANES * each;
        int steps = (depth + STEP - 1) / STEP;
        boolean deep = depth > WIDTH;
        int columns = deep ? 2 * WIDTH : WIDTH;
        int inPanel = GROUP * SHARE / columns;
        int inQuarter = inPanel / 4;
        int panels = keys / inPanel;
        boolean wholeQueries = tokens % QUERIES == 0;
        boolean wholeKeys = tokens % keys == 0;
        boolean wholeDepth = depth % STEP == 0;
        int swap = each == EACH ? 2 : 0;

        // Items item and item ^ 1 have the same lane, item and item ^ 2 the same queries: then a
        // load of 4 neighbours takes an NVIDIA device two turns instead of four.
        int item = context.localIdx;
        int lane = item / 32 * 8 + item / 2 % 8;
        int queries = 4 * (item % 2 + item / 16 % 2 * 2);
        int quarter = lane / 16;
        int columnsAt = 4 * (lane % 16);
        // For the panels of keys, of which 32 items bring two keys of 16 depths: to meet in no
        // bank, those of the deeper 8 change places with the next two.
        int itemDepth = item % STEP;
        int itemKey = item / STEP;
        int itemPlace = itemDepth * STRIDE + (itemKey ^ itemDepth / 8 * swap);
        // For the panels of values.
        int itemValue = item / columns;
        int itemColumn =
                depth == columns ? item % columns : TornadoMath.min(item % columns, depth - 1);
        // Where an item's elements of the first panels are. The others lie constants away; beyond
        // the last key stands the last.
        int stride = 3 * width;
        int keyAt = keysAt + itemKey * stride + itemDepth;
        int valueAt = valuesAt + itemValue * stride + itemColumn;

        float[] held = context.allocateFloatLocalArray(Attention.DEEPEST * ROW);
        float[] shared = context.allocateFloatLocalArray(SIZE);
        float[] quarters = context.allocateFloatLocalArray(4 * QUERIES);
        // 4 queries of each key, and of each column
        float[] scores = new float[4 * EACH];
        float[] sums = new float[32];
        float[] left = new float[4];
        float[] right = new float[4];
        float[] largest = new float[4];
        float[] highest = new float[4];
        float[] totals = new float[4];
        // what is on its way from memory while a panel is multiplied
        float[] next = new float[SHARE];
        float[] first = new float[STEPS];
        for (int i = 0; i < 32; i++) {
            sums[i] = 0f;
        }
        for (int i = 0; i < 4; i++) {
            largest[i] = LOWEST;
            totals[i] = 0f;
        }

        int ownQuery = TornadoMath.min(firstQuery + itemKey, tokens - 1);
        for (int step = 0; step < steps; step++) {
            int at = step * STEP + itemDepth;
            int inside = wholeDepth ? at : TornadoMath.min(at, depth - 1);
            first[step] = qkv.get(queriesAt + ownQuery * stride + inside);
        }
        int shallow = wholeDepth ? 0 : TornadoMath.max(0, itemDepth - depth + 1);
        for (int i = 0; i < STEP * keys / GROUP; i++) {
            int key = itemKey + i * (GROUP / STEP);
            int beyond = wholeKeys ? 0 : TornadoMath.max(0, key - tokens + 1);
            next[i] = qkv.get(keyAt - shallow + i * (GROUP / STEP) * stride - beyond * stride);
        }
        // Beyond the depth the queries are 0, so it does not matter what the keys are.
        for (int step = 0; step < steps; step++) {
            int at = step * STEP + itemDepth;
            held[at * ROW + itemKey] = wholeDepth || at < depth ? first[step] * scale : 0f;
        }

        for (int firstKey = 0; firstKey < tokens; firstKey += keys) {
            for (int i = 0; i < 4 * EACH; i++) {
                scores[i] = 0f;
            }
            // The next panel is asked for before the barrier: behind it, a device's compiler may
            // put that off until the products are done that are to hide the wait.
            for (int step = 0; step < steps; step++) {
                int panel = step % 2 * PANEL;
                for (int i = 0; i < STEP * keys / GROUP; i++) {
                    shared[panel + itemPlace + i * (GROUP / STEP)] = next[i];
                }
                if (step + 1 < steps) {
                    int at = (step + 1) * STEP;
                    int deeper = wholeDepth ? 0 : TornadoMath.max(0, at + itemDepth - depth + 1);
                    int from = keyAt + firstKey * stride + at - deeper;
                    for (int i = 0; i < STEP * keys / GROUP; i++) {
                        int key = firstKey + itemKey + i * (GROUP / STEP);
                        int beyond = wholeKeys ? 0 : TornadoMath.max(0, key - tokens + 1);
                        next[i] = qkv.get(from + i * (GROUP / STEP) * stride - beyond * stride);
                    }
                } else {
                    int from = valueAt + firstKey * stride;
                    for (int i = 0; i < SHARE; i++) {
                        int key = firstKey + itemValue + i * (GROUP / columns);
                        int beyond = wholeKeys ? 0 : TornadoMath.max(0, key - tokens + 1);
                        next[i] = qkv.get(from + i * (GROUP / columns) * stride - beyond * stride);
                    }
                }
                context.localBarrier();
                int firstHeld = step * STEP * ROW + queries;
                int firstShared = panel + each * lane;
                // TornadoVM unrolls two loops completely and leaves one as it is, in which four
                // neighbours may be loaded one by one: docs/tornadovm.md.
                for (int two = 0; two < STEP / 2; two += 2) {
                    for (int inStep = two; inStep < two + 2; inStep++) {
                        int query = firstHeld + inStep * ROW;
                        int key = firstShared + inStep * STRIDE;
                        for (int i = 0; i < 4; i++) {
                            left[i] = held[query + i];
                        }
                        for (int j = 0; j < each; j++) {
                            right[j] = shared[key + j];
                        }
                        for (int j = 0; j < each; j++) {
                            for (int i = 0; i < 4; i++) {
                                scores[4 * j + i] += left[i] * right[j];
                            }
                        }
                        for (int i = 0; i < 4; i++) {
                            left[i] = held[query + STEP / 2 * ROW + i];
                        }
                        for (int j = 0; j < each; j++) {
                            right[j] = shared[key + STEP / 2 * STRIDE + (j ^ swap)];
                        }
                        for (int j = 0; j < each; j++) {
                            for (int i = 0; i < 4; i++) {
                                scores[4 * j + i] += left[i] * right[j];
                            }
                        }
                    }
                }
            }

            for (int i = 0; i < 4; i++) {
                highest[i] = LOWEST;
            }
            for (int j = 0; j < each; j++) {
                for (int i = 0; i < 4; i++) {
                    if (!wholeKeys) {
                        scores[4 * j + i] =
                                firstKey + each * lane + j < tokens ? scores[4 * j + i] : LOWEST;
                    }
                    highest[i] = TornadoMath.max(highest[i], scores[4 * j + i]);
                }
            }
            for (int i = 0; i < 4; i++) {
                shared[LANED + lane * QUERIES + queries + i] = highest[i];
            }
            context.localBarrier();
            // of every query four items find the largest score of a quarter of the lanes
            if (item < 4 * QUERIES) {
                float ofQuarter = LOWEST;
                for (int i = 0; i < LANES / 4; i++) {
                    ofQuarter = TornadoMath.max(ofQuarter, shared[LANED + i * 4 * QUERIES + item]);
                }
                quarters[item] = ofQuarter;
            }
            context.localBarrier();
            for (int i = 0; i < 4; i++) {
                highest[i] = largest[i];
            }
            for (int l = 0; l < 4; l++) {
                for (int i = 0; i < 4; i++) {
                    highest[i] = TornadoMath.max(highest[i], quarters[l * QUERIES + queries + i]);
                }
            }
            // what has been summed so far was relative to the largest score so far
            for (int i = 0; i < 4; i++) {
                float factor = TornadoMath.exp(largest[i] - highest[i]);
                largest[i] = highest[i];
                totals[i] *= factor;
                for (int j = 0; j < 8; j++) {
                    sums[4 * j + i] *= factor;
                }
            }
            for (int j = 0; j < each; j++) {
                for (int i = 0; i < 4; i++) {
                    float probability = TornadoMath.exp(scores[4 * j + i] - highest[i]);
                    totals[i] += probability;
                    shared[(each * lane + j) * ROW + queries + i] = probability;
                }
            }

            for (int panel = 0; panel < panels; panel++) {
                for (int i = 0; i < SHARE; i++) {
                    shared[VALUES + item + i * GROUP] = next[i];
                }
                if (panel + 1 < panels) {
                    int above = firstKey + (panel + 1) * inPanel;
                    int from = valueAt + above * stride;
                    for (int i = 0; i < SHARE; i++) {
                        int key = above + itemValue + i * (GROUP / columns);
                        int beyond = wholeKeys ? 0 : TornadoMath.max(0, key - tokens + 1);
                        next[i] = qkv.get(from + i * (GROUP / columns) * stride - beyond * stride);
                    }
                } else if (firstKey + keys < tokens) {
                    int above = firstKey + keys;
                    int from = keyAt + above * stride - shallow;
                    for (int i = 0; i < STEP * keys / GROUP; i++) {
                        int key = above + itemKey + i * (GROUP / STEP);
                        int beyond = wholeKeys ? 0 : TornadoMath.max(0, key - tokens + 1);
                        next[i] = qkv.get(from + i * (GROUP / STEP) * stride - beyond * stride);
                    }
                }
                context.localBarrier();
                int firstRow = (panel * inPanel + quarter * inQuarter) * ROW + queries;
                int firstValue = VALUES + quarter * inQuarter * columns + columnsAt;
                for (int two = 0; two < inQuarter; two += 2) {
                    for (int i = 0; i < 2; i++) {
                        int probability = firstRow + (two + i) * ROW;
                        int value = firstValue + (two + i) * columns;
                        for (int q = 0; q < 4; q++) {
                            left[q] = shared[probability + q];
                        }
                        for (int j = 0; j < 4; j++) {
                            right[j] = shared[value + j];
                        }
                        for (int j = 0; j < 4; j++) {
                            for (int q = 0; q < 4; q++) {
                                sums[4 * j + q] += left[q] * right[j];
                            }
                        }
                        if (deep) {
                            for (int j = 0; j < 4; j++) {
                                right[j] = shared[value + WIDTH + j];
                            }
                            for (int j = 0; j < 4; j++) {
                                for (int q = 0; q < 4; q++) {
                                    sums[16 + 4 * j + q] += left[q] * right[j];
                                }
                            }
                        }
                    }
                }
                context.localBarrier();
            }
        }

        for (int q = 0; q < 4; q++) {
            int at = (quarter * QUERIES + queries + q) * columns + columnsAt;
            for (int j = 0; j < 4; j++) {
                shared[at + j] = sums[4 * j + q];
            }
            if (deep) {
                for (int j = 0; j < 4; j++) {
                    shared[at + WIDTH + j] = sums[16 + 4 * j + q];
                }
            }
            shared[LANED + lane * QUERIES + queries + q] = totals[q];
        }
        context.localBarrier();
        if (item < 4 * QUERIES) {
            float ofQuarter = 0f;
            for (int i = 0; i < LANES / 4; i++) {
                ofQuarter += shared[LANED + i * 4 * QUERIES + item];
            }
            quarters[item] = ofQuarter;
        }
        context.localBarrier();
        // In an order in which neighbouring items write neighbouring elements, and all of an item's
        // before the first is written, since no compiler reads on past a write.
        for (int i = 0; i < QUERIES * columns / GROUP; i++) {
            int at = item + i * GROUP;
            int query = at / columns;
            float total =
                    quarters[query]
                            + quarters[QUERIES + query]
                            + (quarters[2 * QUERIES + query] + quarters[3 * QUERIES + query]);
            float sum =
                    shared[at]
                            + shared[QUERIES * columns + at]
                            + (shared[2 * QUERIES * columns + at]
                                    + shared[3 * QUERIES * columns + at]);
            scores[i] = sum / total;
        }
        for (int i = 0; i < QUERIES * columns / GROUP; i++) {
            int query = firstQuery + (item + i * GROUP) / columns;
            int inRow = item % columns;
            if ((wholeQueries || query < tokens) && (depth == columns || inRow < depth)) {
                y.set(yAt + query * width + inRow, scores[i]);
            }
        }
        if (keep != 0) {
            for (int i = 0; i < 4; i++) {
                int query = queries + i;
                float total =
                        quarters[query]
                                + quarters[QUERIES + query]
                                + (quarters[2 * QUERIES + query] + quarters[3 * QUERIES + query]);
                if (lane == 0 && firstQuery + query < tokens) {
                    y.set(logSumExpAt + firstQuery + query, largest[i] + TornadoMath.log(total));
                }
            }
        }
    }
}
