package dev.getj.io.torch;

import dev.getj.io.StridedTensor;
import dev.getj.io.Strides;

import java.lang.foreign.MemorySegment;

/**
 * The content of a {@code numpy.ndarray} in a pickle.
 *
 * @param columnMajor true if the first dimension is contiguous
 * @param bytes exactly those of its elements
 */
record NumpyArray(NumpyType type, long[] shape, boolean columnMajor, byte[] bytes) {
    /**
     * @throws IllegalArgumentException if the bytes are not as many as type and shape say
     */
    NumpyArray {
        long needed = Strides.extent(shape, strides(shape, columnMajor), 0);
        if (needed > bytes.length || needed * type.dtype().bytes() != bytes.length) {
            throw new IllegalArgumentException(
                    "it has %s bytes instead of %s elements %s"
                            .formatted(bytes.length, needed, type.dtype()));
        }
    }

    StridedTensor tensor(String label) {
        return new StridedTensor(
                label,
                type.dtype(),
                shape,
                strides(shape, columnMajor),
                MemorySegment.ofArray(bytes),
                0,
                type.order());
    }

    private static long[] strides(long[] shape, boolean columnMajor) {
        return columnMajor ? Strides.columnMajor(shape) : Strides.rowMajor(shape);
    }
}
