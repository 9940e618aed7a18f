package dev.getj.kernels.tornado.matmul;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.DeviceProfile.Cost;
import dev.getj.kernels.DeviceProfile.Costs;
import dev.getj.kernels.tornado.runtime.EmulatedBackend;

import org.junit.jupiter.api.Test;

import java.util.stream.Stream;

class TileMeasurementTest {
    @Test
    void everyKernelCostsTime() {
        DeviceProfile assumed = DeviceProfile.assumed("an emulator", 1);
        DeviceProfile measured =
                new TileMeasurement(
                                assumed,
                                tasks -> new EmulatedBackend("measured", tasks),
                                new int[] {32, 160},
                                2)
                        .measure();
        Costs costs = measured.costs();
        // far from the least that a cost may be: there were slopes
        Stream.of(costs.large(), costs.small(), costs.sliced(), costs.split())
                .map(Cost::alone)
                .forEach(alone -> assertTrue(alone > 1, alone + " ns"));
        assertTrue(costs.join().start() > 1, costs.join() + " ns");
        assertEquals(assumed, measured.with(assumed.costs()), "all else is as assumed");
    }
}
