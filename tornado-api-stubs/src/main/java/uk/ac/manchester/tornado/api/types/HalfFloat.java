package uk.ac.manchester.tornado.api.types;

/** An IEEE 754 binary16 number. */
public class HalfFloat {
    private final short bits;

    /** The number nearest to {@code halfFloat}, ties to even. */
    public HalfFloat(float halfFloat) {
        bits = Float.floatToFloat16(halfFloat);
    }

    /** The number with these bits. */
    public HalfFloat(short halfFloat) {
        bits = halfFloat;
    }

    /** The bits. */
    public short getHalfFloatValue() {
        return bits;
    }

    /** The value, exactly. */
    public float getFloat32() {
        return Float.float16ToFloat(bits);
    }
}
