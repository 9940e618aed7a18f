package dev.getj.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What solvers compute on a history of states, sample by sample. Inner products are cut into blocks
 * and added as in {@link Norms}: nothing depends on the batch.
 */
public final class Histories {
    private static final int GROUP = Geometry.GROUP;
    private static final int OF_ITEM = 16;
    private static final int BLOCK = GROUP * OF_ITEM;

    private Histories() {}

    /** Blocks of a sample. */
    public static int blocks(int length) {
        return Geometry.ceil(length, BLOCK);
    }

    /** Floats of scratch. */
    public static int scratch(int states, int samples, int length) {
        return Math.multiplyExact(Math.multiplyExact(states, samples), blocks(length));
    }

    /** Of {@link #innerProductBlocks}. */
    public static Geometry blocksGeometry(int states, int samples, int length) {
        return Geometry.groups(blocks(length), samples, states);
    }

    /** Of {@link #innerProductSums}. */
    public static Geometry sumsGeometry(int states, int samples) {
        return Geometry.items(Math.multiplyExact(states, samples), 1);
    }

    /** Of {@link #combineStates}. */
    public static Geometry combineGeometry(int length, int samples) {
        return Geometry.items(length, samples);
    }

    /**
     * Tensors: history [states, samples, length], x [samples, length]; scratch: partial [samples,
     * states, blocks].
     */
    public static void innerProductBlocks(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray history,
            FloatArray x,
            FloatArray partial,
            int column,
            int states,
            int samples,
            int length,
            int blocks) {
        int entry = row.get(0) + column;
        int item = context.localIdx;
        int block = context.groupIdx;
        int b = context.groupIdy;
        int j = context.groupIdz;
        int historyAt = offsets.get(entry) + (j * samples + b) * length;
        int xAt = offsets.get(entry + 1) + b * length;
        float[] sums = context.allocateFloatLocalArray(GROUP);
        float sum = 0f;
        for (int i = 0; i < OF_ITEM; i++) {
            int e = block * BLOCK + i * GROUP + item;
            if (e < length) {
                sum += history.get(historyAt + e) * x.get(xAt + e);
            }
        }
        sums[item] = sum;
        context.localBarrier();
        for (int half = GROUP / 2; half > 0; half /= 2) {
            if (item < half) {
                sums[item] += sums[item + half];
            }
            context.localBarrier();
        }
        if (item == 0) {
            partial.set((b * states + j) * blocks + block, sums[0]);
        }
    }

    /** Tensors: dots [count]; scratch: partial [count, blocks]. */
    public static void innerProductSums(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray partial,
            FloatArray dots,
            int column,
            int count,
            int blocks) {
        int dotsAt = offsets.get(row.get(0) + column);
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
            FloatArray coefficients,
            FloatArray history,
            FloatArray y,
            int column,
            int states,
            int samples,
            int length,
            float beta) {
        int entry = row.get(0) + column;
        int b = context.globalIdy;
        int coefficientsAt = offsets.get(entry) + b * states;
        int historyAt = offsets.get(entry + 1) + b * length;
        int yAt = offsets.get(entry + 2) + b * length;
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
