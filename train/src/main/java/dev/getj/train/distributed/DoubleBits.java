package dev.getj.train.distributed;

/** Doubles as four floats each, whole numbers below 2¹⁶, and back. */
final class DoubleBits {
    private static final int PARTS = 4;
    private static final int BITS = Long.SIZE / PARTS;
    private static final long MASK = (1L << BITS) - 1;

    private DoubleBits() {}

    static float[] apart(double[] values) {
        float[] parts = new float[Math.multiplyExact(PARTS, values.length)];
        for (int i = 0; i < parts.length; i++) {
            long bits = Double.doubleToRawLongBits(values[i / PARTS]);
            parts[i] = bits >>> i % PARTS * BITS & MASK;
        }
        return parts;
    }

    static double[] joined(float[] parts) {
        double[] values = new double[parts.length / PARTS];
        for (int i = 0; i < values.length; i++) {
            long bits = 0;
            for (int p = 0; p < PARTS; p++) {
                bits |= (long) parts[i * PARTS + p] << p * BITS;
            }
            values[i] = Double.longBitsToDouble(bits);
        }
        return values;
    }
}
