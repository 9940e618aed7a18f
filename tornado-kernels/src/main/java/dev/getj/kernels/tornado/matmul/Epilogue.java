package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.tornado.state.Halves;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * What becomes of an element of a matrix product before it is written: a sum of these flags, a
 * constant of the compiled kernel. Those that are off leave no code.
 */
final class Epilogue {
    /** Adds the bias, which lies in the array of B. */
    static final int BIAS = 1;

    /** Applies GELU. */
    static final int GELU = 2;

    /** With {@link #GELU}: writes what it was applied to, in the array of y. */
    static final int KEEP = 4;

    /** Adds a residual of {@code period} rows, repeated, from {@code extra}. */
    static final int RESIDUAL = 8;

    /** Adds to what y holds: a gradient that accumulates. */
    static final int ACCUMULATE = 16;

    /** Adds a slice of rows {@code extraWidth} long from {@code extra}. */
    static final int INJECTION = 32;

    /** Adds row {@code m / period} of {@code condition}. */
    static final int CONDITION = 64;

    /** Multiplies by the derivative of GELU at {@code extra}. */
    static final int GELU_DERIVATIVE = 128;

    /** The result has 16 bits, and is written by the kernel itself. */
    static final int HALF = 256;

    /**
     * What {@link #KEEP} writes, or {@link #GELU_DERIVATIVE} or {@link #INJECTION} reads, has 16
     * bits.
     */
    static final int HALF_EXTRA = 512;

    private Epilogue() {}

    /** True if an injection of 16 bits is added, which {@link #read} leaves to its caller. */
    static boolean injectsHalves(int flags) {
        return (flags & INJECTION) != 0 && (flags & HALF_EXTRA) != 0;
    }

    /**
     * Everything that is read in float for element (m, n) of y, added to its sum. Where few groups run, an
     * item reads for several elements before it writes them with {@link #store}: a device may not
     * read ahead of what it writes to the same memory, and waits for each.
     *
     * @param columns of y
     * @param b the array of the bias
     * @param biasAt offset of the bias in it
     * @param extraAt offset of the residual, injection or pre-activation in {@code extra}
     */
    static float read(
            float sum,
            int m,
            int n,
            int columns,
            FloatArray b,
            int biasAt,
            FloatArray y,
            int yAt,
            FloatArray extra,
            int extraAt,
            FloatArray condition,
            int conditionAt,
            int flags,
            int period,
            int extraWidth) {
        int e = m * columns + n;
        float value = sum;
        if ((flags & BIAS) != 0) {
            value += b.get(biasAt + n);
        }
        if ((flags & RESIDUAL) != 0) {
            value += extra.get(extraAt + m % period * columns + n);
        }
        if ((flags & ACCUMULATE) != 0) {
            value += y.get(yAt + e);
        }
        if ((flags & INJECTION) != 0 && (flags & HALF_EXTRA) == 0) {
            value += extra.get(extraAt + m * extraWidth + n);
        }
        if ((flags & CONDITION) != 0) {
            value += condition.get(conditionAt + m / period * columns + n);
        }
        if ((flags & GELU_DERIVATIVE) != 0 && (flags & HALF_EXTRA) == 0) {
            value *= Gelu.derivative(extra.get(extraAt + e));
        }
        return value;
    }

    /**
     * Writes element e of y.
     *
     * @param keptAt offset in {@code y} of the pre-activation that is to be kept
     */
    static void store(float value, int e, FloatArray y, int yAt, int keptAt, int flags) {
        if ((flags & KEEP) != 0) {
            y.set(keptAt + e, value);
        }
        if ((flags & GELU) != 0) {
            y.set(yAt + e, Gelu.value(value));
        } else {
            y.set(yAt + e, value);
        }
    }

    /**
     * Writes four neighbours of a row of y, rounded to 16 bits: word {@code word}, which begins
     * with element e. Single numbers, since an array would not be handed on as registers.
     *
     * @param y the array of a pre-activation in float that is to be kept, from {@code extraAt} on
     * @param halves the array of y from {@code halvesAt} on, and of a pre-activation of 16 bits
     *     that is to be kept, from {@code keptAt} on
     * @param format of 16 bits, as {@link Halves} has it
     */
    static void storeWord(
            float first,
            float second,
            float third,
            float fourth,
            int e,
            int word,
            FloatArray y,
            int extraAt,
            LongArray halves,
            int halvesAt,
            int keptAt,
            int flags,
            int format) {
        if ((flags & KEEP) != 0) {
            if ((flags & HALF_EXTRA) != 0) {
                halves.set(keptAt + word, Halves.word(first, second, third, fourth, format));
            } else {
                y.set(extraAt + e, first);
                y.set(extraAt + e + 1, second);
                y.set(extraAt + e + 2, third);
                y.set(extraAt + e + 3, fourth);
            }
        }
        if ((flags & GELU) != 0) {
            halves.set(
                    halvesAt + word,
                    Halves.word(
                            Gelu.rounded(first),
                            Gelu.rounded(second),
                            Gelu.rounded(third),
                            Gelu.rounded(fourth),
                            format));
        } else {
            halves.set(halvesAt + word, Halves.word(first, second, third, fourth, format));
        }
    }
}
