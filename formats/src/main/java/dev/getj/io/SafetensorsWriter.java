package dev.getj.io;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Collects tensors, then writes them as one safetensors file, completely or not at all. Values are
 * converted in small pieces while writing, so a tensor is never twice on the heap; arrays and
 * sources that were added must not change until {@link #write} returns.
 *
 * <p>The same content gives the same bytes whatever the order in which it was added: tensors are
 * laid out by falling element size, then by name, and the header is padded so that data begins at a
 * multiple of 8 bytes, which aligns them all.
 */
public final class SafetensorsWriter {
    private static final int CHUNK = 1 << 13;

    /** Delivers a tensor's elements piece by piece, in order. */
    @FunctionalInterface
    public interface FloatSource {
        /** Writes elements {@code first … first + count} to the start of {@code target}. */
        void read(long first, float[] target, int count);
    }

    private interface Data {
        void writeTo(OutputStream out, ByteBuffer buffer) throws IOException;
    }

    private record Item(String name, DType dtype, long[] shape, long size, Data data) {}

    private final Map<String, Item> items = new TreeMap<>();
    private final Map<String, String> metadata = new TreeMap<>();

    /** A file without tensors and metadata, which are then added. */
    public SafetensorsWriter() {}

    /** Attaches the name and the version of a format. */
    public SafetensorsWriter format(FileFormat format) {
        format.metadata().forEach(this::metadata);
        return this;
    }

    /** Attaches free text under a key. */
    public SafetensorsWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /**
     * Adds an F32 tensor.
     *
     * @throws IllegalArgumentException if the shape does not hold as many elements as {@code
     *     values} has, or the name is taken
     */
    public SafetensorsWriter add(String name, float[] values, long... shape) {
        requireSize(name, values.length, shape);
        return add(name, DType.F32, fromArray(values), shape);
    }

    /** Adds a tensor of halves, rounded to nearest; see {@link #add(String, float[], long...)}. */
    public SafetensorsWriter addHalf(String name, float[] values, long... shape) {
        requireSize(name, values.length, shape);
        return add(name, DType.F16, fromArray(values), shape);
    }

    /** Adds an I64 tensor; see {@link #add(String, float[], long...)}. */
    public SafetensorsWriter add(String name, long[] values, long... shape) {
        requireSize(name, values.length, shape);
        return put(
                name,
                DType.I64,
                shape,
                (out, buffer) -> {
                    for (int from = 0; from < values.length; from += CHUNK) {
                        int count = Math.min(CHUNK, values.length - from);
                        buffer.clear().asLongBuffer().put(values, from, count);
                        out.write(buffer.array(), 0, count * Long.BYTES);
                    }
                });
    }

    /**
     * Adds a tensor whose elements are asked for while writing.
     *
     * @param dtype {@link DType#F32} or {@link DType#F16}
     * @throws IllegalArgumentException for another dtype, or if the name is taken
     */
    public SafetensorsWriter add(String name, DType dtype, FloatSource source, long... shape) {
        if (dtype != DType.F32 && dtype != DType.F16) {
            throw new IllegalArgumentException("floats are written as F32 or F16, not " + dtype);
        }
        long size = sizeOf(shape);
        return put(
                name,
                dtype,
                shape,
                (out, buffer) -> {
                    float[] values = new float[CHUNK];
                    for (long from = 0; from < size; from += CHUNK) {
                        int count = (int) Math.min(CHUNK, size - from);
                        source.read(from, values, count);
                        encode(dtype, values, count, buffer.clear());
                        out.write(buffer.array(), 0, count * dtype.bytes());
                    }
                });
    }

    /**
     * Adds a tensor of a file as it is, of any type, without conversion.
     *
     * @throws IllegalArgumentException if the name is taken
     */
    public SafetensorsWriter add(String name, StridedTensor tensor) {
        return put(name, tensor.dtype(), tensor.shape(), (out, _) -> tensor.writeTo(out));
    }

    /**
     * Writes everything that was added.
     *
     * @throws GetjException if the file cannot be written, a full disk included; nothing is left
     *     behind then
     */
    public void write(Path path) {
        AtomicFile.write(path, this::writeTo);
    }

    /** Writes everything that was added to a stream, which stays open. */
    public void writeTo(OutputStream out) throws IOException {
        List<Item> ordered =
                items.values().stream()
                        .sorted(
                                Comparator.comparingInt(
                                        (Item item) ->
                                                -item.dtype().bytes())) // stable: by name within
                        .toList();
        byte[] header = header(ordered);
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(header.length);
        out.write(buffer.array(), 0, Long.BYTES);
        out.write(header);
        for (Item item : ordered) {
            item.data().writeTo(out, buffer);
        }
    }

    private byte[] header(List<Item> ordered) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        if (!metadata.isEmpty()) {
            ObjectNode node = root.putObject(SafetensorsHeader.METADATA);
            metadata.forEach(node::put);
        }
        long offset = 0;
        for (Item item : ordered) {
            ObjectNode node = root.putObject(item.name());
            node.put("dtype", item.dtype().name());
            Arrays.stream(item.shape()).forEach(node.putArray("shape")::add);
            long end = offset + item.size() * item.dtype().bytes();
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(json, Math.ceilDiv(json.length, Long.BYTES) * Long.BYTES);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return padded;
    }

    private SafetensorsWriter put(String name, DType dtype, long[] shape, Data data) {
        if (name.equals(SafetensorsHeader.METADATA) || items.containsKey(name)) {
            throw new IllegalArgumentException("the tensor name '" + name + "' is taken");
        }
        items.put(name, new Item(name, dtype, shape.clone(), sizeOf(shape), data));
        return this;
    }

    private static void encode(DType dtype, float[] values, int count, ByteBuffer buffer) {
        if (dtype == DType.F32) {
            buffer.asFloatBuffer().put(values, 0, count);
        } else {
            for (int i = 0; i < count; i++) {
                buffer.putShort(Float.floatToFloat16(values[i]));
            }
        }
    }

    private static FloatSource fromArray(float[] values) {
        return (first, target, count) -> System.arraycopy(values, (int) first, target, 0, count);
    }

    private static void requireSize(String name, int length, long[] shape) {
        if (sizeOf(shape) != length) {
            throw new IllegalArgumentException(
                    "tensor '"
                            + name
                            + "' of shape "
                            + Arrays.toString(shape)
                            + " does not hold "
                            + length
                            + " values");
        }
    }

    private static long sizeOf(long[] shape) {
        long size = 1;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException(
                        "negative dimension in shape " + Arrays.toString(shape));
            }
            size = Math.multiplyExact(size, dimension);
        }
        return size;
    }
}
