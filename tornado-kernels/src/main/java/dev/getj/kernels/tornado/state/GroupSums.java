package dev.getj.kernels.tornado.state;

import dev.getj.kernels.tornado.runtime.Geometry;

import uk.ac.manchester.tornado.api.KernelContext;

/**
 * The sum over a work-group of {@link Geometry#GROUP} items. Compiled into the kernels that call
 * it; the local array is its own, as an inlined method cannot be given one (docs/tornadovm.md).
 */
public final class GroupSums {
    private static final int GROUP = Geometry.GROUP;

    private GroupSums() {}

    /** Adds the values of all items as a tree. Every item must call it, and every one gets it. */
    public static float sum(KernelContext context, float value) {
        int item = context.localIdx;
        float[] sums = context.allocateFloatLocalArray(GROUP);
        sums[item] = value;
        context.localBarrier();
        for (int half = GROUP / 2; half > 0; half /= 2) {
            if (item < half) {
                sums[item] += sums[item + half];
            }
            context.localBarrier();
        }
        return sums[0];
    }
}
