package uk.ac.manchester.tornado.api.types.collections;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.vectors.Float4;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An array of {@link Float4} that a kernel makes for itself, which devices keep in registers. Its
 * elements have no header in front of them, as on a device. Stores through {@link #getArray} assume
 * one: index i there is element {@code i + ARRAY_HEADER / 4} here.
 */
public final class VectorFloat4 {
    private final int numElements;
    private final MemorySegment elements;

    /** Of {@code numElements} times four zeros. */
    public VectorFloat4(int numElements) {
        this.numElements = numElements;
        elements = Arena.ofAuto().allocate(4L * numElements * JAVA_FLOAT.byteSize(), 16);
    }

    /** The same memory, taken for an array with a header. */
    public FloatArray getArray() {
        return FloatArray.fromSegmentShallow(elements);
    }

    /** Elements {@code 4 * index} to {@code 4 * index + 3}. */
    public Float4 get(int index) {
        return new Float4(at(4 * index), at(4 * index + 1), at(4 * index + 2), at(4 * index + 3));
    }

    private float at(int index) {
        return elements.getAtIndex(JAVA_FLOAT, index);
    }

    /** The number of vectors. */
    public int getLength() {
        return numElements;
    }
}
