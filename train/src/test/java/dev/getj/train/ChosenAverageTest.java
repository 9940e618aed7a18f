package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.kernels.device.Backends;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/** Averages that are chosen after a run, from its snapshots to weights. */
class ChosenAverageTest {
    private static final String WEIGHT = "blocks.0.attn.qkv.weight";
    private static final int STEPS = 24;

    @TempDir Path folder;

    private RunConfig config;

    @BeforeEach
    void writePairs() {
        Path pairs = TinyRuns.writePairs(folder.resolve("pairs.safetensors"), 2);
        RunConfig plain = TinyRuns.config(pairs, STEPS);
        Learning learning = plain.learning();
        config =
                TinyRuns.with(plain, plain.optimizer(), false, 1)
                        .with(
                                new Learning(
                                        learning.objective(),
                                        learning.optimizer(),
                                        learning.schedule(),
                                        learning.initFromTeacher(),
                                        learning.dropout(),
                                        learning.features(),
                                        5));
    }

    private RunDirectory create(String name) {
        return RunDirectory.create(folder.resolve(name), config);
    }

    /** A parameter after every step of a run. */
    private List<float[]> everyStep(RunDirectory run) {
        List<float[]> weights = new ArrayList<>();
        TinyRuns.train(
                run,
                config,
                1,
                new TrainingListener() {
                    @Override
                    public void saved(Path checkpoint) {
                        weights.add(weight(checkpoint, "model."));
                    }
                },
                () -> false);
        return weights;
    }

    private static float[] weight(Path file, String prefix) {
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            return opened.floats(prefix + WEIGHT);
        }
    }

    @Test
    void theAverageIsTheOneThatWouldHaveBeenTracked() {
        RunDirectory run = create("run");
        List<float[]> weights = everyStep(run);
        assertEquals(STEPS, weights.size());
        for (double length : new double[] {0.05, 0.08, 0.1, 0.15}) {
            PowerProfile profile = PowerProfile.ofLength(length);
            double[] average = new double[weights.getFirst().length];
            for (int t = 1; t <= STEPS; t++) {
                for (int e = 0; e < average.length; e++) {
                    double kept = profile.kept(t);
                    average[e] = kept * average[e] + (1 - kept) * weights.get(t - 1)[e];
                }
            }
            Path out = folder.resolve("average-" + length + ".safetensors");
            ChosenAverage made = ChosenAverage.write(run.root(), length, OptionalLong.empty(), out);
            assertEquals(STEPS, made.step());
            assertEquals(5, made.snapshots());
            assertTrue(made.misfit() < 0.1, "misfit " + made.misfit());
            float[] chosen = weight(out, "");
            float[] before = weights.getFirst();
            float[] after = weights.getLast();
            for (int e = 0; e < average.length; e++) {
                double spread = 0;
                for (float[] step : weights) {
                    spread = Math.max(spread, Math.abs(step[e] - average[e]));
                }
                assertEquals(average[e], chosen[e], 0.03 * spread + 1e-6);
            }
            assertFalse(Arrays.equals(before, chosen) || Arrays.equals(after, chosen));
            try (Sampler sampler = Sampler.load(out, Backends.jvm(1))) {
                assertEquals(2, sampler.sample(SampleRequest.of(2)).count());
            }
        }
    }

    @Test
    void anEarlierStepThatHasASnapshotMayBeTaken() {
        RunDirectory run = create("run");
        everyStep(run);
        Path out = folder.resolve("average.safetensors");
        ChosenAverage made = ChosenAverage.write(run.root(), 0.1, OptionalLong.of(10), out);
        assertEquals(10, made.step());
        assertEquals(2, made.snapshots());
        assertEquals(0, made.misfit(), 1e-6);
        assertEquals(
                run.root() + " has no snapshot of step 11, but of [5, 10, 15, 20, 24]",
                assertThrows(
                                GetjException.class,
                                () ->
                                        ChosenAverage.write(
                                                run.root(), 0.1, OptionalLong.of(11), out))
                        .getMessage());
    }

    @Test
    void aRunThatWasStoppedHasTheSameSnapshots() throws IOException {
        RunDirectory whole = create("whole");
        everyStep(whole);
        RunDirectory parts = create("parts");
        int[] asked = {0};
        TinyRuns.train(parts, config, 2, TrainingListener.NONE, () -> asked[0]++ == 12);
        assertEquals(STEPS, TinyRuns.train(parts, parts.config(), 1).step());
        assertEquals(-1, Files.mismatch(whole.latest(), parts.latest()));
        for (long step : new long[] {5, 10, 15, 20, 24}) {
            assertEquals(-1, Files.mismatch(whole.averages(step), parts.averages(step)));
        }
    }

    @Test
    void whatIsTrackedDoesNotChangeWhatIsLearned() {
        RunDirectory with = create("with");
        everyStep(with);
        RunConfig plain = config.with(new Learning(config.objective(), config.optimizer()));
        RunDirectory without = RunDirectory.create(folder.resolve("without"), plain);
        TinyRuns.train(without, plain, 1);
        assertArrayEquals(weight(without.latest(), "ema."), weight(with.latest(), "ema."));
        assertEquals(
                without.root()
                        + " has no averages to choose from: getj train --ema-every N keeps"
                        + " snapshots of them",
                assertThrows(
                                GetjException.class,
                                () ->
                                        ChosenAverage.write(
                                                without.root(),
                                                0.1,
                                                OptionalLong.empty(),
                                                folder.resolve("out")))
                        .getMessage());
    }
}
