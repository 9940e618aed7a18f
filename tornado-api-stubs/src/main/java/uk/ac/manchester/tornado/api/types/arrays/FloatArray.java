package uk.ac.manchester.tornado.api.types.arrays;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An array of floats outside the Java heap. An index outside it throws, as in a Java array. */
public final class FloatArray extends TornadoNativeArray {
    private final int size;
    private final MemorySegment withHeader;
    private final MemorySegment elements;

    /** An array of {@code numberOfElements} floats, all 0. */
    public FloatArray(int numberOfElements) {
        size = numberOfElements;
        long bytes = ARRAY_HEADER + size * JAVA_FLOAT.byteSize();
        withHeader = Arena.ofAuto().allocate(bytes, ARRAY_HEADER);
        elements = withHeader.asSlice(ARRAY_HEADER);
    }

    private FloatArray(MemorySegment withHeader) {
        this.withHeader = withHeader;
        elements = withHeader.asSlice(ARRAY_HEADER);
        size = Math.toIntExact(elements.byteSize() / JAVA_FLOAT.byteSize());
    }

    /** A view of a segment, which holds a header and elements. */
    public static FloatArray fromSegmentShallow(MemorySegment segment) {
        return new FloatArray(segment);
    }

    /** A copy of {@code values}. */
    public static FloatArray fromArray(float[] values) {
        FloatArray array = new FloatArray(values.length);
        array.elements.copyFrom(MemorySegment.ofArray(values));
        return array;
    }

    /** An array of these values. */
    public static FloatArray fromElements(float... values) {
        return fromArray(values);
    }

    /** A copy of a segment, which holds elements only. */
    public static FloatArray fromSegment(MemorySegment segment) {
        return fromArray(segment.toArray(JAVA_FLOAT));
    }

    /** A copy on the Java heap. */
    public float[] toHeapArray() {
        return elements.toArray(JAVA_FLOAT);
    }

    /** The element at {@code index}. */
    public float get(int index) {
        return elements.getAtIndex(JAVA_FLOAT, index);
    }

    /** Changes the element at {@code index}. */
    public void set(int index, float value) {
        elements.setAtIndex(JAVA_FLOAT, index, value);
    }

    /** Gives every element one value. */
    public void init(float value) {
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
        return (int) JAVA_FLOAT.byteSize();
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
