package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

/** A loss of features from the command line. */
class FeatureLossCommandTest {
    @TempDir Path folder;

    @Test
    void aClassifierIsReadAgainWhenARunResumes() throws Exception {
        String run = folder.resolve("run").toString();
        CommandsTest.ok(
                "pairs generate --quiet --images 20 --steps 2 --count 12 --out "
                        + folder.resolve("pairs"));
        CommandsTest.ok(
                "train --quiet --width 8 --heads 2 --patch 8 --depth 1 --deq-depth 1 --batch 4 --steps 2 --feature-loss builtin:strokes --feature-weight 0.5 --pairs %s --out %s"
                        .formatted(folder.resolve("pairs"), run));
        String config = Files.readString(folder.resolve("run/config.json"));
        assertTrue(config.contains("\"classifier\" : \"builtin:strokes\""), config);
        CommandsTest.ok("train --resume --quiet --steps 3 --out " + run);
        String line = Files.readAllLines(folder.resolve("run/metrics.jsonl")).getLast();
        assertTrue(line.contains("\"step\":3"), line);
        Run other =
                Run.getj(
                        ("train --resume --steps 4 --out %s --feature-loss " + run)
                                .formatted(run)
                                .split(" "));
        assertEquals(1, other.code());
        String message = "the classifier of the feature loss is not the one that the run began";
        assertTrue(other.err().contains(message), other.err());
    }

    @Test
    void aFileThatHoldsNoClassifierIsRefused() {
        CommandsTest.ok(
                "pairs generate --quiet --images 20 --steps 2 --count 12 --out "
                        + folder.resolve("pairs"));
        Run refused =
                Run.getj(
                        "train --steps 1 --patch 8 --feature-loss %s --pairs %s --out %s"
                                .formatted(
                                        folder.resolve("pairs/pairs-00000.safetensors"),
                                        folder.resolve("pairs"),
                                        folder.resolve("run"))
                                .split(" "));
        assertEquals(1, refused.code());
        assertTrue(
                refused.err().contains("holds no classifier; getj classifier train makes one"),
                refused.err());
    }
}
