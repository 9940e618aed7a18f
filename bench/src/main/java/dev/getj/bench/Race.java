package dev.getj.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Times contenders in turns, A B C A B C …, so that a change of the machine's clock meets all of
 * them. Before each turn the machine rests, because the threads of some libraries spin for a while
 * after their work, and the contender runs once untimed.
 *
 * @param warmUp seconds that each contender runs before the first round
 * @param rounds how often each gets its turn
 * @param turn seconds that a turn takes at least; one run is timed in any case
 */
record Race(double warmUp, int rounds, double turn) {
    private static final long REST_MS = 50;

    /** Milliseconds of a run. */
    record Times(double medianMs, double minMs, double maxMs, int runs) {
        static Times of(double[] milliseconds) {
            double[] sorted = milliseconds.clone();
            Arrays.sort(sorted);
            int n = sorted.length;
            double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
            return new Times(median, sorted[0], sorted[n - 1], n);
        }
    }

    /**
     * Holds the race; who came first is for the caller to say.
     *
     * @throws IllegalStateException if a contender computes something else than the first one
     */
    Map<String, Times> run(List<? extends Contender> contenders, double tolerance) {
        Agreement.require(contenders, tolerance);
        for (Contender contender : contenders) {
            repeat(contender, warmUp);
        }
        Map<String, double[]> times = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Contender contender : contenders) {
                rest();
                contender.run();
                times.merge(contender.name(), repeat(contender, turn), Race::join);
            }
        }
        Map<String, Times> medians = new LinkedHashMap<>();
        times.forEach((name, milliseconds) -> medians.put(name, Times.of(milliseconds)));
        return medians;
    }

    private static double[] repeat(Contender contender, double seconds) {
        double[] times = new double[16];
        int count = 0;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        do {
            if (count == times.length) {
                times = Arrays.copyOf(times, 2 * count);
            }
            long begin = System.nanoTime();
            contender.run();
            times[count++] = (System.nanoTime() - begin) * 1e-6;
        } while (System.nanoTime() < end);
        return Arrays.copyOf(times, count);
    }

    private static double[] join(double[] first, double[] second) {
        double[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static void rest() {
        try {
            Thread.sleep(REST_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
