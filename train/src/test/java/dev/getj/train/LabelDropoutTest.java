package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.SafetensorsFile;
import dev.getj.kernels.device.Backends;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.Samples;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Labels that are left out in training, from the random numbers to guided samples. */
class LabelDropoutTest {
    private static final String TABLE = "model.y_embedder.embedding_table.weight";
    private static final int ROW = 3 * 8;
    private static final int STEPS = 6;

    @TempDir Path folder;

    private RunConfig plain;

    @BeforeEach
    void writePairs() {
        plain = TinyRuns.config(TinyRuns.writePairs(folder.resolve("pairs.safetensors"), 2), STEPS);
    }

    private RunConfig dropping(double share) {
        return TinyRuns.dropping(plain, new LabelDropout(share));
    }

    private RunDirectory create(String name, RunConfig of) {
        return RunDirectory.create(folder.resolve(name), of);
    }

    @Test
    void aShareOfTheLabelsBecomesTheNullClassWhateverTheBatch() {
        LabelDropout dropout = new LabelDropout(0.3);
        int[] labels = new int[10_000];
        dropout.apply(5, 100, 7, labels);
        int dropped = (int) Arrays.stream(labels).filter(label -> label == 7).count();
        // four standard deviations of a binomial
        assertEquals(3000, dropped, 4 * Math.sqrt(10_000 * 0.3 * 0.7));
        assertEquals(10_000 - dropped, Arrays.stream(labels).filter(label -> label == 0).count());
        int[] part = new int[50];
        dropout.apply(5, 130, 7, part);
        assertArrayEquals(Arrays.copyOfRange(labels, 30, 80), part);
        int[] otherSeed = new int[10_000];
        dropout.apply(6, 100, 7, otherSeed);
        assertFalse(Arrays.equals(labels, otherSeed));
        assertEquals(
                "the label dropout must lie in [0, 1), not 1.0",
                assertThrows(IllegalArgumentException.class, () -> new LabelDropout(1))
                        .getMessage());
    }

    @Test
    void theNullClassLearnsAndImagesCanBeLedAwayFromIt() throws IOException {
        RunConfig config = dropping(0.5);
        RunDirectory run = create("run", config);
        TinyRuns.train(run, config, 1);
        RunConfig before = config.withSteps(1);
        RunDirectory first = create("first", before);
        TinyRuns.train(first, before, 1);
        assertFalse(Arrays.equals(nullRow(first), nullRow(run)));
        try (Sampler sampler = Sampler.load(run.root(), Backends.jvm(1))) {
            assertTrue(sampler.config().images().nullClass());
            SampleRequest request = SampleRequest.of(4);
            Samples guided = sampler.sample(request.withGuidance(3));
            assertFalse(Arrays.equals(sampler.sample(request).pixels(), guided.pixels()));
        }
    }

    private static float[] nullRow(RunDirectory run) {
        try (SafetensorsFile file = SafetensorsFile.open(run.latest())) {
            float[] rows = file.floats(TABLE);
            assertEquals(3 * ROW, rows.length);
            return Arrays.copyOfRange(rows, 2 * ROW, 3 * ROW);
        }
    }

    @Test
    void aRunThatWasStoppedEndsInTheSameBits() throws IOException {
        RunConfig config = dropping(0.5);
        RunDirectory whole = create("whole", config);
        TinyRuns.train(whole, config, 1);
        RunDirectory parts = create("parts", config);
        int[] asked = {0};
        TinyRuns.train(parts, config, 2, TrainingListener.NONE, () -> asked[0]++ == 2);
        assertEquals(STEPS, TinyRuns.train(parts, parts.config(), 1).step());
        assertEquals(-1, Files.mismatch(whole.latest(), parts.latest()));
    }

    @Test
    void settingsSayWhatIsLeftOutAndOlderOnesNothing() {
        RunConfig config = dropping(0.25);
        assertEquals(config, RunConfig.parse(config.json(), "config.json"));
        String older =
                plain.json()
                        .replaceAll(",\\s*\"label_dropout\" : 0.0", "")
                        .replaceAll(",\\s*\"null_class\" : false", "");
        assertFalse(older.contains("label_dropout") || older.contains("null_class"), older);
        assertEquals(plain, RunConfig.parse(older, "config.json"));
        Learning dropping = config.learning();
        IllegalArgumentException misfit =
                assertThrows(IllegalArgumentException.class, () -> plain.with(dropping));
        assertEquals(
                "label dropout needs a network with a null class, not " + plain.model().describe(),
                misfit.getMessage());
    }
}
