package uk.ac.manchester.tornado.api.types.arrays;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

class ArraysTest {
    @Test
    void floats() {
        float[] values = {1, -2.5f, Float.MIN_VALUE};
        FloatArray array = FloatArray.fromArray(values);
        values[0] = 9;
        assertEquals(1, array.get(0));
        assertArrayEquals(new float[] {1, -2.5f, Float.MIN_VALUE}, array.toHeapArray());
        array.set(2, 7);
        assertEquals(7, array.get(2));
        array.init(3);
        assertArrayEquals(new float[] {3, 3, 3}, array.toHeapArray());
        array.clear();
        assertArrayEquals(new float[3], array.toHeapArray());
        assertEquals(3, array.getSize());
        assertEquals(4, array.getElementSize());
    }

    @Test
    void ints() {
        IntArray array = IntArray.fromElements(1, Integer.MIN_VALUE);
        array.set(0, 5);
        assertArrayEquals(new int[] {5, Integer.MIN_VALUE}, array.toHeapArray());
        array.init(-1);
        assertEquals(-1, array.get(1));
        array.clear();
        assertEquals(0, array.get(1));
        assertEquals(2, array.getSize());
    }

    @Test
    void longs() {
        LongArray array = LongArray.fromElements(1, Long.MIN_VALUE);
        array.set(0, 5);
        assertArrayEquals(new long[] {5, Long.MIN_VALUE}, array.toHeapArray());
        array.clear();
        assertEquals(0, array.get(1));
        assertEquals(8, array.getElementSize());
        assertEquals(32, array.getNumBytesOfSegmentWithHeader());
    }

    @Test
    void aVectorsArrayCountsFromBehindAHeader() {
        VectorFloat4 vector = new VectorFloat4(3);
        vector.getArray().set(1, 7);
        assertEquals(7, vector.get(1).getY());
        assertEquals(0, vector.get(0).getY());
    }

    @Test
    void segments() {
        FloatArray array = FloatArray.fromElements(1, 2);
        assertTrue(array.getSegment().isNative());
        assertEquals(8, array.getNumBytesOfSegment());
        assertEquals(24, array.getNumBytesOfSegmentWithHeader());
        assertEquals(24, array.getSegmentWithHeader().byteSize());
        array.getSegment().setAtIndex(ValueLayout.JAVA_FLOAT, 1, 4);
        assertEquals(4, array.get(1));
        IntArray copy = IntArray.fromSegment(MemorySegment.ofArray(new int[] {6, 7}));
        assertArrayEquals(new int[] {6, 7}, copy.toHeapArray());
    }

    @Test
    void anIndexOutsideThrows() {
        FloatArray array = new FloatArray(2);
        assertThrows(IndexOutOfBoundsException.class, () -> array.get(2));
        assertThrows(IndexOutOfBoundsException.class, () -> array.get(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> new IntArray(0).set(0, 1));
    }
}
