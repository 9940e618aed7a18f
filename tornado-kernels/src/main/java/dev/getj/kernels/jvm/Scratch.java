package dev.getj.kernels.jvm;

import java.util.HashMap;
import java.util.Map;

/**
 * Working memory that the programs of a backend share: they run one after the other, and each
 * leaves nothing there for the next. Whoever takes an array finds anything in it.
 */
final class Scratch {
    /** What a launch packs that has all workers to itself. */
    enum Use {
        LEFT,
        RIGHT
    }

    private record Key(Object use, int size) {}

    private final int workers;
    private final Map<Key, float[]> arrays = new HashMap<>();
    private final Map<Key, float[][]> workersArrays = new HashMap<>();
    private final Map<Key, double[]> sums = new HashMap<>();

    Scratch(int workers) {
        this.workers = workers;
    }

    /** An array of at least {@code size} floats; a launch may hold one for each use. */
    float[] take(Use use, int size) {
        return array(use, size);
    }

    /**
     * An array of at least {@code size} floats for each worker and use, which holds something
     * during a task only: the next may be of another launch.
     */
    float[][] ofWorkers(Use use, int size) {
        return workersArrays.computeIfAbsent(
                new Key(use, rounded(size)), key -> new float[workers][key.size]);
    }

    /** For the launches of one program, which may run side by side. */
    Share share() {
        return new Share();
    }

    /** Hands out every array once. */
    final class Share {
        private int taken;

        private Share() {}

        float[] floats(int size) {
            return array(taken++, size);
        }

        double[] doubles(int size) {
            return sums.computeIfAbsent(
                    new Key(taken++, rounded(size)), key -> new double[key.size]);
        }
    }

    private float[] array(Object use, int size) {
        return arrays.computeIfAbsent(new Key(use, rounded(size)), key -> new float[key.size]);
    }

    // powers of two, so that launches of similar size meet in one array
    private static int rounded(int size) {
        return size > 1 << 30 ? size : Integer.highestOneBit(Math.max(1, size - 1)) << 1;
    }
}
