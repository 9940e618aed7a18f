package dev.getj.bench;

import com.sun.management.ThreadMXBean;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.model.ModelConfig;
import dev.getj.train.Benchmark;

import java.lang.management.ManagementFactory;

/** What training steps allocate on the Java heap, all threads together. */
final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /**
     * Bytes of a training step of the paper's objective, the mean of {@code steps}.
     *
     * @param warmUp seconds of steps before; until the compiler is done, vectors are objects
     */
    static long ofTrainingStep(
            ModelConfig config,
            int batch,
            int threads,
            boolean recompute,
            double warmUp,
            int steps) {
        try (Backend backend = Backends.jvm(threads)) {
            Runnable step =
                    new Benchmark(backend, config, batch, ModelComparison.ITERATIONS)
                            .training(recompute);
            long end = System.nanoTime() + (long) (warmUp * 1e9);
            do {
                step.run();
            } while (System.nanoTime() < end);
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
