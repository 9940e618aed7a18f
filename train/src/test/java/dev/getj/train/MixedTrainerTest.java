package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.Pairs;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.FloatOracle;
import dev.getj.model.Objective;
import dev.getj.model.Precision;
import dev.getj.solver.Weighting;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Runs in mixed precision, on the oracle, which has all types. */
class MixedTrainerTest {
    private static final int STEPS = 20;

    /**
     * How far a loss may be off, relative to what it is: what a bfloat16 is rounded by, 2⁻⁸, for
     * each of the STEPS updates that carry it on.
     */
    private static final double NEAR = 5 * 0x1p-8;

    @TempDir Path folder;

    private RunConfig config;

    @BeforeEach
    void writePairs() {
        Path pairs = TinyRuns.writePairs(folder.resolve("pairs.safetensors"), 2);
        config = TinyRuns.config(pairs, STEPS).withPrecision(Precision.MIXED);
    }

    private RunDirectory run(String name, RunConfig settings) {
        return RunDirectory.create(folder.resolve(name), settings);
    }

    private static void train(RunDirectory run, RunConfig config, int until) {
        try (Backend backend = new FloatOracle();
                Pairs pairs = Pairs.open(Path.of(config.source().pairs()))) {
            Trainer trainer = new Trainer(backend, run, config, pairs);
            trainer.train(TrainingListener.NONE, () -> trainer.step() >= until);
        }
    }

    private static double[] losses(RunDirectory run) {
        List<Metrics.Line> lines = Metrics.read(run.metrics());
        return lines.stream().mapToDouble(Metrics.Line::loss).toArray();
    }

    @Test
    void lossesAreNearThoseInFloats() {
        RunDirectory mixed = run("mixed", config);
        train(mixed, config, STEPS);
        RunConfig floats = config.withPrecision(Precision.FLOAT32);
        RunDirectory exact = run("exact", floats);
        train(exact, floats, STEPS);
        double[] expected = losses(exact);
        double[] actual = losses(mixed);
        for (int i = 0; i < STEPS; i++) {
            assertEquals(expected[i], actual[i], NEAR * expected[i], "step " + (i + 1));
        }
        assertFalse(Arrays.equals(expected, actual), "nothing was rounded");
    }

    @Test
    void stoppedAndResumedEqualsNeverStopped() throws IOException {
        RunDirectory whole = run("whole", config);
        train(whole, config, STEPS);
        RunDirectory parts = run("parts", config);
        train(parts, config, 3);
        RunConfig read = parts.config();
        assertEquals(config, read);
        train(parts, read, STEPS);
        assertEquals(-1, Files.mismatch(whole.latest(), parts.latest()));
        assertArrayEquals(losses(whole), losses(parts));
        Path picture = Path.of("samples", "00000020.png");
        assertEquals(
                -1, Files.mismatch(whole.root().resolve(picture), parts.root().resolve(picture)));
    }

    @Test
    void theRunSaysItsPrecision() throws IOException {
        RunDirectory run = run("run", config);
        train(run, config, 1);
        String json = Files.readString(run.root().resolve("config.json"));
        assertTrue(json.contains("\"precision\" : \"MIXED\""), json);
        assertTrue(Files.readString(run.root().resolve("log.txt")).contains("in mixed precision"));
        String older = json.replace(",\n  \"precision\" : \"MIXED\"", "");
        assertEquals(Precision.FLOAT32, RunConfig.parse(older, "older").computing().precision());
        GetjException damaged =
                assertThrows(
                        GetjException.class,
                        () -> RunConfig.parse(json.replace("MIXED", "HALF"), "it"));
        assertTrue(damaged.getMessage().startsWith("it is damaged: precision: "), json);
    }

    @Test
    void anotherBackendRefuses() {
        RunDirectory run = run("run", config);
        GetjException refusal =
                assertThrows(GetjException.class, () -> TinyRuns.train(run, config, 1));
        assertEquals(
                "--precision mixed needs tensor cores, of NVIDIA's Ampere or later with --device"
                        + " cuda; jvm computes in float32",
                refusal.getMessage());
    }

    @Test
    void theJacobianPenaltyNeedsFloats() {
        RunConfig floats = config.withPrecision(Precision.FLOAT32);
        Objective penalised =
                new Objective(
                        floats.objective().loss(),
                        floats.objective().gradient(),
                        1,
                        new Weighting.Constant(1),
                        0.1);
        RunConfig fine = TinyRuns.with(floats, penalised);
        IllegalArgumentException refusal =
                assertThrows(
                        IllegalArgumentException.class, () -> fine.withPrecision(Precision.MIXED));
        assertEquals(
                "the Jacobian penalty needs --precision float32: its gradient is a difference of"
                        + " two gradients, of which 16 bits leave nothing",
                refusal.getMessage());
    }

    @Test
    void whereTheLossDivergesTheOperationIsTold() {
        RunConfig wild =
                TinyRuns.with(config, config.optimizer().withLearningRate(1e30), false, 1000)
                        .withPrecision(Precision.MIXED);
        RunDirectory run = run("wild", wild);
        GetjException diverged = assertThrows(GetjException.class, () -> train(run, wild, STEPS));
        assertTrue(
                diverged.getMessage()
                        .matches(
                                "the loss is (NaN|Infinity) at step \\d+: training diverged; lower"
                                        + " --lr or add --warmup; the first value that is not"
                                        + " finite came from [a-zA-Z]+ of '[a-z ]+'"),
                diverged.getMessage());
    }
}
