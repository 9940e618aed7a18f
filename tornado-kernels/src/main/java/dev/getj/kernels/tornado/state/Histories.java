package dev.getj.kernels.tornado.state;

import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

/**
 * What solvers compute on a history of states, sample by sample. Inner products are cut into blocks
 * and added as in {@link Norms}: nothing depends on the batch.
 */
public final class Histories {
    // The tensors of each kernel, as both sides number them.
    private static final int HISTORY = 0;
    private static final int X = 1;
    private static final int DOTS = 0;
    private static final int COEFFICIENTS = 0;
    private static final int COMBINED = 1;
    private static final int Y = 2;

    private static final int GROUP = Geometry.GROUP;
    private static final int OF_ITEM = 16;
    private static final int BLOCK = GROUP * OF_ITEM;

    private Histories() {}

    static void record(Tasks tasks, StateOp.InnerProducts op) {
        int states = op.history().dim(0);
        int samples = op.x().dim(0);
        int length = op.x().size() / samples;
        int blocks = Geometry.ceil(length, BLOCK);
        int count = Math.multiplyExact(states, samples);
        int partial = Math.multiplyExact(count, blocks);
        Arguments arguments =
                tasks.arguments().tensor(HISTORY, op.history()).tensor(X, op.x()).scratch(partial);
        tasks.add(
                "innerProductBlocks",
                Geometry.groups(blocks, samples, states),
                arguments,
                List.of(states, samples, length, blocks),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Histories::innerProductBlocks,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(HISTORY),
                                at.array(X),
                                at.scratch(),
                                at.column(),
                                states,
                                samples,
                                length,
                                blocks));
        tasks.add(
                "innerProductSums",
                Geometry.items(count, 1),
                tasks.arguments().scratch(partial).tensor(DOTS, op.dots()),
                List.of(count, blocks),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Histories::innerProductSums,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.scratch(),
                                at.array(DOTS),
                                at.column(),
                                count,
                                blocks));
    }

    static void record(Tasks tasks, StateOp.Combine op) {
        int states = op.history().dim(0);
        int samples = op.y().dim(0);
        int length = op.y().size() / samples;
        float beta = op.beta();
        Arguments arguments =
                tasks.arguments()
                        .tensor(COEFFICIENTS, op.coefficients())
                        .tensor(COMBINED, op.history())
                        .tensor(Y, op.y());
        tasks.add(
                "combineStates",
                Geometry.items(length, samples),
                arguments,
                List.of(states, samples, length, beta),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Histories::combineStates,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(COEFFICIENTS),
                                at.array(COMBINED),
                                at.array(Y),
                                at.column(),
                                states,
                                samples,
                                length,
                                beta));
    }

    /**
     * Tensors: history [states, samples, length], x [samples, length]; scratch: partial [samples,
     * states, blocks].
     */
    public static void innerProductBlocks(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray history,
            FloatArray x,
            FloatArray partial,
            int column,
            int states,
            int samples,
            int length,
            int blocks) {
        int entry = Entry.of(row, place, column);
        int item = context.localIdx;
        int block = context.groupIdx;
        int b = context.groupIdy;
        int j = context.groupIdz;
        int historyAt = offsets.get(entry + HISTORY) + (j * samples + b) * length;
        int xAt = offsets.get(entry + X) + b * length;
        float sum = 0f;
        for (int i = 0; i < OF_ITEM; i++) {
            int e = block * BLOCK + i * GROUP + item;
            if (e < length) {
                sum += history.get(historyAt + e) * x.get(xAt + e);
            }
        }
        float total = GroupSums.sum(context, sum);
        if (item == 0) {
            partial.set((b * states + j) * blocks + block, total);
        }
    }

    /** Tensors: dots [count]; scratch: partial [count, blocks]. */
    public static void innerProductSums(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray partial,
            FloatArray dots,
            int column,
            int count,
            int blocks) {
        int dotsAt = offsets.get(Entry.of(row, place, column) + DOTS);
        int i = context.globalIdx;
        if (i < count) {
            float sum = 0f;
            for (int block = 0; block < blocks; block++) {
                sum += partial.get(i * blocks + block);
            }
            dots.set(dotsAt + i, sum);
        }
    }

    /**
     * {@code y[b] = beta·y[b] + Σ_j coefficients[b, j] · history[j, b]}. Tensors: coefficients
     * [samples, states], history [states, samples, length], y [samples, length].
     */
    public static void combineStates(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray coefficients,
            FloatArray history,
            FloatArray y,
            int column,
            int states,
            int samples,
            int length,
            float beta) {
        int entry = Entry.of(row, place, column);
        int b = context.globalIdy;
        int coefficientsAt = offsets.get(entry + COEFFICIENTS) + b * states;
        int historyAt = offsets.get(entry + COMBINED) + b * length;
        int yAt = offsets.get(entry + Y) + b * length;
        int i = context.globalIdx;
        if (i < length) {
            float sum = 0f;
            if (beta != 0f) {
                sum = beta * y.get(yAt + i);
            }
            for (int j = 0; j < states; j++) {
                float factor = coefficients.get(coefficientsAt + j);
                if (factor != 0f) {
                    sum += factor * history.get(historyAt + j * samples * length + i);
                }
            }
            y.set(yAt + i, sum);
        }
    }
}
