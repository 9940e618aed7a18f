package dev.getj.io;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file, memory-mapped as a rule: eight bytes of header length, a JSON header, the
 * tensors' bytes, little-endian. Opening reads and checks the header only; data is paged in as it
 * is read. Threads may read at the same time.
 */
public final class SafetensorsFile implements AutoCloseable {
    /** Longest header that is accepted, as in the format's own reader. */
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private static final ValueLayout.OfLong LONG =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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
    private final MemorySegment file;
    private final MemorySegment data;

    private SafetensorsFile(
            Path path,
            SafetensorsHeader header,
            Arena arena,
            MemorySegment file,
            MemorySegment data) {
        this.path = path;
        this.header = header;
        this.arena = arena;
        this.file = file;
        this.data = data;
    }

    /**
     * Maps a file and checks its header.
     *
     * @throws GetjException naming the file and what is wrong, if it is missing, unreadable,
     *     damaged, or of a newer version of getj's {@linkplain FileFormat formats}
     */
    public static SafetensorsFile open(Path path) {
        if (Files.isDirectory(path)) {
            throw new GetjException(
                    "cannot read " + path + ": it is a folder, not a safetensors file");
        }
        Arena arena = Arena.ofShared();
        return MappedFile.open(path, arena, bytes -> checked(path, arena, bytes));
    }

    /**
     * The same of a file that is in memory.
     *
     * @param name of the file, for messages
     * @param content all its bytes, which must not change
     * @throws GetjException if it is damaged
     */
    public static SafetensorsFile of(Path name, byte[] content) {
        return checked(name, Arena.ofShared(), MemorySegment.ofArray(content));
    }

    private static SafetensorsFile checked(Path path, Arena arena, MemorySegment file) {
        requireKind(path, file);
        try {
            long headerBytes = headerBytes(file);
            MemorySegment json = file.asSlice(Long.BYTES, headerBytes);
            MemorySegment data = file.asSlice(Long.BYTES + headerBytes);
            SafetensorsHeader header = SafetensorsHeader.parse(json, data.byteSize());
            FileFormat.requireKnown(path, header.metadata());
            return new SafetensorsFile(path, header, arena, file, data);
        } catch (SafetensorsHeader.Damage e) {
            throw new GetjException(
                    path + " is not a safetensors file that can be read: " + e.getMessage(), e);
        }
    }

    private static void requireKind(Path path, MemorySegment file) {
        FileKind kind = FileKind.of(file);
        if (kind == FileKind.ZIP && NumpyFile.holdsArrays(path.toString(), file)) {
            kind = FileKind.NUMPY;
        } else if (kind == FileKind.ZIP) {
            kind = FileKind.TORCH_ZIP;
        }
        // an empty file and one of a few bytes are both truncated
        if (kind != FileKind.SAFETENSORS && kind != FileKind.UNKNOWN && kind != FileKind.EMPTY) {
            throw new GetjException(path + " is not a safetensors file: it is " + kind.text());
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
                    "its header would have %s bytes, the whole file has %s; it is truncated"
                            .formatted(bytes, file.byteSize()));
        }
        return bytes;
    }

    /** The file that was opened. */
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

    /** True if there is a tensor of this name. */
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
        return tensor(name).floats();
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
        tensor(name).floats(first, target, at, count);
    }

    /**
     * A whole tensor of any integer type, booleans as 0 and 1.
     *
     * @throws GetjException if there is no such tensor, it holds floats, it does not fit one array,
     *     or an unsigned value exceeds the range of a long
     */
    public long[] longs(String name) {
        return tensor(name).longs();
    }

    /**
     * Part of an integer tensor; see {@link #floats(String, long, float[], int, int)} and {@link
     * #longs(String)}.
     */
    public void longs(String name, long first, long[] target, int at, int count) {
        tensor(name).longs(first, target, at, count);
    }

    /**
     * A tensor as it lies in the mapped file; valid until this file is closed.
     *
     * @throws GetjException if there is no such tensor
     */
    public StridedTensor tensor(String name) {
        Entry entry = entry(name);
        return StridedTensor.rowMajor(
                path + ": tensor '" + name + "'",
                entry.dtype(),
                entry.shape(),
                data.asSlice(entry.offset(), entry.bytes()));
    }

    /** SHA-256 of the whole file, in 64 hexadecimal digits. */
    public String sha256() {
        return new Sha256().add(file).hex();
    }

    /** Unmaps the file; nothing may be read from it afterwards. */
    @Override
    public void close() {
        arena.close();
    }
}
