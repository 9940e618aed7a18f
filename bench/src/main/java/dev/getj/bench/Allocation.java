package dev.getj.bench;

import com.sun.management.ThreadMXBean;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Backends;
import dev.getj.model.Presets;
import dev.getj.train.Benchmark;

import java.lang.management.ManagementFactory;

/** What training steps allocate on the Java heap, all threads together. */
final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /**
     * Bytes of a training step of the paper's objective, the mean of {@code steps} after as many to
     * warm up.
     */
    static long ofTrainingStep(
            String model, int batch, int iterations, int threads, boolean recompute, int steps) {
        try (Backend backend = Backends.jvm(threads)) {
            Runnable step =
                    new Benchmark(backend, Presets.byName(model), batch, iterations)
                            .training(recompute);
            repeat(step, steps);
            long before = THREADS.getTotalThreadAllocatedBytes();
            repeat(step, steps);
            return (THREADS.getTotalThreadAllocatedBytes() - before) / steps;
        }
    }

    private static void repeat(Runnable step, int steps) {
        for (int i = 0; i < steps; i++) {
            step.run();
        }
    }
}
