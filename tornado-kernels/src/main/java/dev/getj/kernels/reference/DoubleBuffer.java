package dev.getj.kernels.reference;

import dev.getj.kernels.Buffer;
import dev.getj.kernels.Tensor;

/** Storage of the reference backend: doubles, so that finite differences mean something. */
public final class DoubleBuffer implements Buffer {
    final double[] values;

    DoubleBuffer(int size) {
        values = new double[size];
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    public void write(int at, float[] source, int from, int count) {
        for (int i = 0; i < count; i++) {
            values[at + i] = source[from + i];
        }
    }

    @Override
    public void read(int at, float[] target, int to, int count) {
        for (int i = 0; i < count; i++) {
            target[to + i] = (float) values[at + i];
        }
    }

    /** Element {@code i} of a tensor of the reference backend, at full precision. */
    public static double get(Tensor tensor, int i) {
        return of(tensor).values[tensor.offset() + i];
    }

    /** Sets element {@code i} of a tensor of the reference backend, at full precision. */
    public static void set(Tensor tensor, int i, double value) {
        of(tensor).values[tensor.offset() + i] = value;
    }

    private static DoubleBuffer of(Tensor tensor) {
        if (tensor.buffer() instanceof DoubleBuffer buffer) {
            return buffer;
        }
        throw new IllegalArgumentException(tensor + " was not made by the reference backend");
    }
}
