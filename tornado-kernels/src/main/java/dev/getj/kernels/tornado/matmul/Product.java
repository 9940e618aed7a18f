package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.tornado.runtime.Geometry;

/**
 * A product y [m, n] of sums of k, and its epilogue.
 *
 * @param layout {@link MatMul#FORWARD}, {@link MatMul#BACKWARD_INPUT} or {@link
 *     MatMul#BACKWARD_WEIGHT}
 * @param depth length of the parts of k that are summed apart
 * @param flags of the {@link Epilogue}
 * @param period rows of the residual, or tokens of a sample
 * @param width of the injection's rows
 */
record Product(int layout, int m, int n, int k, int depth, int flags, int period, int width) {
    int parts() {
        return Geometry.ceil(k, depth);
    }

    /** Elements of all parts of y. */
    int partial() {
        return Math.multiplyExact(parts(), Math.multiplyExact(m, n));
    }

    /** The same, in parts of another length. */
    Product cut(int length) {
        return new Product(layout, m, n, k, length, flags, period, width);
    }

    /** The same with one flag more. */
    Product with(int flag) {
        return new Product(layout, m, n, k, depth, flags + flag, period, width);
    }

    /** The same without these flags, all of which it has. */
    Product without(int some) {
        return new Product(layout, m, n, k, depth, flags - some, period, width);
    }

    /** The same sums with no epilogue, which is left to {@link MatMul#join}. */
    Product bare() {
        return new Product(layout, m, n, k, depth, 0, 1, 1);
    }

    /**
     * Checks that rows consist of words of four numbers, as factors of 16 bits must on a device.
     *
     * @throws IllegalArgumentException if they do not
     */
    void requireWords() {
        int other = layout == MatMul.BACKWARD_WEIGHT ? m : k;
        if (n % 4 != 0 || other % 4 != 0) {
            throw new IllegalArgumentException(
                    "factors of 16 bits have inputs and outputs that are multiples of 4 on a"
                            + " device, not %s and %s".formatted(n, other));
        }
        requireWordsOfInjection();
    }

    /**
     * Checks that rows of an injection consist of words, if it has 16 bits.
     *
     * @throws IllegalArgumentException if they do not
     */
    void requireWordsOfInjection() {
        if (Epilogue.injectsHalves(flags) && width % 4 != 0) {
            throw new IllegalArgumentException(
                    "an injection of 16 bits has rows of a multiple of 4 numbers on a device, not "
                            + width);
        }
    }
}
