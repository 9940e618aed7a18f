package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.model.ModelConfig;

import org.junit.jupiter.api.Test;

class BenchmarkTest {
    private static final int BATCH = 3;
    private static final int ITERATIONS = 2;

    @Test
    void figuresFollowFromTheMedian() {
        ModelConfig config = TinyRuns.model(2);
        try (Backend backend = Backends.jvm(2)) {
            Benchmark benchmark = new Benchmark(backend, config, BATCH, ITERATIONS);
            check(benchmark.sample(1, 4), config, 1);
            check(benchmark.train(0, 3, false), config, 3);
            check(benchmark.train(0, 1, true), config, 3);
        }
    }

    private static void check(Benchmark.Times times, ModelConfig config, int factor) {
        assertTrue(
                0 < times.minMs()
                        && times.minMs() <= times.medianMs()
                        && times.medianMs() <= times.maxMs(),
                times.toString());
        assertEquals(
                BATCH * 1e3 / times.medianMs(),
                times.imagesPerSecond(),
                1e-9 * times.imagesPerSecond());
        double operations = 2.0 * factor * BATCH * config.multiplyAccumulates(ITERATIONS);
        assertEquals(
                operations / (times.medianMs() * 1e-3) * 1e-9,
                times.gflops(),
                1e-9 * times.gflops());
    }
}
