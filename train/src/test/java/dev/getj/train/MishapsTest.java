package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What goes wrong while a run trains, and what it keeps. */
class MishapsTest {
    private static final int STEPS = 4;

    @TempDir private Path folder;

    private Path pairs;
    private RunConfig config;
    private Path root;

    @BeforeEach
    void writePairs() {
        pairs = TinyRuns.writePairs(folder.resolve("pairs.safetensors"), 2);
        config = TinyRuns.config(pairs, STEPS);
        root = folder.resolve("run");
    }

    private TrainingLoop.Outcome train(TrainingListener listener, boolean stop) {
        try (RunDirectory run =
                RunDirectory.isRun(root)
                        ? RunDirectory.open(root)
                        : RunDirectory.create(root, config)) {
            return TinyRuns.train(run, config, 1, listener, () -> stop);
        }
    }

    private static TrainingListener atStep(long step, Consumer<Metrics.Line> action) {
        return new TrainingListener() {
            @Override
            public void step(Metrics.Line line) {
                if (line.step() == step) {
                    action.accept(line);
                }
            }
        };
    }

    private String lastLog() throws IOException {
        return Files.readAllLines(root.resolve("log.txt")).getLast().replaceFirst("\\S+ ", "");
    }

    private void expectSameAsWithoutMishap() throws IOException {
        Path whole = folder.resolve("whole");
        try (RunDirectory run = RunDirectory.create(whole, config)) {
            TinyRuns.train(run, config, 1);
        }
        assertEquals(
                -1,
                Files.mismatch(
                        whole.resolve("latest.safetensors"), root.resolve("latest.safetensors")));
    }

    @Test
    void aFailureSavesWhatWasLearned() throws IOException {
        TrainingListener failing =
                atStep(
                        3,
                        _ -> {
                            throw new IllegalStateException("device\nlost");
                        });
        assertThrows(IllegalStateException.class, () -> train(failing, false));
        assertEquals(3, RunDirectory.savedStep(root).orElseThrow());
        assertEquals(
                "ended after step 3 by an error: java.lang.IllegalStateException: device lost",
                lastLog());
        assertEquals(STEPS, train(TrainingListener.NONE, false).step());
        assertEquals("finished after step 4", lastLog());
        expectSameAsWithoutMishap();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aPairFileThatIsCutShortIsNamedAndTheRunSaved() throws IOException {
        byte[] content = Files.readAllBytes(pairs);
        GetjException error =
                assertThrows(
                        GetjException.class, () -> train(atStep(2, _ -> truncate(pairs)), false));
        assertTrue(error.getMessage().startsWith(pairs.toString()), error::getMessage);
        assertTrue(
                error.getMessage()
                        .endsWith(
                                "cannot be read any more: the file was cut short or its disk failed"
                                        + " while it was in use"),
                error::getMessage);
        assertEquals(2, RunDirectory.savedStep(root).orElseThrow());
        assertEquals("ended after step 2 by an error: " + error.getMessage(), lastLog());
        Files.write(pairs, content);
        train(TrainingListener.NONE, false);
        expectSameAsWithoutMishap();
    }

    private static void truncate(Path file) {
        try {
            FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                    .close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void picturesThatFailAreNotedAndTheRunGoesOn() throws IOException {
        Files.createDirectories(root);
        Files.createFile(root.resolve("samples"));
        Files.createDirectory(root.resolve("loss.png"));
        List<String> notes = new ArrayList<>();
        TrainingListener listener =
                new TrainingListener() {
                    @Override
                    public void note(String line) {
                        notes.add(line);
                    }
                };
        assertTrue(train(listener, false).finished());
        assertEquals(2, notes.size(), notes::toString);
        assertEquals(
                "the loss chart of step 4 could not be drawn: cannot write "
                        + root.resolve("loss.png")
                        + ": it is a folder",
                notes.getFirst());
        assertTrue(notes.getLast().startsWith("the samples of step 4 could not be drawn: "));
        String log = Files.readString(root.resolve("log.txt"));
        assertTrue(notes.stream().allMatch(log::contains), log);
        expectSameAsWithoutMishap();
        Files.delete(root.resolve("samples"));
        train(TrainingListener.NONE, false);
        assertTrue(Files.exists(root.resolve("samples/00000004.png")), "drawn by the next session");
    }

    @Test
    void aRunThatIsStoppedSaysWhy() throws IOException {
        TrainingListener listener =
                new TrainingListener() {
                    @Override
                    public String stopReason() {
                        return "by SIGTERM";
                    }
                };
        assertFalse(train(listener, true).finished());
        assertEquals("stopped after step 0 by SIGTERM", lastLog());
    }
}
