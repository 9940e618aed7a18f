package dev.getj.io.torch;

import dev.getj.io.DType;

import java.nio.ByteOrder;

/**
 * A {@code numpy.dtype} in a pickle.
 *
 * @param dtype null if its elements are not real numbers
 */
record NumpyType(DType dtype, ByteOrder order) {
    static NumpyType named(String code) {
        return new NumpyType(DType.ofNumpy(code).orElse(null), ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The same with what its state tells.
     *
     * @param order {@code <}, {@code >}, or another character where it does not matter
     * @param parts true if an element consists of others, as in a structured array
     */
    NumpyType with(String order, boolean parts) {
        return new NumpyType(
                parts ? null : dtype,
                order.equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }
}
