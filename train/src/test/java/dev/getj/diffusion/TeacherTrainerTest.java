package dev.getj.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.ImageData;
import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.SafetensorsWriter;
import dev.getj.kernels.Backend;
import dev.getj.kernels.FloatOracle;
import dev.getj.kernels.device.Backends;
import dev.getj.model.ModelConfig;
import dev.getj.model.Precision;
import dev.getj.sample.Sampler;
import dev.getj.train.Computing;
import dev.getj.train.Course;
import dev.getj.train.Metrics;
import dev.getj.train.OptimizerSettings;
import dev.getj.train.RateSchedule;
import dev.getj.train.RunDirectory;
import dev.getj.train.RunKind;
import dev.getj.train.TrainingListener;
import dev.getj.train.TrainingLoop;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class TeacherTrainerTest {
    private static final int STEPS = 6;

    @TempDir Path folder;

    /** Two colours: class 0 is dark on the left and bright on the right, class 1 evenly bright. */
    private record Halves(int classes) implements ImageData {
        @Override
        public String name() {
            return "halves";
        }

        @Override
        public long count() {
            return 11;
        }

        @Override
        public int channels() {
            return 1;
        }

        @Override
        public int size() {
            return 4;
        }

        @Override
        public void read(long index, float[] target, int at) {
            for (int e = 0; e < 16; e++) {
                target[at + e] = index % 2 == 1 || e % 4 >= 2 ? 0.8f : -0.8f;
            }
        }

        @Override
        public int label(long index) {
            return (int) (index % 2);
        }

        @Override
        public void close() {}
    }

    private static TeacherConfig config(
            long steps, boolean flips, RateSchedule schedule, boolean recompute) {
        return new TeacherConfig(
                new ModelConfig(
                        "tiny",
                        new ModelConfig.Images(4, 1, 2),
                        new ModelConfig.Token(2, 8, 2),
                        new ModelConfig.Stack(2, 2),
                        new ModelConfig.Vit()),
                new TeacherConfig.Examples("halves", 0.5, flips),
                new OptimizerSettings(5e-3, 0.9, 0.999, 1e-8, 0.01, 3, 0.9),
                schedule,
                new Course(5, steps, 7, 1000, 1000),
                new Computing(recompute, Precision.FLOAT32));
    }

    private static TrainingLoop.Outcome train(
            RunDirectory run, TeacherConfig config, int threads, int most) {
        List<Metrics.Line> lines = new ArrayList<>();
        TrainingListener counting =
                new TrainingListener() {
                    @Override
                    public void step(Metrics.Line line) {
                        lines.add(line);
                    }
                };
        try (Backend backend = Backends.jvm(threads)) {
            return new TeacherTrainer(backend, run, config, new Halves(2))
                    .train(counting, () -> lines.size() >= most);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, false", "2, 1, false", "1, 2, true"})
    void stoppedAndResumedEqualsNeverStoppedToTheBit(int before, int after, boolean recompute)
            throws IOException {
        TeacherConfig config = config(STEPS, true, RateSchedule.COSINE, false);
        RunDirectory whole = RunDirectory.create(folder.resolve("whole"), config);
        TrainingLoop.Outcome expected = train(whole, config, 1, STEPS);
        assertTrue(expected.finished());

        TeacherConfig other = config(STEPS, true, RateSchedule.COSINE, recompute);
        RunDirectory parts = RunDirectory.create(folder.resolve("parts"), other);
        assertEquals(2, train(parts, other, before, 2).step());
        assertFalse(train(parts, other, before, 1).finished());
        TeacherConfig read = parts.config(RunKind.TEACHER, TeacherConfig::parse);
        assertEquals(other, read);
        TrainingLoop.Outcome last = train(parts, read, after, STEPS);

        assertEquals(STEPS, last.step());
        assertEquals(expected.lastLoss(), last.lastLoss());
        assertEquals(expected.firstLoss(), last.firstLoss());
        assertEquals(-1, Files.mismatch(whole.latest(), parts.latest()));
        Path picture = Path.of("samples", "00000006.png");
        assertEquals(
                -1, Files.mismatch(whole.root().resolve(picture), parts.root().resolve(picture)));
    }

    @Test
    void theSameInMixedPrecisionWhichIsNearFloats() throws IOException {
        TeacherConfig floats = config(STEPS, true, RateSchedule.COSINE, false);
        TeacherConfig mixed = floats.withPrecision(Precision.MIXED);
        RunDirectory whole = RunDirectory.create(folder.resolve("whole"), mixed);
        double loss = trainOnOracle(whole, mixed, STEPS);
        RunDirectory parts = RunDirectory.create(folder.resolve("parts"), mixed);
        trainOnOracle(parts, mixed, 2);
        TeacherConfig read = parts.config(RunKind.TEACHER, TeacherConfig::parse);
        assertEquals(mixed, read);
        trainOnOracle(parts, read, STEPS);
        assertEquals(-1, Files.mismatch(whole.latest(), parts.latest()));
        RunDirectory exact = RunDirectory.create(folder.resolve("exact"), floats);
        double expected = trainOnOracle(exact, floats, STEPS);
        // what a bfloat16 is rounded by, a few times
        assertEquals(expected, loss, 5 * 0x1p-8 * expected);
        assertNotEquals(expected, loss);
    }

    private static double trainOnOracle(RunDirectory run, TeacherConfig config, int until) {
        try (Backend backend = new FloatOracle()) {
            TeacherTrainer trainer = new TeacherTrainer(backend, run, config, new Halves(2));
            return trainer.train(TrainingListener.NONE, () -> trainer.step() >= until).lastLoss();
        }
    }

    /** The loss starts at about 1, EDM's normalisation, and falls; what is learnt is per class. */
    @Test
    void learnsWhatTheClassesLookLike() {
        TeacherConfig config = config(400, false, RateSchedule.CONSTANT, false);
        RunDirectory run = RunDirectory.create(folder.resolve("run"), config);
        TrainingLoop.Outcome outcome = train(run, config, 2, 400);
        assertTrue(outcome.lastLoss() < 0.5 * outcome.firstLoss(), outcome.toString());
        try (Backend backend = Backends.jvm(1)) {
            TrainedDenoiser teacher = TrainedDenoiser.load(run.root(), backend, 3);
            assertEquals("400", teacher.settings().get("step"));
            float[] latents = new float[5 * 16];
            for (int e = 0; e < latents.length; e++) {
                latents[e] = (float) Math.sin(3 * e);
            }
            int[] labels = {0, 1, 0, 1, 1};
            double[] made = new HeunSampler(10).sample(teacher, latents, labels, 5);
            for (int i = 0; i < 5; i++) {
                double left = made[i * 16] + made[i * 16 + 5];
                assertEquals(labels[i] == 0 ? -1.6 : 1.6, left, 0.6, "image " + i);
            }
            // one of five is what it is alone
            double[] alone = new HeunSampler(10).sample(teacher, latents, labels, 1);
            for (int e = 0; e < 16; e++) {
                assertEquals(made[e], alone[e]);
            }
        }
    }

    @Test
    void flippingShowsOtherImages() {
        TeacherConfig plain = config(4, false, RateSchedule.CONSTANT, false);
        TeacherConfig flipped = config(4, true, RateSchedule.CONSTANT, false);
        assertNotEquals(
                train(RunDirectory.create(folder.resolve("plain"), plain), plain, 1, 4).lastLoss(),
                train(RunDirectory.create(folder.resolve("flipped"), flipped), flipped, 1, 4)
                        .lastLoss());
    }

    @Test
    void theRateWarmsUpAndFallsToZero() {
        TeacherConfig cosine = config(13, false, RateSchedule.COSINE, false);
        double peak = cosine.optimizer().learningRate();
        double[] expected = {peak / 3, 2 * peak / 3, peak};
        double[] rates = {cosine.rate(1), cosine.rate(2), cosine.rate(3)};
        assertArrayEquals(expected, rates, 1e-15);
        assertEquals(peak / 2, cosine.rate(8), 1e-15);
        assertEquals(0, cosine.rate(13), 1e-15);
        assertEquals(peak, config(13, false, RateSchedule.CONSTANT, false).rate(13));
    }

    @Test
    void whatIsNoTeacherIsRefused() {
        TeacherConfig config = config(1, false, RateSchedule.CONSTANT, false);
        RunDirectory run = RunDirectory.create(folder.resolve("run"), config);
        train(run, config, 1, 1);
        try (Backend backend = Backends.jvm(1)) {
            GetjException teacher =
                    assertThrows(GetjException.class, () -> Sampler.load(run.root()));
            assertEquals(
                    run.latest()
                            + " is a teacher, which needs many steps: sample it with getj teacher"
                            + " sample",
                    teacher.getMessage());
            GetjException fit =
                    assertThrows(
                            GetjException.class,
                            () -> new TeacherTrainer(backend, run, config, new Halves(0)));
            assertEquals("the data has 0 classes, the network 2", fit.getMessage());
        }
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new TeacherConfig(
                                new ModelConfig(
                                        "GET",
                                        new ModelConfig.Images(4, 1, 2),
                                        new ModelConfig.Token(2, 8, 2),
                                        new ModelConfig.Stack(2, 2),
                                        new ModelConfig.Get(new ModelConfig.Stack(1, 4))),
                                new TeacherConfig.Examples("", 0.5, false),
                                config.optimizer(),
                                RateSchedule.CONSTANT,
                                new Course(5, 1, 7, 1, 1),
                                new Computing(false, Precision.FLOAT32)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "none|0.5|0|%f holds no teacher: its metadata has no 'denoiser'; getj teacher train"
                        + " makes one",
                "same|none|0|%f: 'sigma_data' is null, a positive number is expected",
                "same|-1|0|%f: 'sigma_data' is -1, a positive number is expected",
                "{}|0.5|0|%f: the model configuration has no whole number 'input_size'",
                "same|0.5|1|%f holds no tensor 'ema.noise_embedder.fc1.weight'",
            })
    void aDamagedTeacherIsRefused(String denoiser, String sigma, int lost, String message) {
        TeacherConfig config = config(1, false, RateSchedule.CONSTANT, false);
        RunDirectory run = RunDirectory.create(folder.resolve("run"), config);
        train(run, config, 1, 1);
        Path damaged = folder.resolve("damaged.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(run.latest())) {
            SafetensorsWriter writer = new SafetensorsWriter();
            if (denoiser != null) {
                String json = file.metadata().get("denoiser");
                writer.metadata("denoiser", denoiser.equals("same") ? json : denoiser);
            }
            if (sigma != null) {
                writer.metadata("sigma_data", sigma);
            }
            file.names().stream()
                    .filter(name -> lost == 0 || !name.equals("ema.noise_embedder.fc1.weight"))
                    .forEach(name -> writer.add(name, file.tensor(name)));
            writer.write(damaged);
        }
        try (Backend backend = Backends.jvm(1)) {
            GetjException refused =
                    assertThrows(
                            GetjException.class, () -> TrainedDenoiser.load(damaged, backend, 2));
            assertEquals(message.replace("%f", damaged.toString()), refused.getMessage());
        }
    }
}
