package dev.getj.kernels.tornado;

import dev.getj.kernels.op.StateOp;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What solvers stop on. A sample is cut into blocks of 4096 elements that begin with the sample; a
 * work-group adds up one of them as {@link Loss} does, and one item a sample adds the blocks in
 * order: nothing depends on the batch.
 */
public final class Norms {
    private static final int GROUP = Geometry.GROUP;
    private static final int OF_ITEM = 16;
    private static final int BLOCK = GROUP * OF_ITEM;

    private Norms() {}

    /** Blocks of a sample. */
    public static int blocks(int length) {
        return Geometry.ceil(length, BLOCK);
    }

    /** Floats of scratch. */
    public static int scratch(int samples, int length) {
        return Math.multiplyExact(2 * samples, blocks(length));
    }

    /** Of {@link #residualBlocks}. */
    public static Geometry geometry(int samples, int length) {
        return Geometry.groups(blocks(length), samples, 1);
    }

    /** Of {@link #residualRoots}. */
    public static Geometry rootsGeometry(int samples) {
        return Geometry.items(samples, 1);
    }

    /** Tensors: next, previous [samples, length]; scratch: partial [samples, blocks, 2]. */
    public static void residualBlocks(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray next,
            FloatArray previous,
            FloatArray partial,
            int column,
            int length,
            int blocks) {
        int entry = row.get(0) + column;
        int item = context.localIdx;
        int block = context.groupIdx;
        int b = context.groupIdy;
        int nextAt = offsets.get(entry) + b * length;
        int previousAt = offsets.get(entry + 1) + b * length;
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
            partial.set(2 * (b * blocks + block), residuals[0]);
            partial.set(2 * (b * blocks + block) + 1, norms[0]);
        }
    }

    /** Tensors: norms [samples, 2]; scratch: partial [samples, blocks, 2]. */
    public static void residualRoots(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray partial,
            FloatArray norms,
            int column,
            int samples,
            int blocks) {
        int normsAt = offsets.get(row.get(0) + column);
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

    /** Of {@link #keepBestSamples}: a work item for each element. */
    public static Geometry keepGeometry(int samples, int length) {
        return Geometry.items(length, samples);
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
            FloatArray norms,
            FloatArray lowest,
            FloatArray candidate,
            FloatArray best,
            int column,
            int length,
            int relative) {
        int entry = row.get(0) + column;
        int b = context.globalIdy;
        int normsAt = offsets.get(entry) + 2 * b;
        int lowestAt = offsets.get(entry + 1) + b;
        int candidateAt = offsets.get(entry + 2) + b * length;
        int bestAt = offsets.get(entry + 3) + b * length;
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
            FloatArray norms,
            FloatArray lowest,
            int column,
            int samples,
            int relative) {
        int entry = row.get(0) + column;
        int b = context.globalIdx;
        int normsAt = offsets.get(entry) + 2 * b;
        int lowestAt = offsets.get(entry + 1) + b;
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
