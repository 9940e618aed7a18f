package dev.getj.kernels.tornado.library;

import dev.getj.kernels.tensor.DType;

/**
 * A product for a library: {@code y[m, n] = Σ_k A(m, k)·B(n, k) + bias[n] + added[m, n]}, all
 * matrices with their rows one after the other.
 *
 * @param m rows of y
 * @param n columns of y
 * @param k length of the sums
 * @param factors type of A and B: F32, F16 or BF16; sums are float
 * @param tf32 whether float factors may be rounded to 11 significant bits
 * @param result type of y: F32, or that of the factors
 * @param biased whether there is a bias, of floats; only where y is F32
 * @param adds whether something of the type of y is added, which may be y itself
 */
public record LibraryProduct(
        Layout layout,
        int m,
        int n,
        int k,
        DType factors,
        boolean tf32,
        DType result,
        boolean biased,
        boolean adds) {
    /** How A and B lie. */
    public enum Layout {
        /** A is [m, k], B is [n, k]. */
        FORWARD,
        /** A is [m, k], B is [k, n]. */
        BACKWARD_INPUT,
        /** A is [k, m], B is [k, n]. */
        BACKWARD_WEIGHT
    }

    /** A multiplication and an addition for each of the sums' terms. */
    public double flops() {
        return 2.0 * m * n * k;
    }
}
