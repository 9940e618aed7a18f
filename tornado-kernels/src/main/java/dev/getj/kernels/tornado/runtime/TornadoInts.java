package dev.getj.kernels.tornado.runtime;

import dev.getj.kernels.tensor.IntTensor;

/** Integers that only the host writes: sent along with every program. */
final class TornadoInts implements IntTensor {
    private final int offset;
    private final int[] values;

    /**
     * @param offset of the first in the array that is sent
     */
    TornadoInts(int offset, int size) {
        this.offset = offset;
        values = new int[size];
    }

    int offset() {
        return offset;
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    public IntTensor set(int... newValues) {
        if (newValues.length != size()) {
            throw new IllegalArgumentException(
                    "an integer vector of "
                            + size()
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

    /** Element {@code i}, without a copy. */
    int get(int i) {
        return values[i];
    }

    static TornadoInts of(IntTensor ints) {
        if (ints instanceof TornadoInts own) {
            return own;
        }
        throw new IllegalArgumentException("the integer vector belongs to another backend");
    }
}
