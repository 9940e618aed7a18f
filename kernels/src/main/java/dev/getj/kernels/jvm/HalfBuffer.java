package dev.getj.kernels.jvm;

import dev.getj.kernels.tensor.DType;

/** Numbers of 16 bits in a Java array. */
final class HalfBuffer extends Storage {
    private final DType dtype;
    private final short[] bits;

    /**
     * @param dtype F16 or BF16
     */
    HalfBuffer(DType dtype, int size) {
        this.dtype = dtype;
        bits = new short[size];
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public int size() {
        return bits.length;
    }

    @Override
    void put(int at, float[] source, int from, int count) {
        if (dtype == DType.F16) {
            for (int i = 0; i < count; i++) {
                bits[at + i] = Float.floatToFloat16(source[from + i]);
            }
        } else {
            for (int i = 0; i < count; i++) {
                bits[at + i] = DType.floatToBfloat16(source[from + i]);
            }
        }
    }

    @Override
    public void read(int at, float[] target, int to, int count) {
        if (dtype == DType.F16) {
            for (int i = 0; i < count; i++) {
                target[to + i] = Float.float16ToFloat(bits[at + i]);
            }
        } else {
            for (int i = 0; i < count; i++) {
                target[to + i] = DType.bfloat16ToFloat(bits[at + i]);
            }
        }
    }
}
