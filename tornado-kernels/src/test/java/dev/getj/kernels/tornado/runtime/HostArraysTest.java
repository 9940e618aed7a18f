package dev.getj.kernels.tornado.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class HostArraysTest {
    private static final long PAGE = 4096;

    @Test
    void noArrayBeginsInThePageOfAnother() {
        long previous = 0;
        for (int size : new int[] {1, 2, 1000, 1021, 5000}) {
            long address = HostArrays.floats(size).getSegmentWithHeader().address();
            assertEquals(0, address % PAGE);
            assertNotEquals(previous / PAGE, address / PAGE);
            previous = address;
        }
        assertEquals(0, HostArrays.ints(3).getSegmentWithHeader().address() % PAGE);
        assertEquals(3, HostArrays.ints(3).getSize());
    }

    @Test
    void addressesNeedNoMemory() {
        assertEquals(Integer.MAX_VALUE, HostArrays.addresses(Integer.MAX_VALUE).getSize());
    }
}
