package dev.getj.kernels.cublas;

import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tornado.library.LibraryProduct;

/**
 * A product as cuBLASLt takes it, all matrices column by column: {@code D[m, n] = op(A)[m, k] ·
 * op(B)[k, n] + C[m, n] + bias[m]}. A matrix of ours with rows one after the other is, column by
 * column, its transpose; so what is asked for is yᵀ, A is our second factor and B our first.
 *
 * @param first A
 * @param second B
 * @param m rows of D, which are the columns of y
 * @param n columns of D, which are the rows of y
 * @param k length of the sums
 * @param factors type of A and B
 * @param tf32 whether they may be rounded, where they are F32
 * @param result type of C and D
 * @param biased whether there is a bias, of floats
 * @param adds whether C is added
 */
record Gemm(
        Factor first,
        Factor second,
        int m,
        int n,
        int k,
        DType factors,
        boolean tf32,
        DType result,
        boolean biased,
        boolean adds) {
    /**
     * A factor as it lies in memory.
     *
     * @param rows of a column
     * @param transposed whether op transposes it
     */
    record Factor(int rows, int columns, boolean transposed) {}

    /** For a product of ours. */
    static Gemm of(LibraryProduct p) {
        Factor second =
                switch (p.layout()) {
                    case FORWARD, BACKWARD_INPUT -> new Factor(p.k(), p.m(), false);
                    case BACKWARD_WEIGHT -> new Factor(p.m(), p.k(), true);
                };
        Factor first =
                switch (p.layout()) {
                    case FORWARD -> new Factor(p.k(), p.n(), true);
                    case BACKWARD_INPUT, BACKWARD_WEIGHT -> new Factor(p.n(), p.k(), false);
                };
        return new Gemm(
                first,
                second,
                p.n(),
                p.m(),
                p.k(),
                p.factors(),
                p.tf32(),
                p.result(),
                p.biased(),
                p.adds());
    }

    /** For people, with the sizes of y. */
    @Override
    public String toString() {
        return "product %s x %s of sums of %s, %s".formatted(n, m, k, factors);
    }
}
