package dev.getj.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes npz archives of few elements, as {@code numpy.savez} does. */
final class NpzBuilder {
    private final Map<String, byte[]> arrays = new LinkedHashMap<>();

    /**
     * Adds an array.
     *
     * @param type NumPy's name: {@code u1}, {@code b1}, {@code u2}, {@code i8}, {@code f4}, …
     * @param values repeated until the shape is full
     */
    NpzBuilder add(String name, String type, int[] shape, double... values) {
        int elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        int bytes = type.charAt(1) - '0';
        ByteBuffer data = ByteBuffer.allocate(elements * bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            double value = values[i % values.length];
            switch (type) {
                case "u1", "b1" -> data.put((byte) value);
                case "u2" -> data.putShort((short) value);
                case "i4" -> data.putInt((int) value);
                case "i8" -> data.putLong((long) value);
                case "f4" -> data.putFloat((float) value);
                case "f8" -> data.putDouble(value);
                default -> throw new IllegalArgumentException(type);
            }
        }
        String sizes =
                Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        String order = bytes == 1 ? "|" : "<";
        String header =
                "{'descr': '%s%s', 'fortran_order': False, 'shape': (%s,), }"
                        .formatted(order, type, sizes);
        header += " ".repeat(63 - (10 + header.length()) % 64) + "\n";
        ByteArrayOutputStream npy = new ByteArrayOutputStream();
        npy.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        npy.write(header.length() & 0xFF);
        npy.write(header.length() >> 8);
        npy.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
        npy.writeBytes(data.array());
        arrays.put(name, npy.toByteArray());
        return this;
    }

    Path write(Path file) {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                out.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                out.write(array.getValue());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return file;
    }
}
