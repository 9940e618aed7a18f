package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;
import dev.getj.model.Objective;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

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
        RunDirectory.create(root, CONFIG);
        RunDirectory run = RunDirectory.open(root);
        assertEquals(CONFIG, run.config());
        run.rewrite(CONFIG.withSteps(20));
        assertEquals(20, RunDirectory.open(root).config().steps());
    }

    @ParameterizedTest
    @MethodSource("dev.getj.train.TinyRuns#objectives")
    void everyObjectiveIsReadAsItWasWritten(Objective objective) {
        RunConfig config = TinyRuns.with(CONFIG, objective);
        assertEquals(config, RunConfig.parse(config.json(), "config.json"));
    }

    @Test
    void anExistingRunIsNotOverwritten() {
        RunDirectory.create(folder, CONFIG);
        GetjException error =
                assertThrows(
                        GetjException.class,
                        () -> RunDirectory.create(folder, CONFIG.withSteps(1)));
        assertEquals(
                folder + " holds a run already; go on with it by --resume, or choose another --out",
                error.getMessage());
        assertEquals(CONFIG, RunDirectory.open(folder).config());
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
                "cannot write "
                        + file.resolve("config.json")
                        + ": "
                        + file
                        + " is a file, not a folder",
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
                    "unrolled"              | "rolled"                      | known type ids = [implicit, phantom, unrolled]
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
                        () ->
                                new RunConfig(
                                        CONFIG.model(),
                                        "p",
                                        CONFIG.objective(),
                                        CONFIG.optimizer(),
                                        batch,
                                        steps,
                                        0,
                                        false,
                                        save,
                                        sample));
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
