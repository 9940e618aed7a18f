package dev.getj.kernels.jvm;

import jdk.incubator.vector.FloatVector;

import java.util.Locale;

/**
 * What the processor does at best: nothing but fused multiply-adds in registers, on all threads.
 */
final class MultiplyAddRoof {
    private static final int STEPS = 20_000;
    private static final int CHAINS = 12;

    private final Workers workers;
    private final Stopwatch stopwatch;
    private double best;

    MultiplyAddRoof(Workers workers, Stopwatch stopwatch) {
        this.workers = workers;
        this.stopwatch = stopwatch;
    }

    /** Measures once more; the best so far, in GFLOP/s. */
    double measure() {
        float[] sink = new float[64 * workers.count()];
        Workers.Task task =
                (index, worker) -> sink[64 * worker] = chains(STEPS, sink[64 * worker] * 0x1p-10f);
        int tasks = 64 * workers.count();
        double flops = (double) tasks * STEPS * CHAINS * 2 * Gemm.LANES;
        double seconds = stopwatch.sorted(() -> workers.run(tasks, task))[0];
        best = Math.max(best, flops / seconds / 1e9);
        return best;
    }

    String describe() {
        return String.format(Locale.ROOT, "at most %.1f GFLOP/s", best);
    }

    // Twelve independent chains: more than latency times issue width, and with both factors not
    // more than 16 registers. A sum is what a chain adds to: another addend would be copied first.
    private static float chains(int steps, float seed) {
        FloatVector a = FloatVector.broadcast(Gemm.SPECIES, seed);
        FloatVector b = FloatVector.broadcast(Gemm.SPECIES, 0x1p-24f);
        FloatVector c0 = a;
        FloatVector c1 = a.add(1);
        FloatVector c2 = a.add(2);
        FloatVector c3 = a.add(3);
        FloatVector c4 = a.add(4);
        FloatVector c5 = a.add(5);
        FloatVector c6 = a.add(6);
        FloatVector c7 = a.add(7);
        FloatVector c8 = a.add(8);
        FloatVector c9 = a.add(9);
        FloatVector c10 = a.add(10);
        FloatVector c11 = a.add(11);
        for (int i = 0; i < steps; i++) {
            c0 = a.fma(b, c0);
            c1 = a.fma(b, c1);
            c2 = a.fma(b, c2);
            c3 = a.fma(b, c3);
            c4 = a.fma(b, c4);
            c5 = a.fma(b, c5);
            c6 = a.fma(b, c6);
            c7 = a.fma(b, c7);
            c8 = a.fma(b, c8);
            c9 = a.fma(b, c9);
            c10 = a.fma(b, c10);
            c11 = a.fma(b, c11);
        }
        return c0.add(c1)
                .add(c2)
                .add(c3)
                .add(c4)
                .add(c5)
                .add(c6)
                .add(c7)
                .add(c8)
                .add(c9)
                .add(c10)
                .add(c11)
                .lane(0);
    }
}
