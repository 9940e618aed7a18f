package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.Pairs;
import dev.getj.kernels.Backend;
import dev.getj.kernels.RecordedFirst;
import dev.getj.kernels.device.Backends;
import dev.getj.model.FeatureLoss;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Runs with a feature loss. */
class FeatureLossRunTest {
    @TempDir Path folder;

    private RunConfig config;

    @BeforeEach
    void writePairs() {
        Path pairs = TinyRuns.writePairs(folder.resolve("pairs.safetensors"), 2);
        RunConfig plain = TinyRuns.config(pairs, 6);
        Learning learning = plain.learning();
        config =
                plain.with(
                        new Learning(
                                learning.objective(),
                                learning.optimizer(),
                                learning.schedule(),
                                "",
                                LabelDropout.NONE,
                                Optional.of(new FeatureTerm("judge", 0.5)),
                                0));
    }

    private static FeatureLoss loss(Backend backend) {
        Parameters layers = new Parameters(backend, ParameterTable.layers(16, 6, 4, 2));
        float[] values = layers.flat().get();
        Random random = new Random(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (0.5 * random.nextGaussian());
        }
        layers.flat().set(values);
        return new FeatureLoss(0.5, layers);
    }

    private TrainingLoop.Outcome train(RunDirectory run, boolean features, BooleanSupplier stop) {
        try (Backend device = new RecordedFirst(Backends.jvm(1));
                Pairs pairs = Pairs.open(Path.of(config.source().pairs()))) {
            Trainer.Beside beside =
                    new Trainer.Beside(
                            Optional.empty(),
                            _ -> {},
                            features ? Optional.of(loss(device)) : Optional.empty());
            return new Trainer(device, run, config, new StoredPairs(pairs, config), beside)
                    .train(TrainingListener.NONE, stop);
        }
    }

    @Test
    void aRunThatWasStoppedEndsInTheSameBits() throws IOException {
        RunDirectory whole = RunDirectory.create(folder.resolve("whole"), config);
        train(whole, true, () -> false);
        RunDirectory parts = RunDirectory.create(folder.resolve("parts"), config);
        int[] asked = {0};
        train(parts, true, () -> asked[0]++ == 2);
        assertTrue(train(parts, true, () -> false).finished());
        assertEquals(-1, Files.mismatch(whole.latest(), parts.latest()));
        RunDirectory without = RunDirectory.create(folder.resolve("without"), config);
        train(without, false, () -> false);
        assertNotEquals(-1, Files.mismatch(whole.latest(), without.latest()));
        Metrics.Line with = Metrics.read(whole.metrics()).getFirst();
        Metrics.Line pixels = Metrics.read(without.metrics()).getFirst();
        assertEquals(pixels.loss(), with.loss());
        assertTrue(with.objective() > pixels.objective());
    }

    @Test
    void settingsSayIt() {
        assertEquals(config, RunConfig.parse(config.json(), "config.json"));
        assertTrue(config.json().contains("\"classifier\" : \"judge\""), config.json());
    }
}
