package dev.getj.kernels.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.DeviceClock;
import dev.getj.kernels.Program;
import dev.getj.kernels.device.Devices;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The clock of the first device that TornadoVM finds. Skipped where Java runs without TornadoVM;
 * docs/tornadovm.md tells how to run it.
 */
class DeviceClockTest {
    private static final int SIDE = 256;

    @BeforeEach
    void onADevice() {
        assumeTrue(Devices.tornadoIsLoaded(), "Java was started without TornadoVM");
    }

    private static Backend open() {
        return Devices.open(Devices.list().getFirst().id());
    }

    @Test
    void kernelsAreTimedWithoutWhatItTakesToStartThem() {
        try (Backend backend = open()) {
            DeviceClock clock = backend.clock().orElseThrow();
            Tensor x = backend.allocate(SIDE, SIDE);
            Tensor w = backend.allocate(SIDE, SIDE);
            Tensor y = backend.allocate(SIDE, SIDE);
            Program small = backend.record("small", k -> k.fill(1, x.view(0, 1)));
            Program large =
                    backend.record(
                            "large",
                            k -> {
                                k.fill(1, x);
                                k.fill(2, w);
                                k.linear(x, w, null, y);
                                k.linear(x, w, null, y);
                            });
            assertEquals(0, clock.compilerNanos());
            small.run();
            large.run();
            assertTrue(clock.compilerNanos() > 0 && clock.driverNanos() > 0);
            small.run();
            long one = clock.kernelNanos();
            long start = System.nanoTime();
            large.run();
            long wall = System.nanoTime() - start;
            long many = clock.kernelNanos();
            assertTrue(one > 0 && many > one && many <= wall, one + ", " + many + ", " + wall);
            assertEquals(2 * SIDE, y.view(0, 1).get()[0]);
            assertEquals(many, clock.kernelNanos(), "what carries tensors does not count");
        }
    }

    @Test
    void theClockIsNotAskedForInTheMiddle() {
        try (Backend backend = open()) {
            Tensor x = backend.allocate(4);
            backend.record("fill", k -> k.fill(1, x)).run();
            assertThrows(IllegalStateException.class, backend::clock);
        }
    }
}
