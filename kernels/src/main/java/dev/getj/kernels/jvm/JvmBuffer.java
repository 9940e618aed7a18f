package dev.getj.kernels.jvm;

import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.Tensor;

/** Floats in a Java array. */
final class JvmBuffer extends Storage {
    final float[] values;

    JvmBuffer(int size) {
        values = new float[size];
    }

    @Override
    public DType dtype() {
        return DType.F32;
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    void put(int at, float[] source, int from, int count) {
        System.arraycopy(source, from, values, at, count);
    }

    @Override
    public void read(int at, float[] target, int to, int count) {
        System.arraycopy(values, at, target, to, count);
    }

    /** The storage of a tensor of floats of this backend. */
    static JvmBuffer of(Tensor tensor) {
        return switch (Storage.of(tensor)) {
            case JvmBuffer floats -> floats;
            case HalfBuffer halves ->
                    throw new IllegalArgumentException(
                            "%s is %s, not F32".formatted(tensor, halves.dtype()));
        };
    }
}
