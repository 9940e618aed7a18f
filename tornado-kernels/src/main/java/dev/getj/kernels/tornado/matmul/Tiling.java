package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.DeviceProfile;

/** Which tiles compute matrix products, and in which parts weight gradients add up. */
public interface Tiling {
    /** What should be fastest on a device. */
    static Tiling of(DeviceProfile profile) {
        return new FastTiling(profile);
    }

    /** True if {@link MatMulLarge} computes y [m, n], false for {@link MatMulSmall}. */
    boolean large(int m, int n);

    /** True if {@link MatMulSliced} computes the forward product y [m, n] of k products instead. */
    boolean sliced(int m, int n, int k);

    /** True if {@link MatMulSplitK} does. */
    boolean split(int m, int n, int k);

    /** Length of the parts of k that it takes. */
    int splitDepth(int m, int n, int k);

    /**
     * Length of the parts of k that {@link MatMulMixed} sums apart, a multiple of 32; k where it is
     * not cut.
     */
    int mixedDepth(int m, int n, int k);

    /** True if {@link MatMulMixedFew} computes the forward product of factors of 16 bits. */
    boolean mixedFew(int m, int n, int k);

    /** True if {@link MatMulMixedSliced} does, where the result is float. */
    boolean mixedSliced(int m, int n, int k);

    /** What {@link #mixedDepth} says, for a weight gradient [m, n] of k rows. */
    int mixedWeightDepth(int m, int n, int k);

    /** What {@link #large} says, for a weight gradient [m, n]. */
    boolean largeWeight(int m, int n);

    /** Length of the parts of a weight gradient's k rows. */
    int partDepth(int m, int n, int k);
}
