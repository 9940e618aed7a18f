package dev.getj.kernels.tornado.state;

import dev.getj.kernels.tensor.DType;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * Numbers of 16 bits in kernels, four in a word, the first in its lowest bits. Compiled into the
 * kernels that call it, on CUDA alone.
 */
public final class Halves {
    /** The formats, as kernels get them. */
    public static final int F16 = 1;

    public static final int BF16 = 2;

    private Halves() {}

    /** Of a type of 16 bits. */
    public static int format(DType type) {
        return switch (type) {
            case F16 -> F16;
            case BF16 -> BF16;
            case F32, F64 -> throw new IllegalArgumentException(type + " has more than 16 bits");
        };
    }

    /** The bits of the nearest number, ties to even, in the lowest 16. */
    public static long bits(float value, int format) {
        // long from the start: TornadoVM shifts the bits of a bfloat16 in the short it has them in
        return format == F16
                ? new HalfFloat(value).getHalfFloatValue() & 0xFFFFL
                : BFloat16.bf16FromFloat(value) & 0xFFFFL;
    }

    /** A word with number {@code i} added, whose bits were 0. */
    public static long with(long word, int i, float value, int format) {
        return word | bits(value, format) << 16 * i;
    }

    /** Four numbers, rounded, in a word. */
    public static long word(float first, float second, float third, float fourth, int format) {
        return with(
                with(with(with(0L, 0, first, format), 1, second, format), 2, third, format),
                3,
                fourth,
                format);
    }

    /** Two numbers in the order in which tensor cores have them. */
    public static int pair(float first, float second, int format) {
        return (int) (bits(first, format) | bits(second, format) << 16);
    }

    /** Product of two fragments on tensor cores, added to {@code sums}. */
    public static float[] multiply(
            KernelContext context, HalfFloat[] a, HalfFloat[] b, float[] sums, int format) {
        return format == F16
                ? context.mma(a, b, sums, MMAShape.M16N8K16)
                : context.mmaBF16(a, b, sums, MMAShape.M16N8K16);
    }

    /**
     * Word {@code inRow} of a row of a matrix with so many rows and words a row; what lies outside
     * is 0.
     *
     * @param stride words from one row to the next
     * @param whole that nothing lies outside: a constant of the compiled kernel
     */
    public static long word(
            LongArray matrix,
            int at,
            int stride,
            int rows,
            int words,
            int row,
            int inRow,
            boolean whole) {
        int heldRow = TornadoMath.min(row, rows - 1);
        int heldWord = TornadoMath.min(inRow, words - 1);
        long value = matrix.get(at + (whole ? row * stride + inRow : heldRow * stride + heldWord));
        return whole || row < rows && inRow < words ? value : 0L;
    }

    /** The value of number {@code i} of a word. */
    public static float value(long word, int i, int format) {
        int bits = (int) (word >> 16 * i) & 0xFFFF;
        return format == F16 ? float16(bits) : BFloat16.bf16ToFloat((short) bits);
    }

    /** {@link #value} in fewer steps, of a number that is finite: infinity becomes 2¹⁶. */
    public static float finite(long word, int i, int format) {
        int pair = (int) (word >> 32 * (i / 2));
        int shift = 16 * (i % 2);
        return format == F16
                ? finiteFloat16(pair, shift)
                : BFloat16.bf16ToFloat((short) (pair >> shift));
    }

    // as float16, but for two numbers at once where it can be: what is computed of the pair is the
    // same for both. The bfloat16 0x4300 + b is 128 + b
    private static float finiteFloat16(int pair, int shift) {
        int upper = pair >> 3 & 0x0FFF0FFF | pair & 0x80008000;
        int next = upper + 0x00010001;
        int lowest = pair & 0x00070007 | 0x43004300;
        float below = BFloat16.bf16ToFloat((short) (upper >> shift));
        float above = BFloat16.bf16ToFloat((short) (next >> shift));
        float eighths = BFloat16.bf16ToFloat((short) (lowest >> shift)) * 0.125f - 16f;
        return (below + (above - below) * eighths) * 0x1p112f;
    }

    /**
     * TornadoVM converts a binary16 that it reads from an array of such numbers, not one that comes
     * as bits. So its upper 13 bits are read as a bfloat16, 2¹¹² times too small, and what is left
     * is between that and the next one.
     */
    private static float float16(int bits) {
        int magnitude = bits & 0x7FFF;
        int upper = magnitude >> 3;
        float below = BFloat16.bf16ToFloat((short) upper);
        float above = BFloat16.bf16ToFloat((short) (upper + 1));
        float value = (below + (above - below) * ((magnitude & 7) * 0.125f)) * 0x1p112f;
        float finite = magnitude == 0x7C00 ? Float.POSITIVE_INFINITY : value;
        float absolute = magnitude > 0x7C00 ? Float.NaN : finite;
        return bits > 0x7FFF ? -absolute : absolute;
    }
}
