package dev.getj.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor in a file, seen through shape and strides: element {@code [i, j, …]} lies {@code offset
 * + i·strides[0] + j·strides[1] + …} elements into a storage, which several tensors may share.
 * Nothing is copied until elements are asked for; they come row-major, converted to the type asked
 * for. Every element is known to lie inside the storage.
 */
public final class StridedTensor {
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

    private static final int CHUNK_BYTES = 1 << 16;

    private final String label;
    private final DType dtype;
    private final long[] shape;
    private final long[] strides;
    private final MemorySegment storage;
    private final long offset;
    private final boolean bigEndian;
    private final long size;
    private final boolean rowMajor;

    /**
     * @param label what error messages call it: file and name
     * @param strides in elements
     * @param offset of the first element, in elements
     * @throws IllegalArgumentException saying in words for people why there can be no such tensor:
     *     an element would lie outside the storage, or sizes overflow
     */
    public StridedTensor(
            String label,
            DType dtype,
            long[] shape,
            long[] strides,
            MemorySegment storage,
            long offset,
            ByteOrder order) {
        this.label = label;
        this.dtype = dtype;
        this.shape = shape.clone();
        this.strides = strides.clone();
        this.storage = storage;
        this.offset = offset;
        this.bigEndian = order == ByteOrder.BIG_ENDIAN;
        long needed = Strides.extent(shape, strides, offset);
        long held = storage.byteSize() / dtype.bytes();
        if (needed > held) {
            throw new IllegalArgumentException(
                    "it needs %s elements of storage, but there are %s".formatted(needed, held));
        }
        this.size = Strides.size(shape);
        this.rowMajor = Arrays.equals(normal(strides), normal(Strides.rowMajor(shape)));
    }

    /** A tensor whose elements lie one after the other, row-major, little-endian. */
    public static StridedTensor rowMajor(
            String label, DType dtype, long[] shape, MemorySegment storage) {
        return new StridedTensor(
                label, dtype, shape, Strides.rowMajor(shape), storage, 0, ByteOrder.LITTLE_ENDIAN);
    }

    /** The stride of a dimension of one element does not matter. */
    private long[] normal(long[] given) {
        long[] normal = given.clone();
        for (int d = 0; d < normal.length; d++) {
            if (shape[d] <= 1) {
                normal[d] = 0;
            }
        }
        return normal;
    }

    /** File and name, for error messages. */
    public String label() {
        return label;
    }

    /** Type of the elements. */
    public DType dtype() {
        return dtype;
    }

    /** Dimensions, outermost first; empty for a scalar. */
    public long[] shape() {
        return shape.clone();
    }

    /** The shape for people: {@code [2, 3]}. */
    public String shapeText() {
        return Arrays.toString(shape);
    }

    /** Number of elements. */
    public long size() {
        return size;
    }

    /** Bytes of all elements. */
    public long bytes() {
        return size * dtype.bytes();
    }

    /**
     * The bytes of all elements where they lie, if they are row-major and little-endian; otherwise
     * null.
     */
    public MemorySegment contiguous() {
        return rowMajor && (!bigEndian || dtype.bytes() == 1)
                ? storage.asSlice(size == 0 ? 0 : offset * dtype.bytes(), bytes())
                : null;
    }

    /** All elements of a floating-point tensor, rounded to float. */
    public float[] floats() {
        float[] values = new float[arraySize()];
        floats(0, values, 0, values.length);
        return values;
    }

    /** All elements of a floating-point tensor. */
    public double[] doubles() {
        double[] values = new double[arraySize()];
        requireFloat();
        runs(
                0,
                values.length,
                (at, element, stride, count) -> {
                    for (int i = 0; i < count; i++) {
                        values[at + i] = doubleAt(element + i * stride);
                    }
                });
        return values;
    }

    /** All elements of an integer tensor, booleans as 0 and 1. */
    public long[] longs() {
        long[] values = new long[arraySize()];
        longs(0, values, 0, values.length);
        return values;
    }

    /**
     * Part of a floating-point tensor. F64 is rounded, NaN and infinities are kept.
     *
     * @param first element to begin with, row-major
     * @param target receives the elements from position {@code at}
     * @throws GetjException if it holds integers
     * @throws IndexOutOfBoundsException if it does not have these elements
     */
    public void floats(long first, float[] target, int at, int count) {
        requireFloat();
        runs(
                first,
                count,
                (from, element, stride, n) -> {
                    if (dtype == DType.F32 && stride == 1 && !bigEndian) {
                        MemorySegment.copy(
                                storage, FLOAT, element * Float.BYTES, target, at + from, n);
                        return;
                    }
                    for (int i = 0; i < n; i++) {
                        target[at + from + i] = floatAt(element + i * stride);
                    }
                });
    }

    /**
     * Part of an integer tensor; see {@link #floats(long, float[], int, int)}.
     *
     * @throws GetjException if it holds floats, or an unsigned value exceeds the range of a long
     */
    public void longs(long first, long[] target, int at, int count) {
        if (dtype.isFloat()) {
            throw new GetjException(label + " holds " + dtype + ", not integers");
        }
        runs(
                first,
                count,
                (from, element, stride, n) -> {
                    for (int i = 0; i < n; i++) {
                        target[at + from + i] = longAt(element + i * stride);
                    }
                });
    }

    /** Part of a tensor as it is stored, little-endian, to the start of {@code target}. */
    public void copy(long first, byte[] target, int count) {
        int bytes = dtype.bytes();
        runs(
                first,
                count,
                (from, element, stride, n) -> {
                    if (stride == 1 && !bigEndian) {
                        MemorySegment.copy(
                                storage,
                                JAVA_BYTE,
                                element * bytes,
                                target,
                                from * bytes,
                                n * bytes);
                        return;
                    }
                    for (int i = 0; i < n; i++) {
                        long source = (element + i * stride) * bytes;
                        for (int b = 0; b < bytes; b++) {
                            target[(from + i) * bytes + b] =
                                    storage.get(
                                            JAVA_BYTE, source + (bigEndian ? bytes - 1 - b : b));
                        }
                    }
                });
    }

    /** Writes all elements as they are stored, row-major and little-endian. */
    public void writeTo(OutputStream out) throws IOException {
        int chunk = CHUNK_BYTES / dtype.bytes();
        byte[] bytes = new byte[(int) Math.min(CHUNK_BYTES, bytes())];
        for (long first = 0; first < size; first += chunk) {
            int count = (int) Math.min(chunk, size - first);
            copy(first, bytes, count);
            out.write(bytes, 0, count * dtype.bytes());
        }
    }

    private interface Run {
        /** Told of {@code count} elements, {@code stride} apart, for position {@code at}. */
        void read(int at, long element, long stride, int count);
    }

    /**
     * Cuts the elements {@code first … first + count} into runs along the last dimension.
     *
     * @throws GetjException if the mapped file does not reach so far any more
     */
    private void runs(long first, int count, Run run) {
        try {
            cut(first, count, run);
        } catch (InternalError gone) {
            throw GetjException.gone(label, gone);
        }
    }

    private void cut(long first, int count, Run run) {
        if (first < 0 || count < 0 || first > size - count) {
            throw new IndexOutOfBoundsException(
                    "elements %s to %s of %s %s"
                            .formatted(first, first + count, label, shapeText()));
        }
        if (rowMajor) {
            run.read(0, offset + first, 1, count);
            return;
        }
        int last = shape.length - 1;
        long row = first / shape[last];
        long column = first % shape[last];
        for (int done = 0; done < count; row++, column = 0) {
            int n = (int) Math.min(count - done, shape[last] - column);
            run.read(done, rowStart(row) + column * strides[last], strides[last], n);
            done += n;
        }
    }

    /** Element at which row number {@code row} of the last dimension begins. */
    private long rowStart(long row) {
        long element = offset;
        for (int d = shape.length - 2; d >= 0; d--) {
            element += row % shape[d] * strides[d];
            row /= shape[d];
        }
        return element;
    }

    private float floatAt(long element) {
        return switch (dtype) {
            case F32 -> Float.intBitsToFloat(int32(element));
            case F64 -> (float) doubleAt(element);
            case F16 -> Float.float16ToFloat(int16(element));
            case BF16 -> Float.intBitsToFloat(int16(element) << 16);
            case F8_E4M3 -> DType.e4m3ToFloat(storage.get(JAVA_BYTE, element));
            case F8_E5M2 -> DType.e5m2ToFloat(storage.get(JAVA_BYTE, element));
            default -> throw new AssertionError(dtype);
        };
    }

    private double doubleAt(long element) {
        if (dtype != DType.F64) {
            return floatAt(element);
        }
        return bigEndian
                ? Double.longBitsToDouble(int64(element))
                : storage.getAtIndex(DOUBLE, element);
    }

    private long longAt(long element) {
        return switch (dtype) {
            case I64 -> int64(element);
            case U64 -> {
                long value = int64(element);
                if (value < 0) {
                    throw new GetjException(
                            "%s holds %s, more than a signed 64-bit integer can"
                                    .formatted(label, Long.toUnsignedString(value)));
                }
                yield value;
            }
            case I32 -> int32(element);
            case U32 -> Integer.toUnsignedLong(int32(element));
            case I16 -> int16(element);
            case U16 -> Short.toUnsignedLong(int16(element));
            case I8 -> storage.get(JAVA_BYTE, element);
            case U8 -> Byte.toUnsignedLong(storage.get(JAVA_BYTE, element));
            case BOOL -> storage.get(JAVA_BYTE, element) == 0 ? 0 : 1;
            default -> throw new AssertionError(dtype);
        };
    }

    private short int16(long element) {
        short bits = storage.getAtIndex(SHORT, element);
        return bigEndian ? Short.reverseBytes(bits) : bits;
    }

    private int int32(long element) {
        int bits = storage.getAtIndex(INT, element);
        return bigEndian ? Integer.reverseBytes(bits) : bits;
    }

    private long int64(long element) {
        long bits = storage.getAtIndex(LONG, element);
        return bigEndian ? Long.reverseBytes(bits) : bits;
    }

    private void requireFloat() {
        if (!dtype.isFloat()) {
            throw new GetjException(label + " holds " + dtype + ", not floats");
        }
    }

    private int arraySize() {
        if (size > Integer.MAX_VALUE - 16) {
            throw new GetjException(
                    "%s, %s %s, is too large to be read at once"
                            .formatted(label, dtype, shapeText()));
        }
        return (int) size;
    }
}
