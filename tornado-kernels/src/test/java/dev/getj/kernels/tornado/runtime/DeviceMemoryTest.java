package dev.getj.kernels.tornado.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.kernels.DeviceException;

import org.junit.jupiter.api.Test;

class DeviceMemoryTest {
    private static final int LARGEST = 10 * DeviceMemory.ALIGNMENT;

    @Test
    void tensorsLieSideBySideAsLongAsAnArrayHasRoom() {
        DeviceMemory memory = new DeviceMemory((long) LARGEST * Float.BYTES);
        int unit = DeviceMemory.ALIGNMENT;
        assertEquals(new DeviceMemory.Place(0, 0, 5 * unit + 1), memory.allocate(5 * unit + 1));
        assertEquals(new DeviceMemory.Place(1, 0, 5 * unit), memory.allocate(5 * unit));
        assertEquals(new DeviceMemory.Place(0, 6 * unit, 7), memory.allocate(7));
        memory.reserveScratch(3);
        assertEquals(4L * unit * (7 + 5 + 1), memory.bytes());
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
