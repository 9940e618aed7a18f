package dev.getj.kernels.tornado.state;

import dev.getj.kernels.tensor.DType;

import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.api.types.HalfFloat;

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
        // long from the first: TornadoVM keeps the bits of a bfloat16 in a short, and shifts it
        // there
        return format == F16
                ? new HalfFloat(value).getHalfFloatValue() & 0xFFFFL
                : BFloat16.bf16FromFloat(value) & 0xFFFFL;
    }

    /** The value of number {@code i} of a word. */
    public static float value(long word, int i, int format) {
        int bits = (int) (word >> 16 * i) & 0xFFFF;
        return format == F16 ? float16(bits) : BFloat16.bf16ToFloat((short) bits);
    }

    /** {@link #value} in fewer steps, of a number that is finite: infinity becomes 2¹⁶. */
    public static float finite(long word, int i, int format) {
        int bits = (int) (word >> 16 * i) & 0xFFFF;
        return format == F16 ? finiteFloat16(bits) : BFloat16.bf16ToFloat((short) bits);
    }

    // as float16, of which it is the first half; the bfloat16 0x4300 + b is 128 + b
    private static float finiteFloat16(int bits) {
        int upper = (bits & 0x7FFF) >> 3;
        float below = BFloat16.bf16ToFloat((short) upper);
        float above = BFloat16.bf16ToFloat((short) (upper + 1));
        float eighths = BFloat16.bf16ToFloat((short) (0x4300 | bits & 7)) * 0.125f - 16f;
        float value = (below + (above - below) * eighths) * 0x1p112f;
        return bits > 0x7FFF ? -value : value;
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
