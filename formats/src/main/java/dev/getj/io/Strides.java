package dev.getj.io;

import java.util.Arrays;

/** How far apart the elements of a tensor lie in its storage, dimension by dimension. */
public final class Strides {
    private Strides() {}

    /** Strides of a tensor whose last dimension is contiguous. */
    public static long[] rowMajor(long... shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int d = shape.length - 1; d >= 0; d--) {
            strides[d] = stride;
            stride = Math.max(1, shape[d]) * stride;
        }
        return strides;
    }

    /** Strides of a tensor whose first dimension is contiguous, as Fortran lays arrays out. */
    public static long[] columnMajor(long... shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int d = 0; d < shape.length; d++) {
            strides[d] = stride;
            stride = Math.max(1, shape[d]) * stride;
        }
        return strides;
    }

    /**
     * Elements of storage that a view reaches into; 0 if it holds no element.
     *
     * @throws IllegalArgumentException if a size is negative or overflows
     */
    public static long extent(long[] shape, long[] strides, long offset) {
        if (shape.length != strides.length) {
            throw new IllegalArgumentException(
                    "it has %s sizes, but %s strides".formatted(shape.length, strides.length));
        }
        if (offset < 0 || Arrays.stream(shape).anyMatch(size -> size < 0)) {
            throw new IllegalArgumentException(
                    "shape %s from element %s cannot be".formatted(Arrays.toString(shape), offset));
        }
        if (Arrays.stream(shape).anyMatch(size -> size == 0)) {
            return 0;
        }
        try {
            size(shape);
            long last = offset;
            for (int d = 0; d < shape.length; d++) {
                if (strides[d] < 0) {
                    throw new IllegalArgumentException("stride " + strides[d] + " cannot be");
                }
                last = Math.addExact(last, Math.multiplyExact(shape[d] - 1, strides[d]));
            }
            return Math.addExact(last, 1);
        } catch (ArithmeticException _) {
            throw new IllegalArgumentException("its size overflows");
        }
    }

    /**
     * Number of elements.
     *
     * @throws ArithmeticException if that overflows
     */
    static long size(long[] shape) {
        if (Arrays.stream(shape).anyMatch(length -> length == 0)) {
            return 0;
        }
        long size = 1;
        for (long dimension : shape) {
            size = Math.multiplyExact(size, dimension);
        }
        return size;
    }
}
