package dev.getj.kernels.tornado;

import dev.getj.kernels.LossKind;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Mean distance and its derivative. A work-group takes a block of 4096 elements: an item every
 * 256th of them, then a tree over the items; one more group adds the blocks in the same way.
 */
public final class Loss {
    private static final int GROUP = Geometry.GROUP;
    private static final int OF_ITEM = 16;
    private static final int BLOCK = GROUP * OF_ITEM;

    private Loss() {}

    /** Blocks, and floats of scratch. */
    public static int blocks(int size) {
        return Geometry.ceil(size, BLOCK);
    }

    /** Of {@link #lossBlocks}. */
    public static Geometry geometry(int size) {
        return Geometry.groups(blocks(size), 1, 1);
    }

    /** Of {@link #lossMean}. */
    public static Geometry meanGeometry() {
        return Geometry.groups(1, 1, 1);
    }

    /** {@code kind} as the kernel takes it. */
    public static int squared(LossKind kind) {
        return kind == LossKind.L2 ? 1 : 0;
    }

    /** The factor of the derivative: {@code weight/size} for L1, twice that for L2. */
    public static float scale(LossKind kind, float weight, int size) {
        return (float) ((kind == LossKind.L1 ? 1.0 : 2.0) * weight / size);
    }

    /**
     * Tensors: prediction, target, dPrediction [size]; scratch: partial [blocks].
     *
     * @param squared 1 for L2, 0 for L1
     * @param slopes 1 to write dPrediction, 0 to leave it alone
     */
    public static void lossBlocks(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray prediction,
            FloatArray target,
            FloatArray dPrediction,
            FloatArray partial,
            int column,
            int size,
            int squared,
            int slopes,
            float scale) {
        int entry = row.get(0) + column;
        int predictionAt = offsets.get(entry);
        int targetAt = offsets.get(entry + 1);
        int dPredictionAt = offsets.get(entry + 2);
        int item = context.localIdx;
        int block = context.groupIdx;
        float[] sums = context.allocateFloatLocalArray(GROUP);
        float sum = 0f;
        for (int i = 0; i < OF_ITEM; i++) {
            int e = block * BLOCK + i * GROUP + item;
            if (e < size) {
                float difference = prediction.get(predictionAt + e) - target.get(targetAt + e);
                float sign = difference > 0f ? 1f : difference < 0f ? -1f : 0f;
                sum += squared != 0 ? difference * difference : TornadoMath.abs(difference);
                if (slopes != 0) {
                    dPrediction.set(dPredictionAt + e, scale * (squared != 0 ? difference : sign));
                }
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
            partial.set(block, sums[0]);
        }
    }

    /** Tensors: loss [1]; scratch: partial [blocks]. */
    public static void lossMean(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray partial,
            FloatArray loss,
            int column,
            int blocks,
            int size) {
        int lossAt = offsets.get(row.get(0) + column);
        int item = context.localIdx;
        float[] sums = context.allocateFloatLocalArray(GROUP);
        float sum = 0f;
        for (int i = item; i < blocks; i += GROUP) {
            sum += partial.get(i);
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
            loss.set(lossAt, sums[0] / size);
        }
    }
}
