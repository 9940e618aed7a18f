package dev.getj.kernels.jvm;

import java.util.HashMap;
import java.util.Map;

/**
 * Working memory that the launches of a backend share: they run one after the other, and each
 * leaves nothing there for the next.
 */
final class Scratch {
    /** One launch may hold one array of each. */
    enum Use {
        LEFT,
        RIGHT
    }

    private record Key(Use use, int size) {}

    private final Map<Key, float[]> arrays = new HashMap<>();
    private final Map<Integer, double[]> sums = new HashMap<>();

    /** An array of at least {@code size} floats with anything in it. */
    float[] take(Use use, int size) {
        return arrays.computeIfAbsent(new Key(use, rounded(size)), key -> new float[key.size]);
    }

    /** An array of at least {@code size} doubles with anything in it; a launch may hold one. */
    double[] takeSums(int size) {
        return sums.computeIfAbsent(rounded(size), double[]::new);
    }

    // powers of two, so that launches of similar size meet in one array
    private static int rounded(int size) {
        return size > 1 << 30 ? size : Integer.highestOneBit(Math.max(1, size - 1)) << 1;
    }
}
