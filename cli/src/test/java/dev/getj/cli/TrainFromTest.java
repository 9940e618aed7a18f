package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.SafetensorsFile;
import dev.getj.io.SafetensorsWriter;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

/** {@code getj train --from}: a run that goes on where another program stopped. */
class TrainFromTest {
    private static final Path PAIRS = Path.of("../train/src/test/resources/reference/pairs_uncond");
    private static final Path CHECKPOINT =
            Path.of("../model/src/test/resources/reference/ckpt_uncond.pth");

    @TempDir Path folder;
    private Path converted;

    @BeforeEach
    void convert() {
        converted = folder.resolve("converted.safetensors");
        ok("convert --quiet --training %s %s".formatted(CHECKPOINT, converted));
    }

    private static void ok(String line) {
        Run run = Run.getj(line.split(" "));
        assertEquals(0, run.code(), line + "\n" + run.err());
    }

    private Run train(Path out, String more) {
        String line =
                "train --quiet --objective paper --batch 4 --iterations 2 --ema 0.9 --pairs %s --out %s %s"
                        .formatted(PAIRS, out, more);
        return Run.getj(line.split(" "));
    }

    private static void assertSameWeights(Path expected, Path actual) {
        try (SafetensorsFile a = SafetensorsFile.open(expected);
                SafetensorsFile b = SafetensorsFile.open(actual)) {
            assertEquals(a.metadata(), b.metadata());
            assertEquals(a.names(), b.names());
            for (String name : a.names()) {
                assertArrayEquals(a.floats(name), b.floats(name), name);
            }
        }
    }

    /** Ours, as another program would hand it over: without what only our run knows. */
    private Path foreign(Path checkpoint) {
        Path stripped = folder.resolve("foreign.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
            SafetensorsWriter writer = new SafetensorsWriter();
            writer.metadata("config", file.metadata().get("config"));
            writer.metadata("step", file.metadata().get("step"));
            file.names().forEach(name -> writer.add(name, file.tensor(name)));
            writer.write(stripped);
        }
        return stripped;
    }

    @Test
    void aCheckpointOfTheReferenceIsTrainedOn() {
        Path run = folder.resolve("run");
        Run trained = train(run, "--steps 3 --lr 1e-3 --from " + converted);
        assertEquals(0, trained.code(), trained.err());
        try (SafetensorsFile before = SafetensorsFile.open(converted);
                SafetensorsFile after = SafetensorsFile.open(run.resolve("latest.safetensors"))) {
            assertEquals("3", after.metadata().get("step"));
            float[] old = before.floats("model.qkv_inj.weight");
            float[] moved = after.floats("model.qkv_inj.weight");
            double largest = 0;
            for (int i = 0; i < old.length; i++) {
                largest = Math.max(largest, Math.abs(old[i] - moved[i]));
            }
            assertTrue(largest > 0 && largest < 0.01, "one step of rate 1e-3: " + largest);
        }
    }

    @Test
    void goingOnElsewhereEqualsNeverHavingStopped() {
        Path whole = folder.resolve("whole");
        Path part = folder.resolve("part");
        Path moved = folder.resolve("moved");
        assertEquals(0, train(whole, "--steps 5 --from " + converted).code());
        assertEquals(0, train(part, "--steps 3 --from " + converted).code());
        Path foreign = foreign(part.resolve("latest.safetensors"));
        assertEquals(0, train(moved, "--steps 5 --from " + foreign).code());
        assertSameWeights(whole.resolve("latest.safetensors"), moved.resolve("latest.safetensors"));
    }

    @Test
    void whatCannotBeBegunLeavesNoRun() {
        Path run = folder.resolve("run");
        Run behind = train(run, "--steps 2 --from " + converted);
        assertEquals(1, behind.code());
        assertEquals(
                "getj: "
                        + converted
                        + " was saved after step 2, but the run ends at 2; give more --steps",
                behind.err().strip());
        Path weights = folder.resolve("weights.safetensors");
        ok("convert --quiet %s %s".formatted(CHECKPOINT, weights));
        Run partial = train(run, "--steps 5 --from " + weights);
        assertEquals(1, partial.code());
        assertEquals(1, partial.err().strip().lines().count(), partial.err());
        Run sized = train(run, "--steps 5 --width 32 --from " + converted);
        assertEquals(2, sized.code());
        assertTrue(sized.err().contains("--width cannot be given with --from"), sized.err());
        assertEquals(2, train(run, "--resume --from " + converted).code());
        assertFalse(Files.exists(run));
    }
}
