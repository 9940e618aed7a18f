package dev.getj.examples;

import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.WeightsLocation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What a program that embeds the sampler pays: time to the first image, memory, and requests of one
 * image as PNG that a number of clients have answered in a second.
 */
public final class SamplerFigures {
    private static final int ROUNDS = 3;
    private static final int CYCLES = 500;

    /** Images while Java still compiles. */
    private static final int COLD = 30;

    private SamplerFigures() {}

    /**
     * @param arguments weights ({@code builtin:strokes} or a path), clients (0: nothing but the
     *     first images), seconds of a round
     */
    public static void main(String[] arguments) throws InterruptedException {
        WeightsLocation weights = WeightsLocation.parse(arguments[0]);
        int clients = Integer.parseInt(arguments[1]);
        double seconds = Double.parseDouble(arguments[2]);
        first(weights);
        if (clients == 0) {
            return;
        }
        memory(weights);
        try (Sampler sampler = Sampler.load(weights)) {
            for (int round = 0; round < ROUNDS; round++) {
                load(sampler, clients, seconds);
            }
        }
    }

    private static void first(WeightsLocation weights) {
        long begin = System.nanoTime();
        try (Sampler sampler = Sampler.load(weights)) {
            long loaded = System.nanoTime();
            sampler.sample(SampleRequest.of(1));
            long first = System.nanoTime();
            for (int image = 1; image < COLD; image++) {
                sampler.sample(SampleRequest.of(1));
            }
            print(
                    "loaded in %.2f s, first image %.2f s later, %s images %.2f s later",
                    (loaded - begin) * 1e-9,
                    (first - loaded) * 1e-9,
                    COLD,
                    (System.nanoTime() - loaded) * 1e-9);
        }
    }

    private static void memory(WeightsLocation weights) {
        try (Sampler sampler = Sampler.load(weights)) {
            double loaded = heap();
            sampler.sample(SampleRequest.of(64));
            double largest = heap();
            for (int count = 1; count <= 64; count++) {
                sampler.sample(SampleRequest.of(count));
            }
            print(
                    "heap: %.1f MB loaded, %.1f after 64 images, %.1f after 1 to 64 images",
                    loaded, largest, heap());
        }
        double before = heap();
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            try (Sampler sampler = Sampler.load(weights)) {
                sampler.sample(SampleRequest.of(1));
            }
        }
        print(
                "%s times loaded, used and closed: %.1f MB before, %.1f after",
                CYCLES, before, heap());
    }

    // MB in use
    private static double heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / 1e6;
    }

    private static void load(Sampler sampler, int clients, double seconds)
            throws InterruptedException {
        List<Double> millis = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        long begin = System.nanoTime();
        long end = begin + (long) (seconds * 1e9);
        for (int client = 0; client < clients; client++) {
            long seed = client;
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (long i = 0; System.nanoTime() < end; i++) {
                                            long asked = System.nanoTime();
                                            SampleRequest request =
                                                    SampleRequest.of(1).withSeed(seed << 32 | i);
                                            sampler.sample(request).png(0);
                                            millis.add((System.nanoTime() - asked) * 1e-6);
                                        }
                                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double took = (System.nanoTime() - begin) * 1e-9;
        List<Double> sorted = millis.stream().sorted().toList();
        print(
                "%s clients: %.0f requests/s, median %.1f ms, 99th percentile %.1f ms",
                clients,
                sorted.size() / took,
                sorted.get(sorted.size() / 2),
                sorted.get(sorted.size() * 99 / 100));
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
