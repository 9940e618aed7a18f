package uk.ac.manchester.tornado.api.types.arrays;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An array of ints outside the Java heap. An index outside it throws, as in a Java array. */
public final class IntArray extends TornadoNativeArray {
    private final int size;
    private final MemorySegment withHeader;
    private final MemorySegment elements;

    /** An array of {@code numberOfElements} ints, all 0. */
    public IntArray(int numberOfElements) {
        size = numberOfElements;
        long bytes = ARRAY_HEADER + size * JAVA_INT.byteSize();
        withHeader = Arena.ofAuto().allocate(bytes, ARRAY_HEADER);
        elements = withHeader.asSlice(ARRAY_HEADER);
    }

    private IntArray(MemorySegment withHeader) {
        this.withHeader = withHeader;
        elements = withHeader.asSlice(ARRAY_HEADER);
        size = Math.toIntExact(elements.byteSize() / JAVA_INT.byteSize());
    }

    /** A view of a segment, which holds a header and elements. */
    public static IntArray fromSegmentShallow(MemorySegment segment) {
        return new IntArray(segment);
    }

    /** A copy of {@code values}. */
    public static IntArray fromArray(int[] values) {
        IntArray array = new IntArray(values.length);
        array.elements.copyFrom(MemorySegment.ofArray(values));
        return array;
    }

    /** An array of these values. */
    public static IntArray fromElements(int... values) {
        return fromArray(values);
    }

    /** A copy of a segment, which holds elements only. */
    public static IntArray fromSegment(MemorySegment segment) {
        return fromArray(segment.toArray(JAVA_INT));
    }

    /** A copy on the Java heap. */
    public int[] toHeapArray() {
        return elements.toArray(JAVA_INT);
    }

    /** The element at {@code index}. */
    public int get(int index) {
        return elements.getAtIndex(JAVA_INT, index);
    }

    /** Changes the element at {@code index}. */
    public void set(int index, int value) {
        elements.setAtIndex(JAVA_INT, index, value);
    }

    /** Gives every element one value. */
    public void init(int value) {
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
        return (int) JAVA_INT.byteSize();
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
