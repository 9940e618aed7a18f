package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;
import dev.getj.model.Objective;
import dev.getj.picture.ImageGrid;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The run's folder, its configuration and its metrics. */
class RunDirectoryTest {
    private static final RunConfig CONFIG = TinyRuns.config(Path.of("some/pairs"), 10);

    @TempDir Path folder;

    @Test
    void aRunRemembersItsConfiguration() {
        Path root = folder.resolve("a/b");
        RunDirectory.create(root, CONFIG).close();
        try (RunDirectory run = RunDirectory.open(root)) {
            assertEquals(CONFIG, run.config());
            run.rewrite(CONFIG.withSteps(20));
        }
        try (RunDirectory run = RunDirectory.open(root)) {
            assertEquals(20, run.config().steps());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.getj.train.TinyRuns#objectives")
    void everyObjectiveIsReadAsItWasWritten(Objective objective) {
        RunConfig config = TinyRuns.with(CONFIG, objective);
        assertEquals(config, RunConfig.parse(config.json(), "config.json"));
    }

    @Test
    void anExistingRunIsNotOverwritten() throws IOException {
        RunDirectory.create(folder, CONFIG).close();
        Files.writeString(folder.resolve("latest.safetensors"), "weights");
        GetjException error =
                assertThrows(
                        GetjException.class,
                        () -> RunDirectory.create(folder, CONFIG.withSteps(1)));
        assertEquals(
                folder + " holds a run already; resume it by --resume, or choose another --out",
                error.getMessage());
        try (RunDirectory run = RunDirectory.open(folder)) {
            assertEquals(CONFIG, run.config());
        }
    }

    @Test
    void weightsWithoutARunAreNotOverwritten() throws IOException {
        Path weights = Files.writeString(folder.resolve("latest.safetensors"), "weights");
        GetjException error =
                assertThrows(GetjException.class, () -> RunDirectory.create(folder, CONFIG));
        assertEquals(
                folder + " holds weights, latest.safetensors; choose another --out",
                error.getMessage());
        assertEquals("weights", Files.readString(weights));
    }

    @Test
    void aRunWithoutACheckpointIsBegunAnew() throws IOException {
        RunDirectory.create(folder, CONFIG).close();
        Files.createDirectories(folder.resolve("checkpoints"));
        Files.writeString(folder.resolve("metrics.jsonl"), "{\"step\":1,\"loss\":1}\n");
        Path checkpoint = folder.resolve("checkpoints/00000003.safetensors");
        Files.writeString(checkpoint, "not yet the latest");
        Path own = Files.writeString(folder.resolve("checkpoints/mine.safetensors"), "mine");
        try (RunDirectory run = RunDirectory.create(folder, CONFIG.withSteps(1))) {
            assertEquals(1, run.config().steps());
        }
        assertFalse(Files.exists(folder.resolve("metrics.jsonl")));
        assertFalse(Files.exists(checkpoint));
        assertTrue(Files.exists(own));
        String log = Files.readString(folder.resolve("log.txt"));
        assertTrue(log.endsWith("an earlier start saved nothing; beginning anew\n"), log);
    }

    @Test
    void aStartThatWasCutShortIsNoRun() throws IOException {
        Files.writeString(folder.resolve("config-unfinished.json"), CONFIG.json());
        Files.writeString(folder.resolve("latest.safetensors"), "adopted");
        GetjException error = assertThrows(GetjException.class, () -> RunDirectory.open(folder));
        assertEquals(
                folder + " holds a run whose start was cut short; start it again without --resume",
                error.getMessage());
        RunDirectory.create(folder, CONFIG).close();
        assertFalse(Files.exists(folder.resolve("latest.safetensors")));
        assertFalse(Files.exists(folder.resolve("config-unfinished.json")));
    }

    @Test
    void aRunIsOpenOnlyOnceAtATime() {
        try (RunDirectory _ = RunDirectory.create(folder, CONFIG)) {
            GetjException error =
                    assertThrows(GetjException.class, () -> RunDirectory.open(folder));
            assertTrue(
                    error.getMessage().contains(" is in use by another getj, process "),
                    error::getMessage);
        }
        RunDirectory.open(folder).close();
    }

    @Test
    void onlyTheNewestCheckpointsStayInTheOrderOfTheirNumbers() throws IOException {
        try (RunDirectory run = RunDirectory.create(folder, CONFIG)) {
            Files.createDirectories(folder.resolve("checkpoints"));
            for (long step : List.of(99_999_998L, 99_999_999L, 100_000_000L, 100_000_001L)) {
                Files.writeString(run.checkpoint(step), Long.toString(step));
                run.publish(step);
            }
            assertFalse(Files.exists(run.checkpoint(99_999_998)));
            assertTrue(Files.exists(run.checkpoint(99_999_999)));
            assertEquals("100000001", Files.readString(run.latest()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "log.txt",
                "config.json",
                "metrics.jsonl",
                "loss.png",
                "samples/00000001.png"
            })
    void linksThatLeadOutOfARunAreNotWrittenThrough(String name) throws IOException {
        Path outside = Files.writeString(folder.resolve("outside"), "untouched");
        Path root = folder.resolve("run");
        try (RunDirectory run = RunDirectory.create(root, CONFIG)) {
            Path link = root.resolve(name);
            Files.deleteIfExists(link);
            Files.createDirectories(link.getParent());
            Files.createSymbolicLink(link, outside);
            GetjException error = assertThrows(GetjException.class, () -> writeAll(run));
            assertEquals(
                    "cannot write %s: it is a link that leads out of %s; delete it, or make the whole folder a link"
                            .formatted(link, root),
                    error.getMessage());
        }
        assertEquals("untouched", Files.readString(outside));
    }

    @ParameterizedTest
    @ValueSource(strings = {"checkpoints", "samples"})
    void foldersOfARunAreNoLinksEither(String name) throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Path root = folder.resolve("run");
        try (RunDirectory run = RunDirectory.create(root, CONFIG)) {
            Files.createSymbolicLink(root.resolve(name), outside);
            assertThrows(GetjException.class, () -> writeAll(run));
        }
    }

    private static void writeAll(RunDirectory run) {
        run.log("line");
        run.rewrite(CONFIG);
        new Metrics(run.metrics(), 0).close();
        ImageGrid.writePng(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB), run.lossChart());
        ImageGrid.writePng(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB), run.samples(1));
        run.checkpoint(1);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void pipesInARunDoNotHangIt() throws Exception {
        Path root = folder.resolve("run");
        try (RunDirectory run = RunDirectory.create(root, CONFIG)) {
            for (String name : List.of("log.txt", "metrics.jsonl", "config.json")) {
                Files.deleteIfExists(root.resolve(name));
                new ProcessBuilder("mkfifo", root.resolve(name).toString()).start().waitFor();
            }
            for (Executable access :
                    List.<Executable>of(
                            () -> run.log("line"),
                            () -> run.rewrite(CONFIG),
                            run::config,
                            run::metrics,
                            () -> Metrics.read(root.resolve("metrics.jsonl")))) {
                GetjException error = assertThrows(GetjException.class, access);
                assertTrue(error.getMessage().contains("regular file"), error::getMessage);
            }
        }
    }

    @Test
    void aFolderWithoutARunIsNamed() {
        GetjException error = assertThrows(GetjException.class, () -> RunDirectory.open(folder));
        assertEquals(folder + " holds no run: there is no config.json in it", error.getMessage());
    }

    @Test
    void aFileInTheWayIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        GetjException error =
                assertThrows(GetjException.class, () -> RunDirectory.create(file, CONFIG));
        assertEquals(
                "cannot write " + file + ": " + file + " is a file, not a folder",
                error.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "batch" : 5             | "batch" : 0                   | the batch must be at least 1, not 0
                    "batch" : 5             | "batch" : "many"              | many
                    "batch" : 5             | "bath" : 5                    | batch
                    "batch" : 5,            | ``                            | batch
                    "steps" : 10            | "steps" : 10, "steps" : 11    | Duplicate
                    "loss" : "L1"           | "loss" : "L3"                 | L3
                    "width" : 8             | "width" : 9                   | width 9 does not split into 2 heads
                    "learning_rate" : 0.002 | "learning_rate" : -1          | the learning rate must be positive, not -1.0
                    "gamma" : 0.8           | "gamma" : 2                   | the loss decay must lie in (0, 1], not 2.0
                    "unrolled"              | "rolled"                      | known type ids = [implicit, phantom, truncated, unrolled]
                    "slices" : 1            | "slices" : 0                  | at least 1 slice is needed, not 0
                    """)
    void aDamagedConfigurationIsOneClearLine(String text, String damaged, String reason) {
        String json = CONFIG.json();
        assertTrue(json.contains(text), json);
        GetjException error =
                assertThrows(
                        GetjException.class,
                        () -> RunConfig.parse(json.replace(text, damaged), "config.json"));
        assertTrue(error.getMessage().startsWith("config.json is damaged: "), error.getMessage());
        assertTrue(error.getMessage().contains(reason), error.getMessage());
        assertFalse(error.getMessage().contains("\n"), error.getMessage());
    }

    @Test
    void whatIsNoConfigurationIsRefused() {
        for (String json : List.of("", "null", "[]", "{}", "{", CONFIG.json() + "{}")) {
            GetjException error =
                    assertThrows(
                            GetjException.class, () -> RunConfig.parse(json, "config.json"), json);
            assertTrue(
                    error.getMessage().startsWith("config.json is damaged: "), error.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1, 1, 'the batch must be at least 1, not 0'",
        "1, -5, 1, 1, 'the number of steps must be at least 1, not -5'",
        "1, 1, 0, 1, 'the steps between checkpoints must be at least 1, not 0'",
        "1, 1, 1, 0, 'the steps between sample grids must be at least 1, not 0'",
    })
    void impossibleSettingsAreNamed(int batch, long steps, long save, long sample, String message) {
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> TinyRuns.with(CONFIG, new Course(batch, steps, 0, save, sample)));
        assertEquals(message, error.getMessage());
    }

    @Test
    void metricsBeyondTheCheckpointAreDroppedWithAHalfWrittenLine() throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        try (Metrics metrics = new Metrics(file, 0)) {
            for (int step = 1; step <= 5; step++) {
                metrics.add(line(step));
            }
        }
        Files.writeString(file, Files.readString(file) + "{\"step\":6,\"loss\":0.");
        assertEquals(5, Metrics.read(file).size());
        try (Metrics metrics = new Metrics(file, 3)) {
            assertEquals(List.of(line(1), line(2), line(3)), metrics.lines());
            assertEquals(0.75, metrics.secondsSoFar());
            metrics.add(line(4));
        }
        assertEquals(List.of(line(1), line(2), line(3), line(4)), Metrics.read(file));
    }

    private static Metrics.Line line(int step) {
        return new Metrics.Line(step, 1.0 / step, 3.0 / step, 1e-4, 0.25 * step);
    }

    @Test
    void aDamagedLineOfTheMetricsIsNamed() throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        String good = "{\"step\":1,\"loss\":0.5,\"objective\":1,\"rate\":1,\"seconds\":1}\n";
        for (String bad :
                List.of("oops\n", "\n", "{\"step\":\"two\",\"loss\":1}\n", "{\"step\":2}\n")) {
            Files.writeString(file, good + bad + good);
            GetjException error = assertThrows(GetjException.class, () -> Metrics.read(file));
            assertEquals(file + ": line 2 is damaged", error.getMessage());
        }
        GetjException error =
                assertThrows(GetjException.class, () -> Metrics.read(folder.resolve("none.jsonl")));
        assertEquals(
                "cannot read " + folder.resolve("none.jsonl") + ": no such file or folder",
                error.getMessage());
    }
}
