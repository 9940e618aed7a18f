package dev.getj.kernels.tornado.attention;

import dev.getj.kernels.op.AttentionOp;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.Halves;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

import java.util.List;

/**
 * What gradients of attention need first: {@code D = dY·y} of each query and head, which is the
 * mean of dP under its probabilities.
 */
public final class AttentionSlopes {
    // The tensors of each kernel, as both sides number them.
    private static final int D_Y = 0;
    private static final int Y = 1;

    private AttentionSlopes() {}

    /**
     * Adds the task, which leaves slopes [B, heads, tokens] in scratch memory.
     *
     * @return how many there are
     */
    static int record(Tasks tasks, AttentionOp.AttentionBackward op) {
        int samples = op.qkv().dim(0);
        int tokens = op.qkv().dim(1);
        int heads = op.heads();
        int depth = op.y().dim(-1) / heads;
        int slopes = Math.multiplyExact(samples, Math.multiplyExact(tokens, heads));
        if (op.mixed()) {
            recordMixed(tasks, op, slopes, depth);
            return slopes;
        }
        tasks.add(
                "attentionSlopes",
                Geometry.items(tokens, Math.multiplyExact(samples, heads)),
                tasks.arguments().tensor(D_Y, op.dY()).tensor(Y, op.y()).scratch(slopes),
                List.of(tokens, heads, depth),
                (graph, id, at) ->
                        graph.task(
                                id,
                                AttentionSlopes::attentionSlopes,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(D_Y),
                                at.array(Y),
                                at.scratch(),
                                at.column(),
                                tokens,
                                heads,
                                depth));
        return slopes;
    }

    private static void recordMixed(
            Tasks tasks, AttentionOp.AttentionBackward op, int slopes, int depth) {
        int samples = op.qkv().dim(0);
        int tokens = op.qkv().dim(1);
        int heads = op.heads();
        int format = Halves.format(op.qkv().dtype());
        tasks.add(
                "attentionMixedSlopes",
                Geometry.items(Math.multiplyExact(tokens, heads), samples),
                tasks.arguments().halves(D_Y, op.dY()).halves(Y, op.y()).scratch(slopes),
                List.of(tokens, heads, depth, format),
                (graph, id, at) ->
                        graph.task(
                                id,
                                AttentionSlopes::attentionMixedSlopes,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.words(D_Y),
                                at.words(Y),
                                at.scratch(),
                                at.column(),
                                tokens,
                                heads,
                                depth,
                                format));
    }

    /**
     * {@code D = Σ_i dY_i·y_i}, which is the mean of dP under the probabilities. Tensors: dY, y [B,
     * tokens, heads, depth]; scratch: slopes [B, heads, tokens].
     */
    public static void attentionSlopes(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray dY,
            FloatArray y,
            FloatArray slopes,
            int column,
            int tokens,
            int heads,
            int depth) {
        int entry = Entry.of(row, place, column);
        int dYAt = offsets.get(entry + D_Y);
        int yAt = offsets.get(entry + Y);
        int query = context.globalIdx;
        int sample = context.globalIdy / heads;
        int head = context.globalIdy % heads;
        if (query < tokens) {
            int from = ((sample * tokens + query) * heads + head) * depth;
            float sum = 0f;
            for (int i = 0; i < depth; i++) {
                sum += dY.get(dYAt + from + i) * y.get(yAt + from + i);
            }
            slopes.set((sample * heads + head) * tokens + query, sum);
        }
    }

    /**
     * {@link #attentionSlopes} of 16 bits, in which a work item reads words of four numbers.
     *
     * @param depth of a head, a multiple of 4
     * @param format of dY and y, as {@link Halves} has it
     */
    public static void attentionMixedSlopes(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            LongArray dY,
            LongArray y,
            FloatArray slopes,
            int column,
            int tokens,
            int heads,
            int depth,
            int format) {
        int entry = Entry.of(row, place, column);
        int words = depth / 4;
        int i = context.globalIdx;
        int sample = context.globalIdy;
        if (i < tokens * heads) {
            int from = (sample * tokens * heads + i) * words;
            int dYAt = offsets.get(entry + D_Y) + from;
            int yAt = offsets.get(entry + Y) + from;
            float sum = 0f;
            for (int w = 0; w < words; w++) {
                long slope = dY.get(dYAt + w);
                long value = y.get(yAt + w);
                for (int j = 0; j < 4; j++) {
                    sum += Halves.value(slope, j, format) * Halves.value(value, j, format);
                }
            }
            slopes.set((sample * heads + i % heads) * tokens + i / heads, sum);
        }
    }
}
