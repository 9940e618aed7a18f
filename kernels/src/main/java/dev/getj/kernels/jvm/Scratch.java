package dev.getj.kernels.jvm;

import java.util.HashMap;
import java.util.Map;

/**
 * Working memory that the programs of a backend share: they run one after the other, and each
 * leaves nothing there for the next. An array may hold anything when it is taken.
 */
final class Scratch {
    /** What a launch packs that has all workers to itself. */
    enum Use {
        LEFT,
        RIGHT
    }

    private static final long CHAIN_BYTES = 1 << 27;

    private record Key(Object use, int size) {}

    private final int workers;
    private final Map<Key, float[]> arrays = new HashMap<>();
    private final Map<Key, float[][]> workersArrays = new HashMap<>();
    private final Map<Key, float[]> parts = new HashMap<>();
    private final Map<Key, double[]> sums = new HashMap<>();

    Scratch(int workers) {
        this.workers = workers;
    }

    /** An array of at least {@code size} floats; a launch may hold one for each use. */
    float[] take(Use use, int size) {
        return arrays.computeIfAbsent(new Key(use, rounded(size)), key -> new float[key.size]);
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

    /**
     * Hands out arrays that hold something until a chain is done, each once, until they are as many
     * as one chain may have; then all over again. Launches that have the same go in different
     * chains, see {@link RowWork#working}.
     */
    final class Share {
        private final Map<Integer, Integer> taken = new HashMap<>();
        private long bytes;

        private Share() {}

        float[] floats(int size) {
            return parts.computeIfAbsent(next(size, Float.BYTES), key -> new float[key.size]);
        }

        double[] doubles(int size) {
            return sums.computeIfAbsent(next(size, Double.BYTES), key -> new double[key.size]);
        }

        // the number of an array among those of its size, and the size
        private Key next(int size, int width) {
            bytes += (long) width * size;
            if (bytes > CHAIN_BYTES) {
                taken.clear();
                bytes = (long) width * size;
            }
            return new Key(taken.merge(size, 1, Integer::sum), size);
        }
    }

    // powers of two, so that launches of similar size meet in one array
    private static int rounded(int size) {
        return size > 1 << 30 ? size : Integer.highestOneBit(Math.max(1, size - 1)) << 1;
    }
}
