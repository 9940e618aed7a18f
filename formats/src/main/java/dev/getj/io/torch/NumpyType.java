package dev.getj.io.torch;

import dev.getj.io.DType;

import java.nio.ByteOrder;
import java.util.Map;

/**
 * A {@code numpy.dtype} in a pickle.
 *
 * @param dtype null if its elements are not real numbers
 */
record NumpyType(DType dtype, ByteOrder order) {
    private static final Map<String, DType> TYPES =
            Map.ofEntries(
                    Map.entry("f8", DType.F64),
                    Map.entry("f4", DType.F32),
                    Map.entry("f2", DType.F16),
                    Map.entry("i8", DType.I64),
                    Map.entry("i4", DType.I32),
                    Map.entry("i2", DType.I16),
                    Map.entry("i1", DType.I8),
                    Map.entry("u8", DType.U64),
                    Map.entry("u4", DType.U32),
                    Map.entry("u2", DType.U16),
                    Map.entry("u1", DType.U8),
                    Map.entry("b1", DType.BOOL));

    static NumpyType named(String code) {
        return new NumpyType(TYPES.get(code), ByteOrder.LITTLE_ENDIAN);
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
