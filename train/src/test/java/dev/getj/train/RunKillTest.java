package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.convert.Conversion;
import dev.getj.crash.Kills;
import dev.getj.onnx.OnnxExport;
import dev.getj.sample.WeightsLocation;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Training, and what is made of its weights, killed before every change of a file. */
class RunKillTest {
    private static final int STEPS = 2;

    @TempDir private Path folder;

    private RunConfig config;

    @BeforeEach
    void writePairs() {
        RunConfig plain =
                TinyRuns.config(TinyRuns.writePairs(folder.resolve("pairs.safetensors"), 2), STEPS);
        config = TinyRuns.with(plain, plain.optimizer(), false, 1);
    }

    private Kills kills() throws IOException {
        return new Kills(Files.createDirectory(folder.resolve("trials")));
    }

    /** Resumes the run if it has a checkpoint, and otherwise begins it. */
    private void train(Path out) {
        boolean resumed = RunDirectory.isRun(out) && RunDirectory.savedStep(out).isPresent();
        try (RunDirectory run =
                resumed ? RunDirectory.open(out) : RunDirectory.create(out, config)) {
            TinyRuns.train(run, config, 1);
        }
    }

    /** Begins a run with a checkpoint unless that was done, when opening it is enough. */
    private void begin(Path out, Path checkpoint) {
        (RunDirectory.isRun(out)
                        ? RunDirectory.open(out)
                        : RunDirectory.createFrom(checkpoint, out, config, TinyRuns.PAIRS))
                .close();
        assertEquals(1, RunDirectory.savedStep(out).orElseThrow());
    }

    @Test
    void training() throws IOException {
        int kills = kills().everywhere(this::train);
        assertTrue(kills > 40, "kills: " + kills);
    }

    @Test
    void beginningWithACheckpoint() throws IOException {
        Path before = folder.resolve("before");
        try (RunDirectory run = RunDirectory.create(before, config.withSteps(1))) {
            TinyRuns.train(run, config.withSteps(1), 1);
        }
        Path checkpoint = before.resolve("latest.safetensors");
        int kills = kills().everywhere(out -> begin(out, checkpoint));
        assertTrue(kills > 15, "kills: " + kills);
    }

    @Test
    void convertingAndExporting() throws IOException {
        Path run = folder.resolve("run");
        try (RunDirectory trained = RunDirectory.create(run, config.withSteps(1))) {
            TinyRuns.train(trained, config.withSteps(1), 1);
        }
        Path weights = run.resolve("latest.safetensors");
        int kills =
                kills().everywhere(
                                out -> {
                                    convert(weights, out.resolve("weights.safetensors"));
                                    OnnxExport.write(
                                            WeightsLocation.at(run), 2, out.resolve("get.onnx"));
                                });
        assertTrue(kills >= 10, "kills: " + kills);
    }

    private static void convert(Path weights, Path out) {
        Conversion.run(new Conversion.Request(weights, out, null, null, false));
    }
}
