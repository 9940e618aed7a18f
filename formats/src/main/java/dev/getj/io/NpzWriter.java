package dev.getj.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes {@code .npz} archives of NumPy arrays, as {@code numpy.savez_compressed} does: row-major,
 * little-endian, version 1.0 of NumPy's {@code lib/format.py}. The same arrays make the same bytes.
 */
public final class NpzWriter {
    private static final int ALIGNMENT = 64;
    private static final int CHUNK = 1 << 13;

    private final Map<String, AtomicFile.Content> arrays = new LinkedHashMap<>();

    /** With no array yet. */
    public NpzWriter() {}

    /**
     * Adds an array of unsigned bytes.
     *
     * @throws IllegalArgumentException if the name is taken or the shape does not fit
     */
    public NpzWriter add(String name, byte[] values, long... shape) {
        return put(name, "|u1", values.length, shape, out -> out.write(values));
    }

    /**
     * Adds an array of {@code int64}.
     *
     * @throws IllegalArgumentException if the name is taken or the shape does not fit
     */
    public NpzWriter add(String name, long[] values, long... shape) {
        return put(name, "<i8", values.length, shape, out -> writeLongs(out, values));
    }

    private static void writeLongs(OutputStream out, long[] values) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < values.length; from += CHUNK) {
            int count = Math.min(CHUNK, values.length - from);
            buffer.clear().asLongBuffer().put(values, from, count);
            out.write(buffer.array(), 0, count * Long.BYTES);
        }
    }

    private NpzWriter put(
            String name, String type, int size, long[] shape, AtomicFile.Content content) {
        if (Arrays.stream(shape).reduce(1, Math::multiplyExact) != size) {
            throw new IllegalArgumentException(
                    "%s: %s values are not of shape %s"
                            .formatted(name, size, Arrays.toString(shape)));
        }
        AtomicFile.Content array =
                out -> {
                    out.write(header(type, shape));
                    content.writeTo(out);
                };
        if (arrays.putIfAbsent(name, array) != null) {
            throw new IllegalArgumentException("there is an array " + name + " already");
        }
        return this;
    }

    private static byte[] header(String type, long[] shape) {
        // a shape of one dimension is a tuple as well: (5,)
        String sizes = Arrays.stream(shape).mapToObj(n -> n + ",").collect(Collectors.joining(" "));
        String text =
                "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }".formatted(type, sizes);
        int fixed = NpyHeader.MAGIC.length + 2 + Short.BYTES;
        int whole = Math.ceilDiv(fixed + text.length() + 1, ALIGNMENT) * ALIGNMENT;
        ByteBuffer header = ByteBuffer.allocate(whole).order(ByteOrder.LITTLE_ENDIAN);
        header.put(NpyHeader.MAGIC).put((byte) 1).put((byte) 0).putShort((short) (whole - fixed));
        header.put(text.getBytes(StandardCharsets.US_ASCII));
        Arrays.fill(header.array(), header.position(), whole - 1, (byte) ' ');
        header.array()[whole - 1] = '\n';
        return header.array();
    }

    /**
     * Writes what was added.
     *
     * @throws GetjException if the file cannot be written, a full disk included; nothing is left
     *     behind then
     */
    public void write(Path path) {
        AtomicFile.write(path, this::writeTo);
    }

    /** Writes what was added to a stream, which stays open. */
    public void writeTo(OutputStream out) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out);
        zip.setLevel(Deflater.BEST_SPEED);
        for (Map.Entry<String, AtomicFile.Content> array : arrays.entrySet()) {
            ZipEntry entry = new ZipEntry(array.getKey() + ".npy");
            entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
            zip.putNextEntry(entry);
            array.getValue().writeTo(zip);
            zip.closeEntry();
        }
        zip.finish();
    }
}
