package dev.getj.io;

import java.util.Optional;

/** Element types of a safetensors file, under the names that its header uses. */
public enum DType {
    BOOL(1, false),
    U8(1, false),
    I8(1, false),
    /**
     * Sign, 4 exponent bits (bias 7), 3 mantissa bits; no infinities, {@code S.1111.111} is NaN.
     */
    F8_E4M3(1, true),
    /** The upper byte of an {@link #F16}. */
    F8_E5M2(1, true),
    I16(2, false),
    U16(2, false),
    F16(2, true),
    /** The upper half of an {@link #F32}. */
    BF16(2, true),
    I32(4, false),
    U32(4, false),
    F32(4, true),
    F64(8, true),
    I64(8, false),
    U64(8, false);

    private final int bytes;
    private final boolean isFloat;

    DType(int bytes, boolean isFloat) {
        this.bytes = bytes;
        this.isFloat = isFloat;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** True for the floating-point types, false for integers and {@link #BOOL}. */
    public boolean isFloat() {
        return isFloat;
    }

    /** The type of a NumPy code without its byte order, such as {@code f4}; if it is a number. */
    public static Optional<DType> ofNumpy(String code) {
        return Optional.ofNullable(
                switch (code) {
                    case "f8" -> F64;
                    case "f4" -> F32;
                    case "f2" -> F16;
                    case "i8" -> I64;
                    case "i4" -> I32;
                    case "i2" -> I16;
                    case "i1" -> I8;
                    case "u8" -> U64;
                    case "u4" -> U32;
                    case "u2" -> U16;
                    case "u1" -> U8;
                    case "b1" -> BOOL;
                    default -> null;
                });
    }

    static Optional<DType> named(String name) {
        for (DType type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** Value of an {@link #F8_E4M3}. */
    static float e4m3ToFloat(byte bits) {
        int exponent = bits >> 3 & 0xF;
        int mantissa = bits & 0x7;
        float magnitude;
        if (exponent == 15 && mantissa == 7) {
            magnitude = Float.NaN;
        } else if (exponent == 0) {
            magnitude = mantissa * 0x1p-9f;
        } else {
            magnitude = (8 + mantissa) * Math.scalb(1f, exponent - 10);
        }
        return bits < 0 ? -magnitude : magnitude;
    }

    /** Value of an {@link #F8_E5M2}. */
    static float e5m2ToFloat(byte bits) {
        return Float.float16ToFloat((short) (bits << 8));
    }
}
