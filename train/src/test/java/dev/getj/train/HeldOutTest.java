package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.Pairs;
import dev.getj.data.PairsDescription;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.RecordedFirst;
import dev.getj.kernels.device.Backends;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.solver.FixedPointIteration;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Pairs that are measured on and not learned from. */
class HeldOutTest {
    private static final int STEPS = 7;
    private static final int HELD_OUT = 5;

    @TempDir Path folder;

    private Path pairs;
    private RunConfig config;

    @BeforeEach
    void writePairs() {
        pairs = TinyRuns.writePairs(folder.resolve("pairs.safetensors"), 2);
        config = TinyRuns.config(pairs, STEPS).withHeldOut(HELD_OUT, 3);
    }

    private RunDirectory create(String name, RunConfig of) {
        return RunDirectory.create(folder.resolve(name), of);
    }

    @Test
    void errorsAreMeasuredEverySoManyStepsAndAtTheEnd() {
        RunDirectory run = create("run", config);
        try (Backend backend = new RecordedFirst(Backends.jvm(1));
                Pairs opened = Pairs.open(pairs)) {
            ImageComparison count = (made, wanted, images) -> images + made.length + wanted.length;
            Trainer trainer = new Trainer(backend, run, config, opened, Optional.of(count));
            assertTrue(trainer.train(TrainingListener.NONE, () -> false).finished());
        }
        List<Metrics.Line> lines = Metrics.read(run.metrics());
        assertEquals(
                List.of(3L, 6L, 7L),
                lines.stream()
                        .filter(line -> line.measured().isPresent())
                        .map(Metrics.Line::step)
                        .toList());
        for (Metrics.Line line : lines) {
            assertEquals(line.measured().isPresent(), line.gradientNorm().isPresent());
        }
        Metrics.Measured last = lines.getLast().measured().orElseThrow();
        assertTrue(last.samplesPerSecond() > 0);
        int pixels = 16;
        assertEquals(OptionalDouble.of(HELD_OUT + 2.0 * HELD_OUT * pixels), last.frechet());
        // the same, image by image, of the weights that were saved
        try (Sampler sampler = Sampler.load(run.root(), Backends.jvm(1));
                Pairs opened = Pairs.open(pairs)) {
            PairError errors = new PairError(sampler, opened, FixedPointIteration.of(6), HELD_OUT);
            long learned = opened.count() - HELD_OUT;
            double sum = 0;
            for (long i = learned; i < opened.count(); i++) {
                PairError.Error one = errors.of(i, 1);
                assertEquals(0, one.deviation());
                sum += one.mean();
            }
            assertEquals(sum / HELD_OUT, last.heldOutError(), 1e-9);
            assertEquals(errors.of(0, HELD_OUT).mean(), last.trainError(), 1e-12);
        }
    }

    @Test
    void anErrorIsTheMeanSquareOfWhatIsOff() {
        // a network that has learned nothing paints nothing, whatever the noise
        RunDirectory run = create("run", config);
        try (Backend backend = Backends.jvm(1);
                Pairs opened = Pairs.open(pairs)) {
            Trainer trainer = new Trainer(backend, run, config, opened);
            PairError errors =
                    new PairError(
                            trainer.sampler(),
                            opened,
                            SampleRequest.of(1).solver(),
                            opened.count());
            float[] noise = new float[16];
            float[] image = new float[16];
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < opened.count(); i++) {
                opened.read(i, 0, noise, image);
                double square = 0;
                for (float value : image) {
                    square += value * value;
                }
                sum += square / 16;
                squares += square / 16 * (square / 16);
            }
            long n = opened.count();
            PairError.Error all = errors.of(0, n);
            assertEquals(sum / n, all.mean(), 1e-9);
            double deviation = Math.sqrt((squares / n - sum / n * sum / n) / (n - 1));
            assertEquals(deviation, all.deviation(), 1e-9);
        }
    }

    @Test
    void heldOutPairsAreNotLearnedFrom() throws IOException {
        RunDirectory run = create("run", config);
        TinyRuns.train(run, config, 1);
        // the same first pairs, and other ones behind them
        Path others = folder.resolve("others.safetensors");
        TinyRuns.writePairs(others, 2, TinyRuns.PAIRS - HELD_OUT);
        RunConfig without = TinyRuns.config(others, STEPS);
        RunDirectory fewer = create("fewer", without);
        TinyRuns.train(fewer, without, 1);
        assertEquals(-1, Files.mismatch(run.latest(), fewer.latest()));
    }

    @Test
    void aStoppedRunIsMeasuredAlike() throws IOException {
        RunDirectory whole = create("whole", config);
        TinyRuns.train(whole, config, 1);
        RunDirectory parts = create("parts", config);
        int[] left = {4};
        TinyRuns.train(
                parts,
                config,
                2,
                new TrainingListener() {
                    @Override
                    public void step(Metrics.Line line) {
                        left[0]--;
                    }
                },
                () -> left[0] <= 0);
        TinyRuns.train(parts, parts.config(), 1);
        assertEquals(-1, Files.mismatch(whole.latest(), parts.latest()));
        List<Metrics.Line> expected = Metrics.read(whole.metrics());
        List<Metrics.Line> actual = Metrics.read(parts.metrics());
        for (int i = 0; i < STEPS; i++) {
            assertEquals(expected.get(i).gradientNorm(), actual.get(i).gradientNorm());
            assertEquals(
                    expected.get(i).measured().map(Metrics.Measured::heldOutError),
                    actual.get(i).measured().map(Metrics.Measured::heldOutError));
        }
    }

    @Test
    void aSetCanSayWhatIsHeldOut() {
        PairsDescription set = new PairsDescription(10, 1, 4, 2, "a test", 0, Map.of());
        assertEquals(0, set.heldOut());
        assertEquals(4, set.withHeldOut(4).heldOut());
        assertEquals(set, set.withHeldOut(0));
        assertThrows(IllegalArgumentException.class, () -> set.withHeldOut(10));
        PairsDescription damaged =
                new PairsDescription(10, 1, 4, 2, "a test", 0, Map.of("held_out", "ten"));
        assertEquals(
                "the pair set says that ten of its 10 pairs are held out; make it again, or say"
                        + " --held-out",
                assertThrows(GetjException.class, damaged::heldOut).getMessage());
    }

    @Test
    void somethingMustBeLeftToLearnFrom() {
        RunConfig all = config.withHeldOut(TinyRuns.PAIRS, 3);
        RunDirectory run = create("run", all);
        assertEquals(
                "--held-out %s leaves none of %s pairs to learn from"
                        .formatted(TinyRuns.PAIRS, TinyRuns.PAIRS),
                assertThrows(GetjException.class, () -> TinyRuns.train(run, all, 1)).getMessage());
    }

    @Test
    void longGradientsAreClippedAndCounted() throws IOException {
        RunDirectory plain = create("plain", config);
        TrainingLoop.Outcome free = TinyRuns.train(plain, config, 1);
        assertEquals(0, free.clipped());
        double norm = Metrics.read(plain.metrics()).get(2).gradientNorm().orElseThrow();

        RunConfig loose = clipping(1e6);
        RunDirectory never = create("never", loose);
        assertEquals(0, TinyRuns.train(never, loose, 1).clipped());
        assertEquals(-1, Files.mismatch(plain.latest(), never.latest()));
        assertEquals(
                STEPS,
                Metrics.read(never.metrics()).stream()
                        .filter(line -> line.gradientNorm().isPresent())
                        .count());

        RunConfig tight = clipping(norm / 100);
        RunDirectory always = create("always", tight);
        assertEquals(STEPS, TinyRuns.train(always, tight, 1).clipped());
        assertTrue(
                Files.readString(always.root().resolve("log.txt"))
                        .contains("gradients clipped in 7 of 7 steps"));
    }

    private RunConfig clipping(double most) {
        OptimizerSettings optimizer = config.optimizer();
        return TinyRuns.with(
                        config,
                        new OptimizerSettings(
                                optimizer.learningRate(),
                                optimizer.beta1(),
                                optimizer.beta2(),
                                optimizer.epsilon(),
                                optimizer.weightDecay(),
                                optimizer.warmup(),
                                optimizer.emaDecay(),
                                most),
                        false,
                        1000)
                .withHeldOut(HELD_OUT, 3);
    }

    @Test
    void settingsOfEarlierVersionsLackTheNewKeys() {
        RunConfig before = TinyRuns.config(pairs, STEPS);
        String json = before.json();
        for (String line :
                List.of(
                        ",\n  \"schedule\" : \"CONSTANT\"",
                        ",\n  \"held_out\" : 0",
                        ",\n  \"eval_every\" : 500",
                        ",\n  \"init_from_teacher\" : \"\"",
                        ",\n    \"norm\" : \"PRE\"",
                        ",\n    \"clip\" : 0.0")) {
            assertTrue(json.contains(line), json);
            json = json.replace(line, "");
        }
        assertEquals(before, RunConfig.parse(json, "config.json"));
    }
}
