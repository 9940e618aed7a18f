package dev.getj.kernels.tensor;

/** Element types of tensors. Values are exchanged with Java as floats, whatever their type. */
public enum DType {
    /** IEEE 754 binary32: what networks compute in. */
    F32(4) {
        @Override
        public double round(double value) {
            return (float) value;
        }
    },
    /** IEEE 754 binary64: the oracle's. */
    F64(8) {
        @Override
        public double round(double value) {
            return value;
        }
    },
    /** IEEE 754 binary16: 11 significant bits, at most 65504. */
    F16(2) {
        @Override
        public double round(double value) {
            return Float.float16ToFloat(Float.floatToFloat16((float) value));
        }
    },
    /** bfloat16, the upper half of a binary32: 8 significant bits, the range of F32. */
    BF16(2) {
        @Override
        public double round(double value) {
            return bfloat16ToFloat(floatToBfloat16((float) value));
        }
    };

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of an element. */
    public int bytes() {
        return bytes;
    }

    /** The nearest value of this type, ties to even; beyond its range an infinity. */
    public abstract double round(double value);

    /** The bits of the bfloat16 nearest to {@code value}, ties to even. NaN stays NaN. */
    public static short floatToBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            // a payload that fills the lower half alone would otherwise become an infinity
            return (short) (bits >>> 16 | 0x40);
        }
        int tieToEven = 0x7fff + (bits >>> 16 & 1);
        return (short) (bits + tieToEven >>> 16);
    }

    /** The value of the bfloat16 with these bits, exactly. */
    public static float bfloat16ToFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }
}
