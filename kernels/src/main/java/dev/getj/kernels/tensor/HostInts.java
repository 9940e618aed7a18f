package dev.getj.kernels.tensor;

import java.util.Arrays;

/** An integer vector in the Java heap. */
public final class HostInts implements IntTensor {
    private final int[] values;

    /** Of zeros. */
    public HostInts(int size) {
        values = new int[size];
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    public IntTensor set(int... newValues) {
        if (newValues.length != values.length) {
            throw new IllegalArgumentException(
                    "an integer vector of "
                            + values.length
                            + " takes as many values, not "
                            + newValues.length);
        }
        System.arraycopy(newValues, 0, values, 0, values.length);
        return this;
    }

    @Override
    public int[] get() {
        return values.clone();
    }

    /** The storage itself, for kernels that read it where it lies. */
    public int[] values() {
        return values;
    }

    /** The storage of {@code ints}. */
    public static int[] of(IntTensor ints) {
        if (ints instanceof HostInts host) {
            return host.values;
        }
        throw new IllegalArgumentException("the integer vector belongs to another backend");
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
