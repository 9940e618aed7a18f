package dev.getj.kernels.tornado.state;

import dev.getj.kernels.tornado.runtime.Geometry;

import uk.ac.manchester.tornado.api.KernelContext;

/**
 * Sums over the items of a work-group of {@link Geometry#GROUP}. Compiled into the kernels that
 * call it; the local array of each call is its own, as an inlined method cannot be given one
 * (docs/tornadovm.md).
 */
public final class GroupSums {
    private static final int GROUP = Geometry.GROUP;

    private GroupSums() {}

    /** Adds the values of all items as a tree. Every item must call it, and every one gets it. */
    public static float sum(KernelContext context, float value) {
        return sum(context, value, GROUP);
    }

    /**
     * Adds the values of each {@code lanes} neighbouring items. Every item must call it, and gets
     * the sum of its own.
     *
     * @param lanes a power of two, at most those of the group
     */
    public static float sum(KernelContext context, float value, int lanes) {
        int item = context.localIdx;
        int lane = item % lanes;
        float[] sums = context.allocateFloatLocalArray(GROUP);
        sums[item] = value;
        context.localBarrier();
        for (int half = lanes / 2; half > 0; half /= 2) {
            if (lane < half) {
                sums[item] += sums[item + half];
            }
            context.localBarrier();
        }
        return sums[item - lane];
    }
}
