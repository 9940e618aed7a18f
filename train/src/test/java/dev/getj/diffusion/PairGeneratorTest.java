package dev.getj.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.PairStatistics;
import dev.getj.data.Pairs;
import dev.getj.data.PairsDescription;
import dev.getj.data.Progress;
import dev.getj.data.Strokes;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.jvm.JvmBackend;
import dev.getj.train.distributed.Ranks;
import dev.getj.train.distributed.Threads;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class PairGeneratorTest {
    private static final int COUNT = 23;

    @TempDir Path folder;

    @Test
    void makesDigitsOfTheClassesTheyAreSaidToBe() {
        Path set = generate(1, 10, COUNT, 10);
        try (Pairs pairs = Pairs.open(set)) {
            PairStatistics statistics = PairStatistics.of(pairs, Progress.NONE);
            assertArrayEquals(new long[] {3, 3, 3, 2, 2, 2, 2, 2, 2, 2}, statistics.labels());
            assertEquals(0, statistics.noiseMean(), 0.05);
            assertEquals(1, statistics.noiseStd(), 0.05);
            float[] known = Strokes.images(3, 0, 100);
            float[] noise = new float[Strokes.ELEMENTS];
            float[] image = new float[Strokes.ELEMENTS];
            for (int i = 0; i < COUNT; i++) {
                pairs.read(i, 0, noise, image);
                assertEquals(i % 10, pairs.label(i));
                // A fine enough ideal denoiser ends on one of the images it knows, here one of the
                // right class.
                assertTrue(distanceToNearest(image, known, i % 10) < 0.05, "pair " + i);
            }
        }
    }

    private static double distanceToNearest(float[] image, float[] known, int label) {
        double nearest = Double.MAX_VALUE;
        for (int m = label; m < known.length / Strokes.ELEMENTS; m += Strokes.CLASSES) {
            double distance = 0;
            for (int e = 0; e < Strokes.ELEMENTS; e++) {
                distance = Math.max(distance, Math.abs(image[e] - known[m * Strokes.ELEMENTS + e]));
            }
            nearest = Math.min(nearest, distance);
        }
        return nearest;
    }

    @Test
    void aPairDependsOnSeedAndNumberAlone() {
        float[] one = contents(generate(1, 10, COUNT, 10));
        assertArrayEquals(one, contents(generate(2, 7, COUNT, 10)));
        assertArrayEquals(
                Arrays.copyOf(one, 5 * 2 * Strokes.ELEMENTS), contents(generate(1, 64, 5, 10)));
    }

    @Test
    void makesUnconditionalSets() {
        try (Pairs pairs = Pairs.open(generate(2, 8, 9, 0))) {
            assertEquals(9, pairs.count());
            assertEquals(0, pairs.classes());
        }
    }

    @Test
    void tellsHowFarItIsAndKeepsThePairsBeforeAFailure() {
        List<Long> heard = new ArrayList<>();
        Path set = folder.resolve("failing");
        Denoiser diverging =
                new Denoiser() {
                    @Override
                    public int elements() {
                        return 4;
                    }

                    @Override
                    public int classes() {
                        return 0;
                    }

                    @Override
                    public void denoise(
                            float[] noisy,
                            double sigma,
                            int[] labels,
                            int count,
                            float[] denoised) {
                        Arrays.fill(denoised, heard.size() < 2 ? 0 : Float.NaN);
                    }
                };
        try (Backend backend = new JvmBackend(1)) {
            PairGenerator generator = new PairGenerator(backend, diverging, new HeunSampler(3), 4);
            PairsDescription description =
                    new PairsDescription(10, 1, 2, 0, "diverging", 1, Map.of());
            GetjException error =
                    assertThrows(
                            GetjException.class,
                            () ->
                                    generator.generate(
                                            set,
                                            description,
                                            (done, _) -> heard.add(done),
                                            () -> false));
            assertEquals(
                    "image of pair 8 is NaN; the pairs before it are in " + set,
                    error.getMessage());
            assertEquals(List.of(4L, 8L), heard);
            assertFalse(Files.exists(set.resolve("pairs.json")));
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            generator.generate(
                                    set,
                                    new PairsDescription(10, 1, 2, 3, "", 1, Map.of()),
                                    Progress.NONE,
                                    () -> false));
        }
    }

    /** With what is stopped and gone on with, nothing is made twice and nothing left out. */
    @Test
    void aStoppedSetGoesOnToTheSameBytes() throws IOException {
        StrokesTeacher teacher = new StrokesTeacher(30, 10, true, 4);
        PairsDescription description = teacher.description(20, 5);
        Path straight = folder.resolve("straight");
        Path stopped = folder.resolve("stopped");
        List<Long> left = new ArrayList<>();
        try (Backend backend = new JvmBackend(1)) {
            teacher.generate(backend, straight, description, Progress.NONE, () -> false);
            for (int batches : new int[] {1, 1, 0, 2, 9}) {
                Denoiser denoiser =
                        IdealDenoiser.conditional(
                                backend, teacher.data(), Strokes.ELEMENTS, labels(30), 10, 4);
                int[] rest = {batches};
                left.add(
                        new PairGenerator(backend, denoiser, teacher.sampler(), 4)
                                .generate(
                                        stopped, description, Progress.NONE, () -> rest[0]-- == 0));
            }
        }
        assertEquals(List.of(4L, 8L, 8L, 16L, 20L), left);
        for (String name : List.of("pairs-00000.safetensors", "pairs.json")) {
            assertEquals(-1, Files.mismatch(straight.resolve(name), stopped.resolve(name)), name);
        }
        try (Stream<Path> files = Files.list(stopped)) {
            assertEquals(2, files.count());
        }
    }

    /** Three shards, begun by three processes, stopped, and finished by two. */
    @Test
    void severalProcessesMakeTheBytesOfOne() throws IOException {
        PairsDescription description =
                new PairsDescription(10_000, 1, 2, 0, "halving", 1, Map.of());
        Path one = folder.resolve("one");
        assertEquals(10_000, halved(Ranks.alone(), one, description, Integer.MAX_VALUE));
        Path several = folder.resolve("several");
        Threads.together(3, ranks -> halved(ranks, several, description, 1))
                .forEach(made -> assertEquals(3 * 500, made));
        assertFalse(Files.exists(several.resolve("pairs.json")));
        Threads.together(2, ranks -> halved(ranks, several, description, Integer.MAX_VALUE))
                .forEach(made -> assertEquals(10_000, made));
        for (String name :
                List.of(
                        "pairs-00000.safetensors",
                        "pairs-00001.safetensors",
                        "pairs-00002.safetensors",
                        "pairs.json")) {
            assertEquals(-1, Files.mismatch(one.resolve(name), several.resolve(name)), name);
        }
        try (Stream<Path> files = Files.list(several)) {
            assertEquals(4, files.count());
        }
    }

    // of a teacher that halves what it sees, for so many batches
    private static long halved(Ranks ranks, Path set, PairsDescription description, int batches) {
        Denoiser halving =
                new Denoiser() {
                    @Override
                    public int elements() {
                        return 4;
                    }

                    @Override
                    public int classes() {
                        return 0;
                    }

                    @Override
                    public void denoise(
                            float[] noisy,
                            double sigma,
                            int[] labels,
                            int count,
                            float[] denoised) {
                        for (int i = 0; i < count * 4; i++) {
                            denoised[i] = noisy[i] / 2;
                        }
                    }
                };
        int[] rest = {batches};
        try (Backend backend = new JvmBackend(1)) {
            return new PairGenerator(backend, halving, new HeunSampler(3), 500)
                    .generate(ranks, set, description, Progress.NONE, () -> rest[0]-- == 0);
        }
    }

    private static int[] labels(int count) {
        int[] labels = new int[count];
        Arrays.setAll(labels, i -> i % 10);
        return labels;
    }

    private Path generate(int threads, int batch, int count, int classes) {
        Path set = folder.resolve("set-%d-%d-%d-%d".formatted(threads, batch, count, classes));
        try (Backend backend = new JvmBackend(threads)) {
            float[] images = Strokes.images(3, 0, 100);
            Denoiser teacher =
                    classes == 0
                            ? IdealDenoiser.unconditional(backend, images, Strokes.ELEMENTS, batch)
                            : IdealDenoiser.conditional(
                                    backend,
                                    images,
                                    Strokes.ELEMENTS,
                                    Strokes.labels(0, 100),
                                    classes,
                                    batch);
            new PairGenerator(backend, teacher, new HeunSampler(18), batch)
                    .generate(
                            set,
                            new PairsDescription(
                                    count, 1, Strokes.SIZE, classes, "ideal", 77, Map.of()),
                            Progress.NONE,
                            () -> false);
        }
        return set;
    }

    private static float[] contents(Path set) {
        try (Pairs pairs = Pairs.open(set)) {
            float[] values = new float[(int) pairs.count() * 2 * Strokes.ELEMENTS];
            float[] noise = new float[Strokes.ELEMENTS];
            float[] image = new float[Strokes.ELEMENTS];
            for (int i = 0; i < pairs.count(); i++) {
                pairs.read(i, 0, noise, image);
                System.arraycopy(noise, 0, values, 2 * i * Strokes.ELEMENTS, Strokes.ELEMENTS);
                System.arraycopy(
                        image, 0, values, (2 * i + 1) * Strokes.ELEMENTS, Strokes.ELEMENTS);
            }
            return values;
        }
    }
}
