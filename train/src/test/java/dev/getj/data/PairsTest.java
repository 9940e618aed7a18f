package dev.getj.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class PairsTest {
    private static final int ELEMENTS = 3 * 2 * 2;

    @TempDir Path folder;

    @Test
    void readsWhatWasWrittenInAnyOrder() {
        write(10, 4);
        try (Pairs pairs = Pairs.open(folder)) {
            assertEquals(describe(10, 4), pairs.description());
            long[] indices = {9, 0, 3, 4, 3};
            float[] noise = new float[5 * ELEMENTS];
            float[] image = new float[5 * ELEMENTS];
            int[] labels = new int[5];
            pairs.read(indices, noise, image, labels);
            for (int row = 0; row < 5; row++) {
                for (int e = 0; e < ELEMENTS; e++) {
                    assertEquals(noiseAt(indices[row], e), noise[row * ELEMENTS + e]);
                    assertEquals(-noiseAt(indices[row], e), image[row * ELEMENTS + e]);
                }
            }
            assertArrayEquals(new int[] {1, 0, 3, 0, 3}, labels);
            assertThrows(IndexOutOfBoundsException.class, () -> pairs.label(10));
        }
    }

    @Test
    void readsUnconditionalSets() {
        write(5, 0);
        try (Pairs pairs = Pairs.open(folder)) {
            assertEquals(0, pairs.classes());
            pairs.read(new long[] {2}, new float[ELEMENTS], new float[ELEMENTS], null);
            assertThrows(IllegalStateException.class, () -> pairs.label(0));
        }
    }

    @Test
    void readsASingleFile() {
        Path file = folder.resolve("set.safetensors");
        shard(3, 2, new long[] {0, 6, 1}).metadata("seed", "5").write(file);
        try (Pairs pairs = Pairs.open(file)) {
            assertEquals(
                    new PairsDescription(3, 3, 2, 7, "unknown", 5, Map.of()), pairs.description());
            assertEquals(6, pairs.label(1));
        }
        shard(3, 2, new long[] {0, 6, 1}).metadata("classes", "6").write(file);
        assertMessage("label 6 of pair 1 is outside 0 to 5", file);
        shard(3, 2, new long[] {0, -1, 1}).metadata("classes", "6").write(file);
        assertMessage("label -1 of pair 1 is outside 0 to 5", file);
        shard(3, 2, new long[] {0, 6}).write(file);
        assertMessage("label has shape [2], but there are 3 pairs, which take 3 labels", file);
        new SafetensorsWriter().add("image", new float[8], 2, 1, 2, 2).write(file);
        assertMessage(file + " holds no tensor 'noise'", file);
        new SafetensorsWriter().add("noise", new float[8], 2, 1, 2, 2).write(file);
        assertMessage(file + " holds no tensor 'image'", file);
        new SafetensorsWriter()
                .add("noise", new float[8], 2, 4)
                .add("image", new float[8], 2, 4)
                .write(file);
        assertMessage("noise has shape [2, 4], expected [n, C, S, S]", file);
        new SafetensorsWriter()
                .add("noise", new float[12], 2, 1, 2, 3)
                .add("image", new float[12], 2, 1, 2, 3)
                .write(file);
        assertMessage("noise has shape [2, 1, 2, 3], expected [n, 1, 2, 2]", file);
        new SafetensorsWriter()
                .add("noise", new float[8], 2, 1, 2, 2)
                .add("image", new float[4], 1, 1, 2, 2)
                .write(file);
        assertMessage("image has shape [1, 1, 2, 2], expected [2, 1, 2, 2] as noise has", file);
        new SafetensorsWriter()
                .add("noise", new float[4], 1, 1, 2, 2)
                .add("image", new long[4], 1, 1, 2, 2)
                .write(file);
        assertMessage("image holds I64, not floats", file);
    }

    @Test
    void saysWhichShardIsMissingTruncatedOrWrong() throws IOException {
        write(10, 4);
        Path shard = folder.resolve("pairs-00001.safetensors");
        byte[] whole = Files.readAllBytes(shard);
        Files.write(shard, Arrays.copyOf(whole, whole.length - 1));
        assertMessage(shard + " is not a safetensors file that can be read", folder);
        Files.delete(shard);
        assertMessage(
                folder + " lacks pairs-00001.safetensors, one of the 3 files it should hold",
                folder);
        shard(4, 3, new long[4]).write(shard);
        assertMessage(shard + ": noise has shape [4, 3, 3, 3], expected [n, 3, 2, 2]", folder);
        shard(4, 2, null).write(shard);
        assertMessage(shard + " holds no tensor 'label'", folder);
        shard(3, 2, new long[3]).write(shard);
        assertMessage("pairs.json promises 10 pairs, but its shards hold 9", folder);
        Files.delete(folder.resolve("pairs.json"));
        assertMessage(
                "holds no pairs.json: it is not a pair set, or one that was never finished",
                folder);
        assertMessage(
                "cannot read " + folder.resolve("no") + ": no such file", folder.resolve("no"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {                                                       | is not valid JSON
                    []                                                      | its format is not getj-pairs
                    {"format":"getj-pairs"}                                 | is damaged: count is missing
                    {"format":"getj-pairs","version":2}                     | is a pair set of version 2, but this getj reads versions up to 1: update getj
                    {"format":"getj-pairs","version":"x"}                   | is damaged: its version is "x", a whole number from 1 is expected
                    {"format":"getj-pairs","version":1,"count":"many"}      | is damaged: count is "many"
                    {"format":"getj-pairs","version":1,"count":-1}          | is damaged: count is -1
                    {"format":"getj-pairs","version":1,"count":0,"channels":1,"size":1,"classes":0,"seed":0,"shards":1} | cannot have 0 pairs
                    """)
    void saysWhatIsWrongWithTheDescription(String json, String complaint) throws IOException {
        Files.writeString(folder.resolve("pairs.json"), json);
        assertMessage(complaint, folder);
    }

    @Test
    void saysWhichValueIsNotFinite() {
        write(10, 4);
        Path shard = folder.resolve("pairs-00001.safetensors");
        float[] values = new float[4 * ELEMENTS];
        float[] damaged = values.clone();
        damaged[2 * ELEMENTS + 5] = Float.NaN;
        new SafetensorsWriter()
                .add("noise", values, 4, 3, 2, 2)
                .add("image", damaged, 4, 3, 2, 2)
                .add("label", new long[4], 4)
                .write(shard);
        try (Pairs pairs = Pairs.open(folder)) {
            float[] buffer = new float[ELEMENTS];
            pairs.read(5, 0, buffer, buffer.clone());
            GetjException error =
                    assertThrows(
                            GetjException.class, () -> pairs.read(6, 0, buffer, buffer.clone()));
            assertEquals(
                    shard
                            + ": image of pair 2 holds NaN; the file is damaged or its teacher"
                            + " diverged",
                    error.getMessage());
        }
    }

    @Test
    void aWriterLeavesNoHalfOfASet() throws IOException {
        Path set = folder.resolve("set");
        try (PairsWriter writer = new PairsWriter(set, describe(10, 4), 4, null)) {
            add(writer, 0, 6);
            assertTrue(Files.exists(set.resolve("pairs-00000.safetensors")));
            assertThrows(IllegalStateException.class, writer::finish);
        }
        assertFalse(Files.exists(set.resolve("pairs-00000.safetensors")));
        assertFalse(Files.exists(set.resolve("pairs.json")));
        write(10, 4);
        GetjException error =
                assertThrows(GetjException.class, () -> new PairsWriter(folder, describe(10, 4)));
        assertEquals(
                folder + " already holds a pair set; delete it or choose another folder",
                error.getMessage());
        try (PairsWriter writer = new PairsWriter(set, describe(1, 0))) {
            float[] values = new float[ELEMENTS];
            values[3] = Float.NEGATIVE_INFINITY;
            GetjException nan =
                    assertThrows(
                            GetjException.class,
                            () -> writer.add(new float[ELEMENTS], values, null, 1));
            assertEquals(
                    "image of pair 0 is -Infinity; nothing was written to " + set,
                    nan.getMessage());
        }
    }

    /** A copy of the folder at any moment is what a process that is killed leaves behind. */
    @Test
    void whatAKilledWriterSavedIsGoneOnWith() throws IOException {
        write(10, 4);
        for (int until = 0; until < 10; until++) {
            Path set = folder.resolve("set" + until);
            Path killed = folder.resolve("killed" + until);
            Files.createDirectories(killed);
            try (PairsWriter writer = resuming(set, describe(10, 4), Duration.ZERO)) {
                add(writer, 0, until);
                Files.createFile(set.resolve(".pairs-00009.safetensors.1-2.tmp"));
                try (Stream<Path> files = Files.list(set)) {
                    for (Path file : files.toList()) {
                        Files.copy(file, killed.resolve(file.getFileName()));
                    }
                }
                GetjException busy =
                        assertThrows(
                                GetjException.class,
                                () -> resuming(set, describe(10, 4), Duration.ZERO));
                assertTrue(
                        busy.getMessage().startsWith(set + " is in use by another getj, process "),
                        busy::getMessage);
            }
            try (PairsWriter writer = resuming(killed, describe(10, 4), Duration.ofDays(1))) {
                assertEquals(until, writer.written());
                assertEquals(4 - until % 4, writer.room());
                add(writer, until, 10 - until);
                writer.finish();
            }
            try (Stream<Path> files = Files.list(killed)) {
                assertEquals(4, files.count());
            }
            for (int shard = 0; shard < 3; shard++) {
                String name = Pairs.shardName(shard);
                assertEquals(-1, Files.mismatch(folder.resolve(name), killed.resolve(name)));
            }
        }
    }

    /** Without a kill, closing is enough, however long it is until the next save. */
    @Test
    void aClosedWriterLosesNothing() {
        Path set = folder.resolve("set");
        try (PairsWriter writer = resuming(set, describe(10, 4), Duration.ofDays(1))) {
            add(writer, 0, 3);
        }
        try (PairsWriter writer = resuming(set, describe(10, 4), Duration.ofDays(1))) {
            assertEquals(3, writer.written());
        }
    }

    @Test
    void anotherSetDoesNotGoOn() throws IOException {
        Path set = folder.resolve("set");
        resuming(set, describe(10, 4), Duration.ZERO).close();
        String end = "; give the same options or delete the folder";
        for (PairsDescription other :
                List.of(
                        describe(11, 4),
                        describe(10, 3),
                        new PairsDescription(10, 3, 2, 4, "a test", -3, Map.of("steps", "18")))) {
            GetjException refused =
                    assertThrows(GetjException.class, () -> resuming(set, other, Duration.ZERO));
            assertTrue(refused.getMessage().endsWith(end), refused.getMessage());
        }
        GetjException refused =
                assertThrows(
                        GetjException.class, () -> resuming(set, describe(11, 4), Duration.ZERO));
        assertEquals(
                set + " holds an unfinished pair set whose count is 10, not 11" + end,
                refused.getMessage());
        refused = assertThrows(GetjException.class, () -> new PairsWriter(set, describe(10, 4)));
        assertTrue(refused.getMessage().contains("finish it with the command"));
        shard(5, 2, new long[5]).write(set.resolve("pairs-00000.safetensors"));
        refused =
                assertThrows(
                        GetjException.class, () -> resuming(set, describe(10, 4), Duration.ZERO));
        assertTrue(refused.getMessage().contains("has 5 pairs, more than"), refused.getMessage());
        Files.writeString(set.resolve("pairs-unfinished.json"), "{}");
        refused =
                assertThrows(
                        GetjException.class, () -> resuming(set, describe(10, 4), Duration.ZERO));
        assertTrue(refused.getMessage().contains("does not describe a pair set"));
    }

    private static PairsWriter resuming(
            Path set, PairsDescription description, Duration saveInterval) {
        return new PairsWriter(set, description, 4, saveInterval);
    }

    @Test
    void statisticsCoverTheWholeSet() {
        write(10, 4);
        try (Pairs pairs = Pairs.open(folder)) {
            long[] last = new long[1];
            PairStatistics statistics =
                    PairStatistics.of(pairs, (done, total) -> last[0] = done * 100 + total);
            double mean = 0;
            double squares = 0;
            float max = 0;
            for (int i = 0; i < 10; i++) {
                for (int e = 0; e < ELEMENTS; e++) {
                    mean += noiseAt(i, e) / (10.0 * ELEMENTS);
                    squares += noiseAt(i, e) * noiseAt(i, e) / (10.0 * ELEMENTS);
                    max = Math.max(max, noiseAt(i, e));
                }
            }
            assertEquals(mean, statistics.noiseMean(), 1e-6);
            assertEquals(Math.sqrt(squares - mean * mean), statistics.noiseStd(), 1e-6);
            assertEquals(-max, statistics.imageMin());
            assertEquals(0f, 0f + statistics.imageMax());
            assertArrayEquals(new long[] {3, 3, 2, 2}, statistics.labels());
            assertEquals(1010, last[0]);
        }
    }

    private static PairsDescription describe(int count, int classes) {
        return new PairsDescription(
                count, 3, 2, classes, "a test", -3, Map.of("steps", "18", "a", "b"));
    }

    private void write(int count, int classes) {
        try (PairsWriter writer = new PairsWriter(folder, describe(count, classes), 4, null)) {
            add(writer, 0, count / 2);
            add(writer, count / 2, count - count / 2);
            writer.finish();
        }
    }

    private static void add(PairsWriter writer, int first, int count) {
        float[] noise = new float[count * ELEMENTS];
        float[] image = new float[count * ELEMENTS];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            for (int e = 0; e < ELEMENTS; e++) {
                noise[i * ELEMENTS + e] = noiseAt(first + i, e);
                image[i * ELEMENTS + e] = -noiseAt(first + i, e);
            }
            labels[i] = (first + i) % 4;
        }
        writer.add(noise, image, labels, count);
    }

    private static float noiseAt(long index, int element) {
        return index + element / 16f;
    }

    private static SafetensorsWriter shard(int count, int size, long[] labels) {
        float[] values = new float[count * 3 * size * size];
        SafetensorsWriter writer =
                new SafetensorsWriter()
                        .add("noise", values, count, 3, size, size)
                        .add("image", values, count, 3, size, size);
        return labels == null ? writer : writer.add("label", labels, labels.length);
    }

    private static void assertMessage(String part, Path path) {
        GetjException error = assertThrows(GetjException.class, () -> Pairs.open(path));
        assertTrue(error.getMessage().contains(part), error.getMessage());
    }
}
