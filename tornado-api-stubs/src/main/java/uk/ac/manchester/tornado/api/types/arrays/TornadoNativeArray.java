package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;

/** An array outside the Java heap, behind a header that TornadoVM keeps for itself. */
public abstract sealed class TornadoNativeArray permits FloatArray, IntArray, LongArray {
    /**
     * The header's length in bytes. In TornadoVM it depends on the JVM: not for javac to inline.
     */
    public static final long ARRAY_HEADER;

    static {
        ARRAY_HEADER = 16;
    }

    TornadoNativeArray() {}

    /** The number of elements. */
    public abstract int getSize();

    /** The bytes of one element. */
    public abstract int getElementSize();

    /** The elements. */
    public abstract MemorySegment getSegment();

    /** The header and the elements. */
    public abstract MemorySegment getSegmentWithHeader();

    /** The length of {@link #getSegment} in bytes. */
    public abstract long getNumBytesOfSegment();

    /** The length of {@link #getSegmentWithHeader} in bytes. */
    public abstract long getNumBytesOfSegmentWithHeader();
}
