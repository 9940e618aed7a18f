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

    /** What follows from the steps is part of the command, too, given or not. */
    @Test
    void anOptionThatIsLeftOutIsADifference() throws IOException {
        CommandsTest.ok(
                "pairs generate --quiet --count 20 --steps 2 --out %s/pairs".formatted(folder));
        CommandsTest.ok(train("--resume-if-present --steps 40 --warmup 5"));
        assertRefused("optimizer.warmup is 5, not 2;", "--steps 40");
        assertRefused("optimizer.warmup is 5, not 2;", "--steps 60");
        CommandsTest.ok(train("--resume-if-present --steps 42 --warmup 5"));
        Run nothing =
                Run.getj(
                        "train --resume-if-present --lr 1 --out %s/run"
                                .formatted(folder)
                                .split(" "));
        assertEquals(2, nothing.code());
        assertTrue(nothing.err().contains("--lr without what the run learns from:"), nothing.err());
        // earlier versions did not note the steps that a run was begun with
        Path config = folder.resolve("run/config.json");
        Files.writeString(
                config, Files.readString(config).replaceAll(",\\s*\"begun_steps\" : 40", ""));
        CommandsTest.ok(train("--resume-if-present --steps 44"));
        assertTrue(Files.readString(config).contains("\"begun_steps\" : 0"));
    }

    /** Runs of earlier versions began at noise where no option said otherwise. */
    @Test
    void withoutTheOptionARunKeepsItsStart() throws IOException {
        CommandsTest.ok(
                "pairs generate --quiet --count 20 --steps 2 --out %s/pairs".formatted(folder));
        CommandsTest.ok(train("--resume-if-present --steps 2 --start noise"));
        CommandsTest.ok(train("--resume-if-present --steps 3"));
        assertRefused("model.start is \"NOISE\", not \"INJECTION\";", "--start injection");
        CommandsTest.ok("train --resume --quiet --steps 4 --out %s/run".formatted(folder));
        String config = Files.readString(folder.resolve("run/config.json"));
        assertTrue(config.contains("\"start\" : \"NOISE\""), config);
    }

    private void assertRefused(String difference, String options) {
        Run other = Run.getj(train("--resume-if-present " + options).split(" "));
        assertEquals(1, other.code());
        assertTrue(other.err().contains("holds a run whose " + difference), other.err());
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
