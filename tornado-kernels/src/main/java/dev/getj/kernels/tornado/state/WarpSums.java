package dev.getj.kernels.tornado.state;

import dev.getj.kernels.tornado.runtime.Geometry;

import uk.ac.manchester.tornado.api.KernelContext;

/**
 * {@link GroupSums} by shuffles in a warp, which take neither local memory nor barriers; rows of
 * more than one warp take a local array and one barrier. Compiled into the kernels that call it, on
 * CUDA alone.
 */
public final class WarpSums {
    private static final int WARP = 32;

    private WarpSums() {}

    /**
     * Adds the values of each {@code lanes} neighbouring items: those of a warp as a tree, warps in
     * order. Every item must call it, and gets the sum of its own. With more than 32 lanes a call
     * must not be repeated in a loop unless a barrier lies between the turns: its array is read
     * after the barrier that it has.
     *
     * @param lanes a power of two, from 32 to those of the group
     */
    public static float sum(KernelContext context, float value, int lanes) {
        int warps = lanes / WARP;
        float sum = context.simdSum(value);
        if (warps > 1) {
            float[] sums = context.allocateFloatLocalArray(Geometry.GROUP / WARP);
            int item = context.localIdx;
            if (item % WARP == 0) {
                sums[item / WARP] = sum;
            }
            context.localBarrier();
            int first = item / lanes * warps;
            sum = sums[first];
            for (int i = 1; i < warps; i++) {
                sum += sums[first + i];
            }
        }
        return sum;
    }
}
