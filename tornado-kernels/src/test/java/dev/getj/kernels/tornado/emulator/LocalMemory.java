package dev.getj.kernels.tornado.emulator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The arrays that the work items of one group share: the n-th allocation of every item is the same
 * array. As on a device they hold garbage at first: NaN, or an integer that is far outside any
 * array.
 */
final class LocalMemory {
    /** What CUDA lets a kernel declare; OpenCL devices have no less in practice. */
    static final int BYTES = 48 * 1024;

    private static final int GARBAGE = 0xBADF00D5;

    private final List<Object> arrays = new ArrayList<>();
    private int bytes;

    /** The {@code n}-th array of the group. */
    float[] floats(int n, int size) {
        if (n == arrays.size()) {
            float[] array = new float[reserve(size)];
            Arrays.fill(array, Float.NaN);
            arrays.add(array);
        }
        if (arrays.get(n) instanceof float[] array && array.length == size) {
            return array;
        }
        throw other(n);
    }

    /** The {@code n}-th array of the group. */
    int[] ints(int n, int size) {
        if (n == arrays.size()) {
            int[] array = new int[reserve(size)];
            Arrays.fill(array, GARBAGE);
            arrays.add(array);
        }
        if (arrays.get(n) instanceof int[] array && array.length == size) {
            return array;
        }
        throw other(n);
    }

    private int reserve(int size) {
        bytes += Math.multiplyExact(size, 4);
        if (bytes > BYTES) {
            throw new IllegalStateException(
                    "local arrays of " + bytes + " bytes: a work-group has " + BYTES);
        }
        return size;
    }

    private static IllegalStateException other(int n) {
        return new IllegalStateException(
                "local array "
                        + n
                        + " has another type or length than in other items of the group");
    }
}
