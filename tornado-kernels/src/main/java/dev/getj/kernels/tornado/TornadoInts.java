package dev.getj.kernels.tornado;

import dev.getj.kernels.IntTensor;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Integers that only the host writes: sent along with every program that reads them. */
final class TornadoInts implements IntTensor {
    private final IntArray array;

    TornadoInts(int size) {
        array = new IntArray(size);
        array.init(0);
    }

    IntArray array() {
        return array;
    }

    @Override
    public int size() {
        return array.getSize();
    }

    @Override
    public IntTensor set(int... values) {
        if (values.length != size()) {
            throw new IllegalArgumentException(
                    "an integer vector of "
                            + size()
                            + " takes as many values, not "
                            + values.length);
        }
        for (int i = 0; i < values.length; i++) {
            array.set(i, values[i]);
        }
        return this;
    }

    @Override
    public int[] get() {
        return array.toHeapArray();
    }

    static TornadoInts of(IntTensor ints) {
        if (ints instanceof TornadoInts own) {
            return own;
        }
        throw new IllegalArgumentException("the integer vector belongs to another backend");
    }
}
