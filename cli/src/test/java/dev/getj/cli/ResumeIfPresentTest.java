package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Jobs that are started again by the command that began them. */
class ResumeIfPresentTest {
    @TempDir private Path folder;

    /** The warm-up is steps/20 and the decay 1 - 10/steps, both of the steps it was begun with. */
    @Test
    void withOtherStepsARunKeepsWhatFollowedFromItsOwn() throws IOException {
        CommandsTest.ok(
                "pairs generate --quiet --count 20 --steps 2 --out %s/pairs".formatted(folder));
        CommandsTest.ok(train("--resume-if-present --steps 40"));
        assertKept(40);
        CommandsTest.ok(train("--resume-if-present --steps 60"));
        assertKept(60);
        CommandsTest.ok("train --resume --quiet --steps 62 --out %s/run".formatted(folder));
        assertKept(62);
        CommandsTest.ok(train("--resume-if-present --steps 64 --ema 0.75"));
        assertKept(64);
        Run other = Run.getj(train("--resume-if-present --steps 66 --warmup 3").split(" "));
        assertEquals(1, other.code());
        assertTrue(
                other.err().contains("holds a run whose optimizer.warmup is 2, not 3;"),
                other.err());
    }

    private String train(String options) {
        return "train --quiet --pairs %s/pairs --out %s/run --width 8 --heads 2 --patch 8 --depth 1 --deq-depth 1 --iterations 1 --batch 4 %s"
                .formatted(folder, folder, options);
    }

    private void assertKept(long steps) throws IOException {
        String config = Files.readString(folder.resolve("run/config.json"));
        assertTrue(config.contains("\"steps\" : " + steps + ","), config);
        assertTrue(config.contains("\"warmup\" : 2,"), config);
        assertTrue(config.contains("\"ema_decay\" : 0.75"), config);
    }
}
