package uk.ac.manchester.tornado.api.types.arrays;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An array of longs outside the Java heap. An index outside it throws, as in a Java array. */
public final class LongArray extends TornadoNativeArray {
    private final int size;
    private final MemorySegment withHeader;
    private final MemorySegment elements;

    /** An array of {@code numberOfElements} longs, all 0. */
    public LongArray(int numberOfElements) {
        size = numberOfElements;
        long bytes = ARRAY_HEADER + size * JAVA_LONG.byteSize();
        withHeader = Arena.ofAuto().allocate(bytes, ARRAY_HEADER);
        elements = withHeader.asSlice(ARRAY_HEADER);
    }

    private LongArray(MemorySegment withHeader) {
        this.withHeader = withHeader;
        elements = withHeader.asSlice(ARRAY_HEADER);
        size = Math.toIntExact(elements.byteSize() / JAVA_LONG.byteSize());
    }

    /** A view of a segment, which holds a header and elements. */
    public static LongArray fromSegmentShallow(MemorySegment segment) {
        return new LongArray(segment);
    }

    /** A copy of {@code values}. */
    public static LongArray fromArray(long[] values) {
        LongArray array = new LongArray(values.length);
        array.elements.copyFrom(MemorySegment.ofArray(values));
        return array;
    }

    /** An array of these values. */
    public static LongArray fromElements(long... values) {
        return fromArray(values);
    }

    /** A copy of a segment, which holds elements only. */
    public static LongArray fromSegment(MemorySegment segment) {
        return fromArray(segment.toArray(JAVA_LONG));
    }

    /** A copy on the Java heap. */
    public long[] toHeapArray() {
        return elements.toArray(JAVA_LONG);
    }

    /** The element at {@code index}. */
    public long get(int index) {
        return elements.getAtIndex(JAVA_LONG, index);
    }

    /** Changes the element at {@code index}. */
    public void set(int index, long value) {
        elements.setAtIndex(JAVA_LONG, index, value);
    }

    /** Gives every element one value. */
    public void init(long value) {
        for (int i = 0; i < size; i++) {
            set(i, value);
        }
    }

    /** Makes every element 0. */
    public void clear() {
        elements.fill((byte) 0);
    }

    @Override
    public int getSize() {
        return size;
    }

    @Override
    public int getElementSize() {
        return (int) JAVA_LONG.byteSize();
    }

    @Override
    public MemorySegment getSegment() {
        return elements;
    }

    @Override
    public MemorySegment getSegmentWithHeader() {
        return withHeader;
    }

    @Override
    public long getNumBytesOfSegment() {
        return elements.byteSize();
    }

    @Override
    public long getNumBytesOfSegmentWithHeader() {
        return withHeader.byteSize();
    }
}
