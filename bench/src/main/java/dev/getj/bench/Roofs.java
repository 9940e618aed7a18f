package dev.getj.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import java.util.Locale;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.function.IntConsumer;

/**
 * What this machine does at best on some threads, measured: nothing but fused multiply-adds in
 * registers, and streams through arrays that no cache holds.
 *
 * @param gflops 10⁹ floating-point operations a second, an FMA being two
 * @param gbps 10⁹ bytes a second, read and written together: the best of reading, copying and
 *     STREAM's triad
 */
record Roofs(int threads, double gflops, double gbps) {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int STEPS = 4_000_000;
    private static final int CHAINS = 12;
    private static final int REPETITIONS = 25;

    /** Floats of each array, all threads together: 128 MB. */
    private static final int FLOATS = 1 << 25;

    /** Measures within seconds. */
    static Roofs measure(int threads) {
        return new Roofs(threads, multiplyAdds(threads), bandwidth(threads));
    }

    /**
     * With the roof of multiply-adds measured once more, and raised if that is higher: the clock of
     * a machine changes.
     */
    Roofs again() {
        return new Roofs(threads, Math.max(gflops, multiplyAdds(threads)), gbps);
    }

    private static double multiplyAdds(int threads) {
        float[] sink = new float[64 * threads];
        double seconds =
                quickest(threads, i -> sink[64 * i] = chains(STEPS, sink[64 * i] * 0x1p-10f));
        return 2.0 * threads * STEPS * CHAINS * LANES / seconds * 1e-9;
    }

    /** Bits of the vectors that the roof of multiply-adds is one of. */
    static int bits() {
        return SPECIES.vectorBitSize();
    }

    /** A line for a report. */
    String describe() {
        return String.format(
                Locale.ROOT,
                "%.1f GFLOP/s of fused multiply-adds in %d-bit vectors and %.1f GB/s of memory on"
                        + " %d thread%s",
                gflops,
                SPECIES.vectorBitSize(),
                gbps,
                threads,
                threads == 1 ? "" : "s");
    }

    private static double bandwidth(int threads) {
        float[] sink = new float[64 * threads];
        float[] a = new float[FLOATS];
        float[] b = new float[FLOATS];
        float[] c = new float[FLOATS];
        int part = FLOATS / threads / LANES * LANES;
        double read = quickest(threads, i -> sink[64 * i] += sum(a, i * part, part));
        double copy = quickest(threads, i -> System.arraycopy(a, i * part, b, i * part, part));
        double triad = quickest(threads, i -> triad(a, b, c, i * part, part));
        double bytes = (double) Float.BYTES * part * threads;
        return Math.max(bytes / read, Math.max(2 * bytes / copy, 3 * bytes / triad)) * 1e-9;
    }

    // seconds until all threads are done
    private static double quickest(int threads, IntConsumer work) {
        double[] quickest = {Double.POSITIVE_INFINITY};
        long[] begin = new long[1];
        CyclicBarrier start = new CyclicBarrier(threads, () -> begin[0] = System.nanoTime());
        CyclicBarrier end =
                new CyclicBarrier(
                        threads,
                        () ->
                                quickest[0] =
                                        Math.min(
                                                quickest[0],
                                                (System.nanoTime() - begin[0]) * 1e-9));
        Thread[] workers = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            int worker = i;
            workers[i] =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int n = 0; n < REPETITIONS; n++) {
                                            await(start);
                                            work.accept(worker);
                                            await(end);
                                        }
                                    });
        }
        for (Thread worker : workers) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted while measuring", e);
            }
        }
        return quickest[0];
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException("interrupted while measuring", e);
        }
    }

    private static float sum(float[] a, int from, int count) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int end = from + count;
        int i = from;
        for (; i + 4 * LANES <= end; i += 4 * LANES) {
            s0 = s0.add(FloatVector.fromArray(SPECIES, a, i));
            s1 = s1.add(FloatVector.fromArray(SPECIES, a, i + LANES));
            s2 = s2.add(FloatVector.fromArray(SPECIES, a, i + 2 * LANES));
            s3 = s3.add(FloatVector.fromArray(SPECIES, a, i + 3 * LANES));
        }
        return s0.add(s1).add(s2).add(s3).lane(0);
    }

    private static void triad(float[] a, float[] b, float[] c, int from, int count) {
        for (int i = from; i < from + count; i += LANES) {
            FloatVector.fromArray(SPECIES, b, i)
                    .fma(FloatVector.broadcast(SPECIES, 3), FloatVector.fromArray(SPECIES, c, i))
                    .intoArray(a, i);
        }
    }

    // Twelve independent chains: more than latency times issue width, and with both factors not
    // more than 16 registers. A sum is what a chain adds to: another addend would be copied first.
    private static float chains(int steps, float seed) {
        FloatVector a = FloatVector.broadcast(SPECIES, seed);
        FloatVector b = FloatVector.broadcast(SPECIES, 0x1p-24f);
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
