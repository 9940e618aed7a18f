package dev.getj.io.torch;

import dev.getj.io.StridedTensor;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * How NumPy's arrays, scalars and types stand in a pickle ({@code numpy/_core/multiarray} and
 * {@code numeric._frombuffer}): an array is made empty and then given shape, type and bytes.
 */
final class NumpyCalls {
    private static final int MAX_DIMENSIONS = 64;

    private final PickleBytes in;

    NumpyCalls(PickleBytes in) {
        this.in = in;
    }

    /** {@code _reconstruct(ndarray, (0,), b'b')}, or of a class derived from it. */
    PyValue array(List<PyValue> items) {
        require(items.size() == 3, "an array without class, shape and type");
        return switch (items.getFirst()) {
            case PyValue.Global(TorchGlobal.ArrayType _) -> new PyValue.Array();
            case PyValue.Foreign(String name) -> new PyValue.Opaque(name);
            default -> throw in.refuse("an array of something that is no class is not read");
        };
    }

    /** {@code (version, shape, dtype, column-major, bytes)}; of objects a list instead of bytes. */
    void fill(PyValue.Array array, PyValue state) {
        if (!(state instanceof PyValue.Tuple(List<PyValue> items))
                || items.size() != 5
                || !(items.get(2) instanceof PyValue.ElementType type)
                || !(items.get(3) instanceof PyValue.Bool columnMajor)) {
            throw in.refuse("an array is not described as NumPy does");
        }
        if (type.type().dtype() != null && !(items.get(4) instanceof PyValue.PyList)) {
            array.fill(
                    content(
                            type.type(),
                            items.get(1),
                            columnMajor == PyValue.Bool.TRUE,
                            bytes(items.get(4))));
        }
    }

    /** {@code _frombuffer(bytes, dtype, shape, order)}, which protocol 5 has. */
    PyValue arrayOf(List<PyValue> items) {
        if (items.size() != 4 || !(items.get(1) instanceof PyValue.ElementType type)) {
            throw in.refuse("an array is not described as NumPy does");
        }
        PyValue.Array array = new PyValue.Array();
        if (type.type().dtype() != null) {
            boolean columnMajor = items.get(3).equals(new PyValue.Str("F"));
            array.fill(content(type.type(), items.get(2), columnMajor, bytes(items.getFirst())));
        }
        return array;
    }

    private NumpyArray content(NumpyType type, PyValue shape, boolean columnMajor, byte[] bytes) {
        try {
            return new NumpyArray(type, sizes(shape), columnMajor, bytes);
        } catch (IllegalArgumentException e) {
            throw in.refuse("an array cannot be: " + e.getMessage());
        }
    }

    private long[] sizes(PyValue shape) {
        if (!(shape instanceof PyValue.Tuple(List<PyValue> items))
                || items.size() > MAX_DIMENSIONS) {
            throw in.refuse("an array has no shape");
        }
        return items.stream()
                .mapToLong(
                        item -> {
                            if (item instanceof PyValue.Int(long size)) {
                                return size;
                            }
                            throw in.refuse("a size of an array is not a whole number");
                        })
                .toArray();
    }

    /** {@code dtype('f4', …)}; the byte order comes as its state. */
    PyValue type(List<PyValue> items) {
        if (items.isEmpty()) {
            throw in.refuse("a dtype without name is not read");
        }
        return new PyValue.ElementType(
                NumpyType.named(
                        switch (items.getFirst()) {
                            case PyValue.Str(String code) -> code;
                            case PyValue.Bytes(byte[] code) ->
                                    new String(code, StandardCharsets.ISO_8859_1);
                            default -> "";
                        }));
    }

    /** {@code (version, byte order, subtype, names, fields, …)}. */
    void complete(PyValue.ElementType type, PyValue state) {
        if (!(state instanceof PyValue.Tuple(List<PyValue> items)) || items.size() < 5) {
            throw in.refuse("a dtype is not described as NumPy does");
        }
        String order =
                switch (items.get(1)) {
                    case PyValue.Str(String text) -> text;
                    case PyValue.Bytes(byte[] text) ->
                            new String(text, StandardCharsets.ISO_8859_1);
                    default -> throw in.refuse("a dtype has no byte order");
                };
        boolean parts = items.get(2) != PyValue.None.NONE || items.get(3) != PyValue.None.NONE;
        type.become(type.type().with(order, parts));
    }

    /** {@code scalar(dtype, bytes)}: a number, or nothing that is read. */
    PyValue scalar(List<PyValue> items) {
        if (items.isEmpty() || !(items.getFirst() instanceof PyValue.ElementType type)) {
            throw in.refuse("a scalar is not described as NumPy does");
        }
        if (type.type().dtype() == null || items.size() != 2) {
            return PyValue.None.NONE;
        }
        StridedTensor value =
                content(type.type(), new PyValue.Tuple(List.of()), false, bytes(items.getLast()))
                        .tensor("a scalar");
        return switch (value.dtype()) {
            case BOOL -> PyValue.Bool.of(value.longs()[0] != 0);
            case U64 -> PyValue.None.NONE; // may exceed 64 bits with a sign, and tells nothing
            default ->
                    value.dtype().isFloat()
                            ? new PyValue.Real(value.doubles()[0])
                            : new PyValue.Int(value.longs()[0]);
        };
    }

    // text is what Python 2 wrote
    private byte[] bytes(PyValue value) {
        return switch (value) {
            case PyValue.Bytes(byte[] content) -> content;
            case PyValue.Str(String text) -> text.getBytes(StandardCharsets.UTF_8);
            default -> throw in.refuse("an array has no bytes");
        };
    }

    private void require(boolean fine, String what) {
        if (!fine) {
            throw in.refuse(what + " is not read");
        }
    }
}
