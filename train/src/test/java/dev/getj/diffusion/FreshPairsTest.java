package dev.getj.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.Pairs;
import dev.getj.data.PairsDescription;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.train.Fresh;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;

/** A ring of pairs that a teacher makes. */
class FreshPairsTest {
    private static final int RING = 96;
    private static final int REUSE = 3;
    private static final int CLASSES = 5;
    private static final int PIXELS = 4;
    private static final long SEED = 11;

    @TempDir Path folder;

    private Backend backend;

    @BeforeEach
    void open() {
        backend = Backends.jvm(1);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    /** Says {@code x / 2 + label} for images of 2×2. */
    private record Halving(double factor) implements Teacher {
        @Override
        public String name() {
            return "halving";
        }

        @Override
        public int channels() {
            return 1;
        }

        @Override
        public int size() {
            return 2;
        }

        @Override
        public int classes() {
            return CLASSES;
        }

        @Override
        public Map<String, String> settings() {
            return Map.of();
        }

        @Override
        public void denoise(float[] noisy, double sigma, int[] labels, int count, float[] out) {
            for (int e = 0; e < PIXELS * count; e++) {
                out[e] = (float) (factor * noisy[e] + labels[e / PIXELS]);
            }
        }

        @Override
        public void close() {}
    }

    private FreshPairs fresh(double factor) {
        Fresh settings = new Fresh("halving", "", 1, 2, RING, REUSE);
        return new FreshPairs(backend, new Halving(factor), settings, SEED, 70);
    }

    /** A batch: noise and image of every pair, and its label. */
    private record Batch(float[] noise, float[] image, int[] labels) {
        static Batch of(int size) {
            return new Batch(new float[size * PIXELS], new float[size * PIXELS], new int[size]);
        }
    }

    private static Batch learned(FreshPairs pairs, long position, int size) {
        Batch batch = Batch.of(size);
        pairs.learn(position, batch.noise, batch.image, batch.labels);
        return batch;
    }

    @Test
    void theyAreThePairsThatASetWouldHave() {
        PairsDescription description =
                new PairsDescription(4 * RING, 1, 2, CLASSES, "halving", SEED, Map.of());
        new PairGenerator(backend, new Halving(0.5), new HeunSampler(2), 7)
                .generate(folder, description, (_, _) -> {}, () -> false);
        FreshPairs fresh = fresh(0.5);
        try (Pairs set = Pairs.open(folder)) {
            Batch expected = Batch.of(10);
            // steps across the ends of epochs, into the ring's second turn
            for (long position = 0; position + 10 <= 6 * RING; position += 10) {
                long from = position;
                long[] numbers = LongStream.range(0, 10).map(b -> fresh.pair(from + b)).toArray();
                set.read(numbers, expected.noise, expected.image, expected.labels);
                Batch made = learned(fresh, position, 10);
                assertArrayEquals(expected.noise, made.noise);
                assertArrayEquals(expected.image, made.image);
                assertArrayEquals(expected.labels, made.labels);
            }
        }
    }

    @Test
    void eachIsLearnedFromSoManyTimesAndOnceAnEpoch() {
        FreshPairs fresh = fresh(0.5);
        int epochs = 8;
        Map<Long, Integer> uses = new HashMap<>();
        for (int epoch = 0; epoch < epochs; epoch++) {
            long begin = (long) epoch * RING;
            long[] visited = LongStream.range(begin, begin + RING).map(fresh::pair).toArray();
            assertEquals(RING, Arrays.stream(visited).distinct().count());
            Arrays.stream(visited).forEach(pair -> uses.merge(pair, 1, Integer::sum));
        }
        int part = RING / REUSE;
        assertEquals((epochs + REUSE - 1) * part, uses.size());
        uses.forEach(
                (pair, times) -> {
                    long after = pair / part;
                    long before = epochs + REUSE - 2 - after;
                    assertEquals(Math.min(REUSE, 1 + Math.min(after, before)), times.longValue());
                });
        long[] first = LongStream.range(0, RING).map(fresh::pair).toArray();
        assertFalse(Arrays.equals(LongStream.range(0, RING).toArray(), first));
    }

    @Test
    void aRunMayBeginAnywhere() {
        FreshPairs whole = fresh(0.5);
        for (long position = 0; position < 3 * RING; position += 8) {
            learned(whole, position, 8);
        }
        long position = 3 * RING + 40;
        Batch expected = learned(whole, position, 8);
        FreshPairs resumed = fresh(0.5);
        Batch made = learned(resumed, position, 8);
        assertArrayEquals(expected.noise, made.noise);
        assertArrayEquals(expected.image, made.image);
        assertArrayEquals(expected.labels, made.labels);
        // what is measured on does not depend on the past, either
        long[] indices = {0, RING - 1, RING, RING + 69};
        Batch one = Batch.of(4);
        Batch other = Batch.of(4);
        whole.read(indices, one.noise, one.image, one.labels);
        resumed.read(indices, other.noise, other.image, other.labels);
        assertArrayEquals(one.image, other.image);
        assertArrayEquals(one.noise, other.noise);
        assertArrayEquals(one.labels, other.labels);
        assertTrue(Arrays.stream(one.labels).allMatch(label -> label < CLASSES));
    }

    @Test
    void aTeacherThatDivergesIsNamedByItsPair() {
        assertEquals(
                "the teacher diverged: its image of pair 0 is not finite",
                assertThrows(GetjException.class, () -> learned(fresh(1e300), 0, 1)).getMessage());
    }

    @Test
    void settingsThatDoNotGoTogetherAreRefused() {
        assertEquals(
                "a ring of 10 pairs does not divide into the 3 parts of which one is renewed at a"
                        + " time",
                assertThrows(IllegalArgumentException.class, () -> new Fresh("t", "", 1, 18, 10, 3))
                        .getMessage());
        assertEquals(
                "the sampler takes at least 2 steps, not 1",
                assertThrows(IllegalArgumentException.class, () -> new Fresh("t", "", 1, 1, 10, 5))
                        .getMessage());
        Fresh large = new Fresh("t", "", 1, 2, 1 << 30, 1);
        assertTrue(
                assertThrows(
                                GetjException.class,
                                () -> new FreshPairs(backend, new Halving(1), large, 0, 0))
                        .getMessage()
                        .endsWith("more than one array holds; lower --ring or --held-out"));
    }
}
