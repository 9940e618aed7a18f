package dev.getj.kernels.jvm;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Times benchmarks: work of one thread by its processor time, which other work on the machine
 * hardly touches; of more by the clock.
 */
final class Stopwatch {
    private final LongSupplier clock;
    private final double seconds;

    /**
     * @param seconds for each measurement, and as many before, for the compiler
     */
    Stopwatch(int threads, double seconds) {
        clock =
                threads == 1
                        ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime
                        : System::nanoTime;
        this.seconds = seconds;
    }

    /** Seconds of runs, the shortest first. */
    double[] sorted(Runnable body) {
        repeat(body);
        double[] times = repeat(body);
        Arrays.sort(times);
        return times;
    }

    private double[] repeat(Runnable body) {
        long end = clock.getAsLong() + (long) (seconds * 1e9);
        double[] times = new double[1 << 16];
        int count = 0;
        while (count < times.length && (clock.getAsLong() < end || count < 5)) {
            long start = clock.getAsLong();
            body.run();
            times[count++] = (clock.getAsLong() - start) * 1e-9;
        }
        return Arrays.copyOf(times, count);
    }
}
