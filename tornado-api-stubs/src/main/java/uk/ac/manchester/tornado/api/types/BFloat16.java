package uk.ac.manchester.tornado.api.types;

/** Conversions of bfloat16, as the CUDA driver compiles them. */
public final class BFloat16 {
    private BFloat16() {}

    /** The value with these bits, exactly. */
    public static float bf16ToFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The bits of the number nearest to {@code value}, ties to even; a NaN is {@code 0x7fc0}. */
    public static short bf16FromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.isNaN(value) ? 0x7fc0 : (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }
}
