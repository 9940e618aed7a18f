package dev.getj.kernels.tornado.graph;

import dev.getj.kernels.tornado.Attention;
import dev.getj.kernels.tornado.AttentionFew;
import dev.getj.kernels.tornado.MatMul;
import dev.getj.kernels.tornado.MatMulLarge;
import dev.getj.kernels.tornado.MatMulSliced;
import dev.getj.kernels.tornado.MatMulSmall;
import dev.getj.kernels.tornado.MatMulSplitK;

/**
 * Which tiles compute matrix products and attention, and in which parts weight gradients add up.
 */
interface Tiling {
    /** What {@link MatMul} says is fast. */
    Tiling BY_SHAPE =
            new Tiling() {
                @Override
                public boolean large(int m, int n) {
                    return MatMul.large(m, n);
                }

                @Override
                public boolean sliced(int m, int n, int k) {
                    return MatMul.sliced(m, n, k);
                }

                @Override
                public boolean split(int m, int n, int k) {
                    return MatMul.split(m, n, k);
                }

                @Override
                public int splitDepth(int m, int n, int k) {
                    return MatMul.splitDepth(m, n, k);
                }

                @Override
                public boolean few(int samples, int tokens, int heads) {
                    return Attention.tiles(samples, tokens, heads) < AttentionFew.MOST_TILES;
                }

                @Override
                public boolean largeWeight(int m, int n) {
                    return MatMul.largeWeight(m, n);
                }

                @Override
                public int partDepth(int m, int n, int k) {
                    return MatMul.partDepth(m, n, k);
                }
            };

    /** True if {@link MatMulLarge} computes y [m, n], false for {@link MatMulSmall}. */
    boolean large(int m, int n);

    /** True if {@link MatMulSliced} computes the forward product y [m, n] of k products instead. */
    boolean sliced(int m, int n, int k);

    /** True if {@link MatMulSplitK} does. */
    boolean split(int m, int n, int k);

    /** Length of the parts of k that it takes. */
    int splitDepth(int m, int n, int k);

    /** True if {@link AttentionFew} computes attention, false for {@link Attention}. */
    boolean few(int samples, int tokens, int heads);

    /** What {@link #large} says, for a weight gradient [m, n]. */
    boolean largeWeight(int m, int n);

    /** Length of the parts of a weight gradient's k rows. */
    int partDepth(int m, int n, int k);
}
