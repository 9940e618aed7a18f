package dev.getj.data;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.crash.Kills;
import dev.getj.diffusion.StrokesTeacher;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Making and importing pair sets, killed before every change of a file. */
class PairsKillTest {
    private static final int COUNT = 10;
    private static final int CAPACITY = 4;

    @TempDir private Path folder;

    /**
     * Makes a set, unless it is finished: then the command refuses, and leaves nothing of its own.
     */
    private static Kills.Work unlessFinished(PairsDescription description, Kills.Work making) {
        return out -> {
            if (!Pairs.isFinished(out)) {
                making.run(out);
                return;
            }
            GetjException refused =
                    assertThrows(GetjException.class, () -> PairsWriter.resuming(out, description));
            assertTrue(refused.getMessage().contains("already holds"), refused::getMessage);
        };
    }

    @Test
    void generating() throws IOException {
        StrokesTeacher teacher = new StrokesTeacher(10, 10, true, 2);
        PairsDescription description = teacher.description(12, 0);
        try (Backend backend = Backends.jvm(1)) {
            int kills =
                    new Kills(folder)
                            .everywhere(
                                    unlessFinished(
                                            description,
                                            out ->
                                                    teacher.generate(
                                                            backend,
                                                            out,
                                                            description,
                                                            Progress.NONE,
                                                            () -> false)));
            assertTrue(kills > 10, "kills: " + kills);
        }
    }

    @Test
    void severalShardsSavedAsTheyAreFilled() throws IOException {
        write(Duration.ZERO);
    }

    @Test
    void setsThatAreNotResumed() throws IOException {
        write(null);
    }

    private void write(Duration saveInterval) throws IOException {
        PairsDescription description =
                new PairsDescription(COUNT, 1, 2, 3, "a test", 0, Map.of("steps", "18"));
        int kills =
                new Kills(folder)
                        .everywhere(
                                unlessFinished(
                                        description, out -> write(out, description, saveInterval)));
        assertTrue(kills > 20, "kills: " + kills);
    }

    private static void write(Path out, PairsDescription description, Duration saveInterval) {
        try (PairsWriter writer = new PairsWriter(out, description, CAPACITY, saveInterval)) {
            for (int i = (int) writer.written(); i < COUNT; i++) {
                float[] noise = {i, 1, 2, 3};
                float[] image = {4, 5, 6, i};
                writer.add(noise, image, new int[] {i % 3}, 1);
            }
            writer.finish();
        }
    }

    @Test
    void importing() throws IOException {
        Path source = Path.of("src/test/resources/reference/pairs_cond");
        PairsDescription description = new PairsImport(source).description();
        new Kills(folder)
                .everywhere(
                        unlessFinished(
                                description,
                                out -> new PairsImport(source).copyTo(out, Progress.NONE)));
    }
}
