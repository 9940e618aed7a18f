package dev.getj.kernels.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.CompilationListener;
import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.device.Devices;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A hundred backends, opened, run and closed one after the other, leave no tensors behind. On a
 * processor behind OpenCL the device's memory is this process's own, and is looked at there. On a
 * GPU the tensors of all backends together are larger than its memory, which a leak would exhaust.
 * Skipped where Java runs without TornadoVM; docs/tornadovm.md tells how to run it.
 */
class DeviceLeakTest {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int BACKENDS = 100;
    private static final int UNTIL_WARM = 20;
    private static final int FLOATS = 1 << 22;
    private static final int TENSORS = 2;

    /**
     * Megabytes of this process that may stay: what the driver keeps of compiled kernels. On a
     * processor the tensors of the backends after the warm ones are 2684.
     */
    private static final long KEPT = 256;

    @Test
    void closingABackendReleasesItsTensors() throws IOException {
        assumeTrue(Devices.tornadoIsLoaded(), "Java was started without TornadoVM");
        assumeTrue(Files.isReadable(STATUS), "no " + STATUS);
        DeviceDescription device = Devices.list().getFirst();
        String id = device.id();
        int floats = device.gpu() ? moreThanAllMemory(device) : FLOATS;
        long warm = 0;
        for (int i = 0; i < BACKENDS; i++) {
            if (i == UNTIL_WARM) {
                warm = residentMegabytes();
            }
            try (Backend backend = Devices.open(id, CompilationListener.NONE)) {
                Tensor x = backend.allocate(floats);
                Tensor y = backend.allocate(floats);
                backend.record(
                                "twice",
                                k -> {
                                    k.fill(2, x);
                                    k.copy(x, y);
                                    k.add(x, y);
                                })
                        .run();
                assertEquals(4, y.view(floats - 1, 1).get()[0]);
            }
        }
        long grown = residentMegabytes() - warm;
        System.out.printf(
                "%s: %d MB more after %d backends than after %d%n",
                id, grown, BACKENDS, UNTIL_WARM);
        assertTrue(grown < KEPT, grown + " MB more than after " + UNTIL_WARM + " backends");
    }

    // of one tensor, if the tensors of all backends shall be a tenth more than the device holds
    private static int moreThanAllMemory(DeviceDescription device) {
        return Math.toIntExact(device.memory() / 10 * 11 / (BACKENDS * TENSORS * Float.BYTES));
    }

    private static long residentMegabytes() throws IOException {
        System.gc();
        try (Stream<String> lines = Files.lines(STATUS)) {
            String resident = lines.filter(line -> line.startsWith("VmRSS:")).findFirst().get();
            return Long.parseLong(resident.replaceAll("\\D", "")) / 1024;
        }
    }
}
