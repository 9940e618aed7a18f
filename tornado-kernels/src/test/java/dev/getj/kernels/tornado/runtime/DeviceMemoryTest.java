package dev.getj.kernels.tornado.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.kernels.DeviceException;

import org.junit.jupiter.api.Test;

import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

class DeviceMemoryTest {
    private static final int LARGEST = 10 * DeviceMemory.ALIGNMENT;

    @Test
    void tensorsLieSideBySideAsLongAsAnArrayHasRoom() {
        DeviceMemory memory = new DeviceMemory((long) LARGEST * Float.BYTES);
        int unit = DeviceMemory.ALIGNMENT;
        int first = DeviceMemory.FIRST_FLOAT;
        assertEquals(new DeviceMemory.Place(0, first, 5 * unit + 1), memory.allocate(5 * unit + 1));
        assertEquals(new DeviceMemory.Place(1, first, 5 * unit), memory.allocate(5 * unit));
        assertEquals(new DeviceMemory.Place(0, first + 6 * unit, 7), memory.allocate(7));
        memory.reserveScratch(3);
        assertEquals(4L * unit * (8 + 6 + 1), memory.bytes(), "whole groups clear an array");
        assertEquals(8 * unit, memory.size(0));
    }

    @Test
    void tensorsBeginWhereALineOfTheCacheDoes() {
        DeviceMemory memory = new DeviceMemory(1 << 20);
        memory.allocate(3);
        memory.allocateHalves(3);
        long header = TornadoNativeArray.ARRAY_HEADER;
        assertEquals(0, (header + 4L * memory.allocate(3).offset()) % 128);
        DeviceMemory.Place words = memory.allocateHalves(9);
        assertEquals(0, (header + 8L * words.offset()) % 128);
        assertEquals(3, words.size(), "four in a word");
        assertEquals(DeviceMemory.WORDS, words.array());
    }

    @Test
    void whatNoArrayHoldsIsRefused() {
        DeviceMemory memory = new DeviceMemory(2_500_000_000L);
        String refusal =
                "this needs 4.0 GB in one piece, the device has pieces of 2.5 at most: lower"
                        + " --batch or use --recompute";
        for (Runnable tooMuch :
                new Runnable[] {
                    () -> memory.allocate(1_000_000_000), () -> memory.reserveScratch(1_000_000_000)
                }) {
            assertEquals(refusal, assertThrows(DeviceException.class, tooMuch::run).getMessage());
        }
    }
}
