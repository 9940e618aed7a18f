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
 * What solvers stop on. A sample is cut into blocks of 4096 elements that begin with the sample; a
 * work-group adds up one of them as {@link dev.getj.kernels.tornado.loss.Loss} does, and one item a sample adds the blocks in
 * order: nothing depends on the batch.
 */
public final class Norms {
    // The tensors of each kernel, as both sides number them.
    private static final int NEXT = 0;
    private static final int PREVIOUS = 1;
    private static final int NORMS = 0;
    private static final int LOWEST = 1;
    private static final int CANDIDATE = 2;
    private static final int BEST = 3;

    private static final int GROUP = Geometry.GROUP;

    /** Elements of a block that an item adds up. */
    static final int OF_ITEM = 16;

    /** Elements of a block. */
    static final int BLOCK = GROUP * OF_ITEM;

    private Norms() {}

    static void record(Tasks tasks, StateOp.ResidualNorms op) {
        int samples = op.next().dim(0);
        int length = op.next().size() / samples;
        int blocks = Geometry.ceil(length, BLOCK);
        int partial = Math.multiplyExact(2 * samples, blocks);
        Arguments arguments =
                tasks.arguments()
                        .tensor(NEXT, op.next())
                        .tensor(PREVIOUS, op.previous())
                        .scratch(partial);
        tasks.add(
                "residualBlocks",
                Geometry.groups(blocks, samples, 1),
                arguments,
                List.of(length, blocks),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Norms::residualBlocks,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(NEXT),
                                at.array(PREVIOUS),
                                at.scratch(),
                                at.column(),
                                length,
                                blocks));
        tasks.add(
                "residualRoots",
                Geometry.items(samples, 1),
                tasks.arguments().scratch(partial).tensor(NORMS, op.norms()),
                List.of(samples, blocks),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Norms::residualRoots,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.scratch(),
                                at.array(NORMS),
                                at.column(),
                                samples,
                                blocks));
    }

    static void record(Tasks tasks, StateOp.KeepBest op) {
        int samples = op.candidate().dim(0);
        int length = op.candidate().size() / samples;
        int divide = op.relative() ? 1 : 0;
        Arguments arguments =
                tasks.arguments()
                        .tensor(NORMS, op.norms())
                        .tensor(LOWEST, op.lowest())
                        .tensor(CANDIDATE, op.candidate())
                        .tensor(BEST, op.best());
        tasks.add(
                "keepBest",
                Geometry.items(length, samples),
                arguments,
                List.of(length, divide),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Norms::keepBestSamples,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(NORMS),
                                at.array(LOWEST),
                                at.array(CANDIDATE),
                                at.array(BEST),
                                at.column(),
                                length,
                                divide));
        tasks.add(
                "lowerResiduals",
                Geometry.items(samples, 1),
                tasks.arguments().tensor(NORMS, op.norms()).tensor(LOWEST, op.lowest()),
                List.of(samples, divide),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Norms::lowerResiduals,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(NORMS),
                                at.array(LOWEST),
                                at.column(),
                                samples,
                                divide));
    }

    /** Tensors: next, previous [samples, length]; scratch: partial [samples, blocks, 2]. */
    public static void residualBlocks(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray next,
            FloatArray previous,
            FloatArray partial,
            int column,
            int length,
            int blocks) {
        int entry = Entry.of(row, place, column);
        int block = context.groupIdx;
        int b = context.groupIdy;
        int nextAt = offsets.get(entry + NEXT) + b * length;
        int previousAt = offsets.get(entry + PREVIOUS) + b * length;
        squares(
                context,
                next,
                nextAt,
                previous,
                previousAt,
                partial,
                2 * (b * blocks + block),
                length);
    }

    /**
     * Adds up a work-group's block of a sample: {@code Σ (next − previous)²} and {@code Σ next²}.
     * Compiled into the kernels that call it; its local arrays are its own, as they must be.
     *
     * @param nextAt where the sample begins
     * @param previousAt where the sample begins
     * @param at of the two sums in {@code partial}
     * @param length elements of a sample
     */
    static void squares(
            KernelContext context,
            FloatArray next,
            int nextAt,
            FloatArray previous,
            int previousAt,
            FloatArray partial,
            int at,
            int length) {
        int item = context.localIdx;
        int block = context.groupIdx;
        float[] residuals = context.allocateFloatLocalArray(GROUP);
        float[] norms = context.allocateFloatLocalArray(GROUP);
        float residual = 0f;
        float norm = 0f;
        for (int i = 0; i < OF_ITEM; i++) {
            int e = block * BLOCK + i * GROUP + item;
            if (e < length) {
                float value = next.get(nextAt + e);
                float difference = value - previous.get(previousAt + e);
                residual += difference * difference;
                norm += value * value;
            }
        }
        residuals[item] = residual;
        norms[item] = norm;
        context.localBarrier();
        for (int half = GROUP / 2; half > 0; half /= 2) {
            if (item < half) {
                residuals[item] += residuals[item + half];
                norms[item] += norms[item + half];
            }
            context.localBarrier();
        }
        if (item == 0) {
            partial.set(at, residuals[0]);
            partial.set(at + 1, norms[0]);
        }
    }

    /** Tensors: norms [samples, 2]; scratch: partial [samples, blocks, 2]. */
    public static void residualRoots(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray partial,
            FloatArray norms,
            int column,
            int samples,
            int blocks) {
        int normsAt = offsets.get(Entry.of(row, place, column) + NORMS);
        int b = context.globalIdx;
        if (b < samples) {
            float residual = 0f;
            float norm = 0f;
            for (int block = 0; block < blocks; block++) {
                residual += partial.get(2 * (b * blocks + block));
                norm += partial.get(2 * (b * blocks + block) + 1);
            }
            norms.set(normsAt + 2 * b, TornadoMath.sqrt(residual));
            norms.set(normsAt + 2 * b + 1, TornadoMath.sqrt(norm));
        }
    }

    /**
     * {@code best[b] = candidate[b]} where the residual is lower than {@code lowest[b]}. Tensors:
     * norms [samples, 2], lowest [samples], candidate, best [samples, length].
     *
     * @param relative 1 to divide the residual by the norm, 0 to leave it
     */
    public static void keepBestSamples(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray norms,
            FloatArray lowest,
            FloatArray candidate,
            FloatArray best,
            int column,
            int length,
            int relative) {
        int entry = Entry.of(row, place, column);
        int b = context.globalIdy;
        int normsAt = offsets.get(entry + NORMS) + 2 * b;
        int lowestAt = offsets.get(entry + LOWEST) + b;
        int candidateAt = offsets.get(entry + CANDIDATE) + b * length;
        int bestAt = offsets.get(entry + BEST) + b * length;
        int i = context.globalIdx;
        if (i < length) {
            float residual = norms.get(normsAt);
            if (relative != 0) {
                residual = residual / (norms.get(normsAt + 1) + StateOp.RESIDUAL_EPSILON);
            }
            if (residual < lowest.get(lowestAt)) {
                best.set(bestAt + i, candidate.get(candidateAt + i));
            }
        }
    }

    /** {@code lowest[b]} becomes the residual where that is lower: after every item has asked. */
    public static void lowerResiduals(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray norms,
            FloatArray lowest,
            int column,
            int samples,
            int relative) {
        int entry = Entry.of(row, place, column);
        int b = context.globalIdx;
        int normsAt = offsets.get(entry + NORMS) + 2 * b;
        int lowestAt = offsets.get(entry + LOWEST) + b;
        if (b < samples) {
            float residual = norms.get(normsAt);
            if (relative != 0) {
                residual = residual / (norms.get(normsAt + 1) + StateOp.RESIDUAL_EPSILON);
            }
            if (residual < lowest.get(lowestAt)) {
                lowest.set(lowestAt, residual);
            }
        }
    }
}
