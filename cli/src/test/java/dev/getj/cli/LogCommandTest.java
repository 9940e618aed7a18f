package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.train.Metrics;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** {@code --log} of the commands that train. */
class LogCommandTest {
    private static final String TEACHER =
            "teacher train --quiet --steps 2 --patch 8 --width 16 --heads 2 --depth 1 --batch 4"
                    + " --data builtin:strokes,count=50 --out ";

    @TempDir private Path folder;

    @Test
    void aRunIsLoggedAndResumedInEachFormat() throws IOException {
        Path run = folder.resolve("run");
        CommandsTest.ok(TEACHER + run + " --log tensorboard,csv");
        assertEquals(1, eventFiles(run));
        List<String> rows = Files.readAllLines(run.resolve("metrics.csv"));
        assertEquals(String.join(",", Metrics.KEYS), rows.getFirst());
        assertEquals(3, rows.size());
        CommandsTest.ok("teacher train --quiet --resume --steps 4 --log CSV --out " + run);
        List<String> more = Files.readAllLines(run.resolve("metrics.csv"));
        assertEquals(rows, more.subList(0, 3));
        assertEquals(5, more.size());
        assertTrue(more.getLast().startsWith("4,"), more.getLast());
        assertEquals(1, eventFiles(run));
    }

    private static long eventFiles(Path run) throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            return files.filter(file -> file.toString().contains("tfevents")).count();
        }
    }

    @Test
    void aRunSaysWhatMadeItAndAnUnknownFormatIsRefused() throws IOException {
        Path run = folder.resolve("run");
        CommandsTest.ok(TEACHER + run);
        var made = Json.parse(Files.readString(run.resolve("config.json"))).path("made_by");
        assertTrue(made.path("getj").asText().matches("\\d.*"), made.toString());
        assertTrue(made.path("commit").asText().matches("[0-9a-f]{12}|unknown"), made.toString());
        assertEquals(Runtime.version().toString(), made.path("java").asText());
        Run refused = Run.getj((TEACHER + folder.resolve("other") + " --log wandb").split(" "));
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("wandb"), refused.err());
    }
}
