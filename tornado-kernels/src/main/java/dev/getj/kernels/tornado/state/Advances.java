package dev.getj.kernels.tornado.state;

import dev.getj.kernels.op.StateOp;
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
 * The end of a step of a fixed-point iteration in two kernels: sums of blocks as {@link Norms} has
 * them, of which every work-group of the second adds up those of its sample, in order.
 */
public final class Advances {
    // The tensors of the first kernel, as both sides number them.
    private static final int NEXT = 0;
    private static final int PREVIOUS = 1;
    private static final int LOWEST = 2;

    // Those of the second, behind next; all are written.
    private static final int STATE = 1;
    private static final int NORMS = 2;
    private static final int LOWERED = 3;
    private static final int BEST = 4;

    private static final int GROUP = Geometry.GROUP;
    private static final int OF_ITEM = Norms.OF_ITEM;
    private static final int BLOCK = Norms.BLOCK;

    private Advances() {}

    /** Adds the tasks: those of {@link Norms}, where what is written lies in several arrays. */
    static void record(Tasks tasks, StateOp.Advance op) {
        Arguments written =
                tasks.arguments()
                        .tensor(NEXT, op.next())
                        .tensor(STATE, op.state())
                        .tensor(NORMS, op.norms())
                        .tensor(LOWERED, op.lowest())
                        .tensor(BEST, op.best());
        if (!written.inOneArray(STATE, BEST)) {
            Norms.record(tasks, op.measure());
            Norms.record(tasks, op.keep());
            Elementwise.copy(tasks, op.next(), op.state());
            return;
        }
        int samples = op.next().dim(0);
        int length = op.next().size() / samples;
        int blocks = Geometry.ceil(length, BLOCK);
        // and what is lowest, which the second kernel overwrites
        int partial = Math.multiplyExact(samples, 2 * blocks + 1);
        int divide = op.relative() ? 1 : 0;
        Arguments read =
                tasks.arguments()
                        .tensor(NEXT, op.next())
                        .tensor(PREVIOUS, op.state())
                        .tensor(LOWEST, op.lowest())
                        .scratch(partial);
        tasks.add(
                "advanceBlocks",
                Geometry.groups(blocks, samples, 1),
                read,
                List.of(length, samples, blocks),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Advances::advanceBlocks,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(NEXT),
                                at.array(PREVIOUS),
                                at.array(LOWEST),
                                at.scratch(),
                                at.column(),
                                length,
                                samples,
                                blocks));
        tasks.add(
                "advanceStates",
                Geometry.groups(blocks, samples, 1),
                written.scratch(partial),
                List.of(length, samples, blocks, divide),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Advances::advanceStates,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.scratch(),
                                at.array(NEXT),
                                at.array(BEST),
                                at.column(),
                                length,
                                samples,
                                blocks,
                                divide));
    }

    /**
     * Tensors: next, previous [samples, length], lowest [samples]; scratch: partial [samples,
     * blocks, 2], then lowest.
     */
    public static void advanceBlocks(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray next,
            FloatArray previous,
            FloatArray lowest,
            FloatArray partial,
            int column,
            int length,
            int samples,
            int blocks) {
        int entry = Entry.of(row, place, column);
        int item = context.localIdx;
        int block = context.groupIdx;
        int b = context.groupIdy;
        int nextAt = offsets.get(entry + NEXT) + b * length;
        int previousAt = offsets.get(entry + PREVIOUS) + b * length;
        int lowestAt = offsets.get(entry + LOWEST) + b;
        Norms.squares(
                context,
                next,
                nextAt,
                previous,
                previousAt,
                partial,
                2 * (b * blocks + block),
                length);
        if (item == 0 && block == 0) {
            partial.set(2 * samples * blocks + b, lowest.get(lowestAt));
        }
    }

    /**
     * Scratch: partial as {@link #advanceBlocks} leaves it. Tensors: next, state [samples, length],
     * norms [samples, 2], lowest [samples], best [samples, length]; all but next lie in {@code
     * written}.
     *
     * @param relative 1 to divide the residual by the norm, 0 to leave it
     */
    public static void advanceStates(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray partial,
            FloatArray next,
            FloatArray written,
            int column,
            int length,
            int samples,
            int blocks,
            int relative) {
        int entry = Entry.of(row, place, column);
        int item = context.localIdx;
        int block = context.groupIdx;
        int b = context.groupIdy;
        int nextAt = offsets.get(entry + NEXT) + b * length;
        int stateAt = offsets.get(entry + STATE) + b * length;
        int normsAt = offsets.get(entry + NORMS) + 2 * b;
        int lowestAt = offsets.get(entry + LOWERED) + b;
        int bestAt = offsets.get(entry + BEST) + b * length;
        float[] held = context.allocateFloatLocalArray(GROUP);
        float[] lower = context.allocateFloatLocalArray(1);
        float[] values = new float[OF_ITEM];
        for (int i = 0; i < OF_ITEM; i++) {
            int e = block * BLOCK + i * GROUP + item;
            if (e < length) {
                values[i] = next.get(nextAt + e);
            }
        }
        float residual = 0f;
        float norm = 0f;
        for (int first = 0; first < blocks; first += GROUP / 2) {
            if (2 * first + item < 2 * blocks) {
                held[item] = partial.get(2 * (b * blocks + first) + item);
            }
            context.localBarrier();
            if (item == 0) {
                int some = TornadoMath.min(GROUP / 2, blocks - first);
                for (int i = 0; i < some; i++) {
                    residual += held[2 * i];
                    norm += held[2 * i + 1];
                }
            }
            context.localBarrier();
        }
        if (item == 0) {
            float distance = TornadoMath.sqrt(residual);
            float size = TornadoMath.sqrt(norm);
            float measured = distance;
            if (relative != 0) {
                measured = distance / (size + StateOp.RESIDUAL_EPSILON);
            }
            float before = partial.get(2 * samples * blocks + b);
            lower[0] = measured < before ? 1f : 0f;
            if (block == 0) {
                written.set(normsAt, distance);
                written.set(normsAt + 1, size);
                if (measured < before) {
                    written.set(lowestAt, measured);
                }
            }
        }
        context.localBarrier();
        boolean improved = lower[0] > 0f;
        for (int i = 0; i < OF_ITEM; i++) {
            int e = block * BLOCK + i * GROUP + item;
            if (e < length) {
                written.set(stateAt + e, values[i]);
                if (improved) {
                    written.set(bestAt + e, values[i]);
                }
            }
        }
    }
}
