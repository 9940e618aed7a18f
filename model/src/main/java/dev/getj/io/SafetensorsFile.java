package dev.getj.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file, memory-mapped: eight bytes of header length, a JSON header, the tensors'
 * bytes, little-endian. Opening reads and checks the header only; data is paged in as it is read.
 * Threads may read at the same time.
 */
public final class SafetensorsFile implements AutoCloseable {
    /** Longest header that is accepted, as in the format's own reader. */
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private static final ValueLayout.OfShort SHORT =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /**
     * One tensor's description.
     *
     * @param shape dimensions, outermost first; empty for a scalar
     * @param offset first byte, counted from the end of the header
     */
    public record Entry(String name, DType dtype, long[] shape, long offset) {
        public Entry {
            shape = shape.clone();
        }

        @Override
        public long[] shape() {
            return shape.clone();
        }

        /** Number of elements. */
        public long size() {
            long size = 1;
            for (long dimension : shape) {
                size *= dimension;
            }
            return size;
        }

        /** Number of bytes in the file. */
        public long bytes() {
            return size() * dtype.bytes();
        }

        /** The shape for people: {@code [2, 3]}. */
        public String shapeText() {
            return Arrays.toString(shape);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entry(String n, DType d, long[] s, long o)
                    && name.equals(n)
                    && dtype == d
                    && Arrays.equals(shape, s)
                    && offset == o;
        }

        @Override
        public int hashCode() {
            return 31 * name.hashCode() + Arrays.hashCode(shape);
        }

        @Override
        public String toString() {
            return name + ": " + dtype + " " + shapeText();
        }
    }

    private final Path path;
    private final SafetensorsHeader header;
    private final Arena arena;
    private final MemorySegment data;

    private SafetensorsFile(Path path, SafetensorsHeader header, Arena arena, MemorySegment data) {
        this.path = path;
        this.header = header;
        this.arena = arena;
        this.data = data;
    }

    /**
     * Maps a file and checks its header.
     *
     * @throws GetjException naming the file and what is wrong, if it is missing, unreadable or
     *     damaged
     */
    public static SafetensorsFile open(Path path) {
        if (Files.isDirectory(path)) {
            throw new GetjException(
                    "cannot read " + path + ": it is a folder, not a safetensors file");
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment file =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            long headerBytes = headerBytes(file);
            byte[] json = file.asSlice(Long.BYTES, headerBytes).toArray(JAVA_BYTE);
            MemorySegment data = file.asSlice(Long.BYTES + headerBytes);
            SafetensorsFile opened =
                    new SafetensorsFile(
                            path, SafetensorsHeader.parse(json, data.byteSize()), arena, data);
            arena = null;
            return opened;
        } catch (SafetensorsHeader.Damage e) {
            throw new GetjException(
                    path + " is not a safetensors file that can be read: " + e.getMessage(), e);
        } catch (IOException e) {
            throw GetjException.reading(path, e);
        } finally {
            if (arena != null) {
                arena.close();
            }
        }
    }

    private static long headerBytes(MemorySegment file) throws SafetensorsHeader.Damage {
        if (file.byteSize() < Long.BYTES + 2) {
            throw new SafetensorsHeader.Damage("it has only " + file.byteSize() + " bytes");
        }
        long bytes = file.get(LONG, 0);
        if (bytes < 2 || bytes > MAX_HEADER_BYTES) {
            throw new SafetensorsHeader.Damage(
                    "its header would have "
                            + Long.toUnsignedString(bytes)
                            + " bytes, outside 2 to "
                            + MAX_HEADER_BYTES);
        }
        if (bytes > file.byteSize() - Long.BYTES) {
            throw new SafetensorsHeader.Damage(
                    "its header would have %d bytes, the whole file has %d; it is truncated"
                            .formatted(bytes, file.byteSize()));
        }
        return bytes;
    }

    public Path path() {
        return path;
    }

    /** Names of all tensors, in the order of their data. */
    public Set<String> names() {
        return header.tensors().keySet();
    }

    /** Free text that the writer attached; empty if there is none. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    public boolean has(String name) {
        return header.tensors().containsKey(name);
    }

    /**
     * @throws GetjException if there is no such tensor
     */
    public Entry entry(String name) {
        Entry entry = header.tensors().get(name);
        if (entry == null) {
            throw new GetjException(path + " holds no tensor '" + name + "'");
        }
        return entry;
    }

    /**
     * A whole tensor of any floating-point type as floats, row-major. F64 is rounded, NaN and
     * infinities are kept.
     *
     * @throws GetjException if there is no such tensor, it holds integers, or it does not fit one
     *     array
     */
    public float[] floats(String name) {
        Entry entry = entry(name);
        float[] values = new float[arraySize(entry)];
        floats(name, 0, values, 0, values.length);
        return values;
    }

    /**
     * Part of a tensor of any floating-point type.
     *
     * @param first element to begin with, row-major
     * @param target receives the elements from position {@code at}
     * @throws GetjException if there is no such tensor or it holds integers
     * @throws IndexOutOfBoundsException if the tensor does not have these elements
     */
    public void floats(String name, long first, float[] target, int at, int count) {
        Entry entry = entry(name);
        if (!entry.dtype().isFloat()) {
            throw new GetjException(
                    path + ": tensor '" + name + "' holds " + entry.dtype() + ", not floats");
        }
        MemorySegment source = slice(entry, first, count);
        switch (entry.dtype()) {
            case F32 -> MemorySegment.copy(source, FLOAT, 0, target, at, count);
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = (float) source.getAtIndex(DOUBLE, i);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = Float.float16ToFloat(source.getAtIndex(SHORT, i));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = Float.intBitsToFloat(source.getAtIndex(SHORT, i) << 16);
                }
            }
            case F8_E4M3 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = DType.e4m3ToFloat(source.get(JAVA_BYTE, i));
                }
            }
            case F8_E5M2 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = DType.e5m2ToFloat(source.get(JAVA_BYTE, i));
                }
            }
            default -> throw new AssertionError(entry.dtype());
        }
    }

    /**
     * A whole tensor of any integer type, booleans as 0 and 1.
     *
     * @throws GetjException if there is no such tensor, it holds floats, it does not fit one array,
     *     or an unsigned value exceeds the range of a long
     */
    public long[] longs(String name) {
        Entry entry = entry(name);
        long[] values = new long[arraySize(entry)];
        longs(name, 0, values, 0, values.length);
        return values;
    }

    /**
     * Part of an integer tensor; see {@link #floats(String, long, float[], int, int)} and {@link
     * #longs(String)}.
     */
    public void longs(String name, long first, long[] target, int at, int count) {
        Entry entry = entry(name);
        if (entry.dtype().isFloat()) {
            throw new GetjException(
                    path + ": tensor '" + name + "' holds " + entry.dtype() + ", not integers");
        }
        MemorySegment source = slice(entry, first, count);
        for (int i = 0; i < count; i++) {
            target[at + i] = integer(entry, source, i);
        }
    }

    private long integer(Entry entry, MemorySegment source, int i) {
        return switch (entry.dtype()) {
            case I64 -> source.getAtIndex(LONG, i);
            case U64 -> {
                long value = source.getAtIndex(LONG, i);
                if (value < 0) {
                    throw new GetjException(
                            "%s: tensor '%s' holds %s, more than a signed 64-bit integer can"
                                    .formatted(path, entry.name(), Long.toUnsignedString(value)));
                }
                yield value;
            }
            case I32 -> source.getAtIndex(INT, i);
            case U32 -> Integer.toUnsignedLong(source.getAtIndex(INT, i));
            case I16 -> source.getAtIndex(SHORT, i);
            case U16 -> Short.toUnsignedLong(source.getAtIndex(SHORT, i));
            case I8 -> source.get(JAVA_BYTE, i);
            case U8 -> Byte.toUnsignedLong(source.get(JAVA_BYTE, i));
            case BOOL -> source.get(JAVA_BYTE, i) == 0 ? 0 : 1;
            default -> throw new AssertionError(entry.dtype());
        };
    }

    private MemorySegment slice(Entry entry, long first, int count) {
        if (first < 0 || count < 0 || first > entry.size() - count) {
            throw new IndexOutOfBoundsException(
                    "elements "
                            + first
                            + " to "
                            + (first + count)
                            + " of "
                            + entry
                            + " in "
                            + path);
        }
        int bytes = entry.dtype().bytes();
        return data.asSlice(entry.offset() + first * bytes, (long) count * bytes);
    }

    private int arraySize(Entry entry) {
        if (entry.size() > Integer.MAX_VALUE - 16) {
            throw new GetjException(
                    path + ": tensor '" + entry + "' is too large to be read at once");
        }
        return (int) entry.size();
    }

    /** Unmaps the file; nothing may be read from it afterwards. */
    @Override
    public void close() {
        arena.close();
    }
}
