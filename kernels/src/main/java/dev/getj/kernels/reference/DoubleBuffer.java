package dev.getj.kernels.reference;

import dev.getj.kernels.tensor.Buffer;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.Tensor;

/**
 * Storage of the reference backend: doubles, so that finite differences mean something. Values of
 * narrower types are rounded to them.
 */
public final class DoubleBuffer implements Buffer {
    private final DType dtype;
    private final double[] values;

    DoubleBuffer(DType dtype, int size) {
        this.dtype = dtype;
        values = new double[size];
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    public void write(int at, float[] source, int from, int count) {
        for (int i = 0; i < count; i++) {
            values[at + i] = dtype.round(source[from + i]);
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

    /** Sets element {@code i} of a tensor of the reference backend, rounded to its type. */
    public static void set(Tensor tensor, int i, double value) {
        DoubleBuffer buffer = of(tensor);
        buffer.values[tensor.offset() + i] = buffer.dtype.round(value);
    }

    /** Adds to element {@code i} of a tensor of the reference backend. */
    static void add(Tensor tensor, int i, double value) {
        set(tensor, i, get(tensor, i) + value);
    }

    private static DoubleBuffer of(Tensor tensor) {
        if (tensor.buffer().storage() instanceof DoubleBuffer buffer) {
            return buffer;
        }
        throw new IllegalArgumentException(tensor + " was not made by the reference backend");
    }
}
