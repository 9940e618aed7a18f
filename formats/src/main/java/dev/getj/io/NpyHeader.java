package dev.getj.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of an {@code .npy} array (NumPy's {@code lib/format.py}): magic, version, length, and
 * a Python dict literal with {@code descr}, {@code fortran_order} and {@code shape}.
 *
 * @param data first byte of the elements
 */
record NpyHeader(DType dtype, ByteOrder order, boolean columnMajor, long[] shape, long data) {
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST = 1 << 16;
    private static final int MAX_DIMENSIONS = 64;

    private static final Pattern SHAPE = Pattern.compile("\\([0-9L,\\s]*+\\)");

    private static final Pattern TYPE = Pattern.compile("['\"]([<>|=]?)([a-zA-Z]\\d{0,2})['\"]");

    static boolean begins(MemorySegment file) {
        if (file.byteSize() < MAGIC.length + 4) {
            return false;
        }
        for (int i = 0; i < MAGIC.length; i++) {
            if (file.get(JAVA_BYTE, i) != MAGIC[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * @param label file and name, for error messages
     * @throws GetjException if it is no such header, or describes something else than real numbers
     */
    static NpyHeader parse(String label, MemorySegment file) {
        if (!begins(file)) {
            throw new GetjException(label + " is damaged: it does not begin as an npy array does");
        }
        int version = file.get(JAVA_BYTE, MAGIC.length);
        if (version < 1 || version > 3) {
            throw new GetjException(
                    "%s has version %s of the npy format; 1 to 3 are read"
                            .formatted(label, version));
        }
        int lengthBytes = version == 1 ? 2 : 4;
        long begin = MAGIC.length + 2 + lengthBytes;
        long length = begin <= file.byteSize() ? 0 : -1;
        for (int i = 0; i < lengthBytes && length >= 0; i++) {
            length |= Byte.toUnsignedLong(file.get(JAVA_BYTE, MAGIC.length + 2 + i)) << 8 * i;
        }
        if (length < 0 || length > LONGEST || length > file.byteSize() - begin) {
            throw new GetjException(label + " is damaged: its header does not fit its bytes");
        }
        String text =
                new String(
                        file.asSlice(begin, length).toArray(JAVA_BYTE),
                        StandardCharsets.ISO_8859_1);
        Map<String, String> fields = PythonDict.parse(text);
        String descr = required(label, fields, "descr");
        Matcher type = TYPE.matcher(descr);
        Optional<DType> elements = type.matches() ? DType.ofNumpy(type.group(2)) : Optional.empty();
        if (elements.isEmpty()) {
            throw new GetjException(
                    "%s holds elements of type %s; floats, integers and booleans are read"
                            .formatted(
                                    label,
                                    descr.length() > 80 ? descr.substring(0, 80) + "…" : descr));
        }
        String columnMajor = required(label, fields, "fortran_order");
        if (!columnMajor.equals("True") && !columnMajor.equals("False")) {
            throw unreadable(label, "fortran_order");
        }
        String sizes = required(label, fields, "shape");
        if (!SHAPE.matcher(sizes).matches()) {
            throw unreadable(label, "shape");
        }
        return new NpyHeader(
                elements.get(),
                type.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                columnMajor.equals("True"),
                shape(label, sizes.substring(1, sizes.length() - 1).strip()),
                begin + length);
    }

    private static String required(String label, Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw unreadable(label, name);
        }
        return value;
    }

    private static GetjException unreadable(String label, String what) {
        return new GetjException(label + " is damaged: its header has no readable " + what);
    }

    private static long[] shape(String label, String text) {
        // one more than are allowed, and nothing after the comma of (3,)
        String[] numbers = text.isBlank() ? new String[0] : text.split(",", MAX_DIMENSIONS + 2);
        if (numbers.length > 0 && numbers[numbers.length - 1].isBlank()) {
            numbers = Arrays.copyOf(numbers, numbers.length - 1);
        }
        if (numbers.length > MAX_DIMENSIONS) {
            throw new GetjException(
                    "%s has more than %s dimensions".formatted(label, MAX_DIMENSIONS));
        }
        long[] shape = new long[numbers.length];
        try {
            for (int i = 0; i < shape.length; i++) {
                String number = numbers[i].strip();
                shape[i] =
                        Long.parseLong(
                                number.endsWith("L") // of Python 2
                                        ? number.substring(0, number.length() - 1)
                                        : number);
            }
        } catch (NumberFormatException _) {
            throw new GetjException(
                    "%s is damaged: its shape is (%s)"
                            .formatted(
                                    label,
                                    text.length() > 80 ? text.substring(0, 80) + "…" : text));
        }
        return shape;
    }

    /**
     * The array whose header this is.
     *
     * @throws GetjException if {@code file} does not hold exactly its elements
     */
    StridedTensor array(String label, MemorySegment file) {
        try {
            long[] strides = columnMajor ? Strides.columnMajor(shape) : Strides.rowMajor(shape);
            return new StridedTensor(label, dtype, shape, strides, file.asSlice(data), 0, order);
        } catch (IllegalArgumentException e) {
            throw new GetjException(label + " is damaged: " + e.getMessage(), e);
        }
    }
}
