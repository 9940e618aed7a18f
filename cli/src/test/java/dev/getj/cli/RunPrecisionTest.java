package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A run that is resumed asks the backend for the precision it recorded, not for the command's: only
 * so do {@code --products java} and a run in tf32 contradict each other.
 */
class RunPrecisionTest {
    private static final String CONTRADICTION = "getj: --precision tf32 needs --products cublas";

    @TempDir static Path folder;

    private static Path run;
    private static Path teacher;

    @BeforeAll
    static void makeRunsInTf32() throws IOException {
        Path pairs = folder.resolve("pairs");
        run = folder.resolve("run");
        teacher = folder.resolve("teacher");
        CommandsTest.ok(
                "pairs generate --quiet --count 4 --classes 2 --images 2 --steps 2 --out " + pairs);
        CommandsTest.ok(
                "train --quiet --steps 1 --batch 2 --iterations 1 --pairs %s --out %s"
                                .formatted(pairs, run)
                        + CommandsTest.TINY);
        CommandsTest.ok(
                "teacher train --quiet --steps 1 --batch 2 --patch 8 --width 16 --heads 2 --depth 1"
                        + " --data builtin:strokes,count=8 --out "
                        + teacher);
        for (Path each : new Path[] {run, teacher}) {
            Path config = each.resolve("config.json");
            String text = Files.readString(config);
            String tf32 = text.replace("\"FLOAT32\"", "\"TF32\"");
            assertTrue(!tf32.equals(text), text);
            Files.writeString(config, tf32);
        }
    }

    private static Run resumed(String command, Path out, String more) {
        return Run.getj(
                "%s --resume --quiet --steps 2 --out %s%s"
                        .formatted(command, out, more)
                        .split(" "));
    }

    @Test
    void itsOwnPrecisionIsAskedOfTheBackend() {
        for (Run refused :
                new Run[] {
                    resumed("train", run, " --products java"),
                    resumed("teacher train", teacher, " --products java")
                }) {
            assertEquals(2, refused.code(), refused.err());
            assertTrue(refused.err().startsWith(CONTRADICTION), refused.err());
        }
    }

    @Test
    void aDeviceWithoutItIsNamed() {
        for (Run refused :
                new Run[] {resumed("train", run, ""), resumed("teacher train", teacher, "")}) {
            assertEquals(1, refused.code(), refused.err());
            assertTrue(
                    refused.err().contains("--precision tf32 needs cuBLASLt, with --device cuda"),
                    refused.err());
        }
    }
}
