package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.Pairs;
import dev.getj.data.PairsDescription;
import dev.getj.data.Progress;
import dev.getj.diffusion.StrokesTeacher;
import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.SafetensorsWriter;
import dev.getj.kernels.Backend;
import dev.getj.kernels.RecordedFirst;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.op.LossKind;
import dev.getj.model.ConfigJson;
import dev.getj.model.ModelConfig;
import dev.getj.model.Objective;
import dev.getj.model.Precision;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

class TrainerTest {
    private static final int STEPS = 7;

    @TempDir Path folder;

    private Path pairs;
    private RunConfig config;

    @BeforeEach
    void writePairs() {
        pairs = TinyRuns.writePairs(folder.resolve("pairs.safetensors"), 2);
        config = TinyRuns.config(pairs, STEPS);
    }

    private RunDirectory create(String name, RunConfig of) {
        return RunDirectory.create(folder.resolve(name), of);
    }

    /** Stops a session after some steps. */
    private static final class StopAfter implements TrainingListener {
        private int left;

        StopAfter(int steps) {
            left = steps;
        }

        @Override
        public void step(Metrics.Line line) {
            left--;
        }

        boolean reached() {
            return left <= 0;
        }
    }

    private static TrainingLoop.Outcome trainSome(
            RunDirectory run, RunConfig config, int threads, int steps) {
        StopAfter stop = new StopAfter(steps);
        return TinyRuns.train(run, config, threads, stop, stop::reached);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, false", "2, 1, false", "1, 2, true"})
    void stoppedAndResumedEqualsNeverStoppedToTheBit(int before, int after, boolean recompute)
            throws IOException {
        RunDirectory whole = create("whole", config);
        TrainingLoop.Outcome expected = TinyRuns.train(whole, config, 1);
        assertTrue(expected.finished());

        RunConfig other = TinyRuns.with(config, config.optimizer(), recompute, 1000);
        RunDirectory parts = create("parts", other);
        TrainingLoop.Outcome first = trainSome(parts, other, before, 2);
        assertEquals(2, first.step());
        assertFalse(first.finished());
        trainSome(parts, other, before, 1);
        TrainingLoop.Outcome last = TinyRuns.train(parts, parts.config(), after);

        assertEquals(STEPS, last.step());
        assertEquals(expected.lastLoss(), last.lastLoss());
        assertEquals(expected.firstLoss(), last.firstLoss());
        assertEquals(-1, Files.mismatch(whole.latest(), parts.latest()));
        assertArrayEquals(losses(whole), losses(parts));
    }

    @ParameterizedTest
    @MethodSource("dev.getj.train.TinyRuns#objectives")
    void theSameWithEachGradient(Objective objective) throws IOException {
        RunConfig other = TinyRuns.with(config, objective);
        RunDirectory whole = create("whole", other);
        TinyRuns.train(whole, other, 1);
        RunDirectory parts = create("parts", other);
        trainSome(parts, other, 2, 3);
        TinyRuns.train(parts, parts.config(), 1);
        assertEquals(-1, Files.mismatch(whole.latest(), parts.latest()));
        assertArrayEquals(losses(whole), losses(parts));
    }

    @ParameterizedTest
    @MethodSource("dev.getj.train.TinyRuns#objectives")
    void everythingIsRecordedBeforeAnythingRuns(Objective objective) {
        for (RunConfig each : List.of(config, TinyRuns.with(config, objective))) {
            RunDirectory run = create(each == config ? "paper" : "other", each);
            try (Backend backend = new RecordedFirst(Backends.jvm(1));
                    Pairs opened = Pairs.open(pairs)) {
                Trainer trainer = new Trainer(backend, run, each, opened);
                assertTrue(trainer.train(TrainingListener.NONE, () -> false).finished());
            }
        }
    }

    private static double[] losses(RunDirectory run) {
        return Metrics.read(run.metrics()).stream()
                .flatMapToDouble(
                        line ->
                                Arrays.stream(
                                                new double[] {
                                                    line.loss(), line.objective(), line.rate()
                                                })
                                        .boxed()
                                        .mapToDouble(Double::doubleValue))
                .toArray();
    }

    @Test
    void twoSeedsAreTwoRuns() throws IOException {
        RunDirectory one = create("one", config);
        TinyRuns.train(one, config.withSteps(1), 1);
        RunConfig reseeded = TinyRuns.with(config, new Course(config.batch(), 1, 8, 1000, 1000));
        RunDirectory two = create("two", reseeded);
        TinyRuns.train(two, reseeded, 1);
        try (SafetensorsFile a = SafetensorsFile.open(one.latest());
                SafetensorsFile b = SafetensorsFile.open(two.latest())) {
            String weight = "model.qkv_inj.weight";
            assertFalse(Arrays.equals(a.floats(weight), b.floats(weight)));
        }
    }

    @Test
    void aStopBeforeTheFirstStepSavesNothing() {
        RunDirectory run = create("run", config);
        TrainingLoop.Outcome outcome =
                TinyRuns.train(run, config, 1, TrainingListener.NONE, () -> true);
        assertEquals(0, outcome.step());
        assertFalse(outcome.finished());
        assertFalse(Files.exists(run.latest()));
    }

    @Test
    void aFinishedRunIsLeftAsItIs() throws IOException {
        RunDirectory run = create("run", config);
        TinyRuns.train(run, config.withSteps(2), 1);
        byte[] before = Files.readAllBytes(run.latest());
        TrainingLoop.Outcome again = TinyRuns.train(run, config.withSteps(2), 1);
        assertEquals(2, again.step());
        assertTrue(again.finished());
        assertArrayEquals(before, Files.readAllBytes(run.latest()));
    }

    @Test
    void aRunLeavesEverythingBehindThatIsPromised() throws IOException {
        RunConfig often = TinyRuns.with(config, new Course(config.batch(), 5, 7, 1, 2));
        RunDirectory run = create("run", often);
        List<Path> heard = new ArrayList<>();
        TinyRuns.train(
                run,
                often,
                2,
                new TrainingListener() {
                    @Override
                    public void saved(Path checkpoint) {
                        heard.add(checkpoint);
                    }

                    @Override
                    public void sampled(Path picture) {
                        heard.add(picture);
                    }
                },
                () -> false);
        run.close();
        assertEquals(
                List.of("00000003.safetensors", "00000004.safetensors", "00000005.safetensors"),
                names(run.root().resolve("checkpoints")));
        assertEquals(
                List.of("00000002.png", "00000004.png", "00000005.png"),
                names(run.root().resolve("samples")));
        assertEquals(
                List.of(
                        "checkpoints",
                        "config.json",
                        "latest.safetensors",
                        "log.txt",
                        "loss.png",
                        "metrics.jsonl",
                        "samples"),
                names(run.root()));
        assertEquals(-1, Files.mismatch(run.latest(), run.checkpoint(5)));
        assertEquals(5, heard.stream().filter(run.latest()::equals).count());
        assertEquals(3, heard.stream().filter(path -> path.toString().endsWith(".png")).count());
        assertEquals(often, run.config());
        try (SafetensorsFile checkpoint = SafetensorsFile.open(run.latest())) {
            assertEquals("5", checkpoint.metadata().get("step"));
            assertEquals("7", checkpoint.metadata().get("seed"));
            assertEquals("25", checkpoint.metadata().get("position"));
        }
        try (Sampler sampler = Sampler.load(run.root(), Backends.jvm(1))) {
            assertEquals(2, sampler.sample(SampleRequest.of(2).withLabel(1)).count());
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void afterACrashMetricsBeginAgainAtTheCheckpoint() throws IOException {
        RunDirectory whole = create("whole", config);
        TinyRuns.train(whole, config, 1);
        RunDirectory crashed = create("crashed", config);
        trainSome(crashed, config, 1, 3);
        // steps that were taken, told, and lost with the process; the last line cut off
        Files.writeString(
                crashed.metrics(),
                """
                {"step":4,"loss":9.0,"objective":9.0,"rate":0.1,"seconds":1.0}
                {"step":5,"loss":9.0,"objective":9.0,"rate":0.1,"seconds":1.0}
                {"step":6,"lo\
                """,
                StandardOpenOption.APPEND);
        TinyRuns.train(crashed, config, 1);
        assertArrayEquals(
                LongStream.rangeClosed(1, STEPS).toArray(),
                Metrics.read(crashed.metrics()).stream().mapToLong(Metrics.Line::step).toArray());
        assertArrayEquals(losses(whole), losses(crashed));
    }

    @Test
    void aDivergedRunSaysSoAndKeepsTheLastGoodState() {
        RunConfig wild =
                TinyRuns.with(config, config.optimizer().withLearningRate(1e30), false, 1000);
        String line =
                "the loss is (NaN|Infinity) at step \\d: training diverged; lower --lr or add"
                        + " --warmup; the first value that is not finite came from [a-zA-Z]+ of"
                        + " '[a-z ]+'";
        RunDirectory fresh = create("fresh", wild);
        GetjException error =
                assertThrows(GetjException.class, () -> TinyRuns.train(fresh, wild, 1));
        assertTrue(error.getMessage().matches(line), error.getMessage());
        assertFalse(Files.exists(fresh.latest()));

        RunDirectory run = create("run", config);
        trainSome(run, config, 1, 2);
        error = assertThrows(GetjException.class, () -> TinyRuns.train(run, wild, 1));
        assertTrue(
                error.getMessage()
                        .matches(line + "; .*latest.safetensors holds the last good state"),
                error.getMessage());
        assertEquals(
                STEPS, TinyRuns.train(run, config, 1).step(), "the good state can be gone on from");
    }

    @Test
    void weightsThatAreNotFiniteAreNeverSaved() {
        RunConfig wild =
                TinyRuns.with(
                        config.withSteps(1),
                        config.optimizer().withLearningRate(1e39),
                        false,
                        1000);
        RunDirectory run = create("run", wild);
        GetjException error = assertThrows(GetjException.class, () -> TinyRuns.train(run, wild, 1));
        assertEquals(
                "the weights are no longer finite after step 1: training diverged; lower --lr or"
                        + " add --warmup",
                error.getMessage());
        assertFalse(Files.exists(run.latest()));
    }

    private static ModelConfig with(ModelConfig model, int size, int channels, int classes) {
        return new ModelConfig(
                model.name(),
                new ModelConfig.Images(size, channels, classes),
                model.token(),
                model.blocks(),
                model.kind());
    }

    @Test
    void pairsThatDoNotFitTheNetworkAreRefused() {
        Path unlabelled = TinyRuns.writePairs(folder.resolve("unlabelled.safetensors"), 0);
        Path many = TinyRuns.writePairs(folder.resolve("many.safetensors"), 5);
        ModelConfig model = TinyRuns.model(2);
        expectUnfit(with(model, 8, 1, 2), pairs, "the pairs are 4×4×1, the network takes 8×8×1");
        expectUnfit(with(model, 4, 3, 2), pairs, "the pairs are 4×4×1, the network takes 4×4×3");
        expectUnfit(
                model,
                unlabelled,
                "the network has 2 classes, but the pairs carry no labels; use --classes 0");
        expectUnfit(model, many, "the pairs have 5 classes, the network only 2");
        try (Pairs opened = Pairs.open(many)) {
            Trainer.requireFit(with(model, 4, 1, 0), opened); // labels may be ignored
            Trainer.requireFit(with(model, 4, 1, 9), opened);
        }
    }

    private static void expectUnfit(ModelConfig model, Path file, String message) {
        try (Pairs opened = Pairs.open(file)) {
            GetjException error =
                    assertThrows(GetjException.class, () -> Trainer.requireFit(model, opened));
            assertEquals(message, error.getMessage());
        }
    }

    @Test
    void anotherNumberOfPairsIsRefusedBecauseItChangesTheirOrder() throws IOException {
        RunDirectory run = create("run", config);
        TinyRuns.train(run, config.withSteps(1), 1);
        Path fewerPairs = folder.resolve("fewer");
        try (SafetensorsFile file = SafetensorsFile.open(Path.of(config.source().pairs()))) {
            SafetensorsWriter writer = new SafetensorsWriter().metadata("classes", "2");
            for (String name : List.of("noise", "image")) {
                float[] values = file.floats(name);
                writer.add(
                        name,
                        Arrays.copyOf(values, values.length - 16),
                        TinyRuns.PAIRS - 1,
                        1,
                        4,
                        4);
            }
            long[] labels = Arrays.copyOf(file.longs("label"), TinyRuns.PAIRS - 1);
            writer.add("label", labels, TinyRuns.PAIRS - 1).write(fewerPairs);
        }
        try (Backend backend = Backends.jvm(1);
                Pairs fewer = Pairs.open(fewerPairs)) {
            GetjException refused =
                    assertThrows(
                            GetjException.class, () -> new Trainer(backend, run, config, fewer));
            assertTrue(
                    refused.getMessage().contains("13 pairs, but there are 12"),
                    refused::getMessage);
        }
    }

    @Test
    void aDamagedCheckpointIsRefused() throws IOException {
        RunDirectory run = create("run", config);
        trainSome(run, config, 1, 1);
        RunConfig other =
                new RunConfig(
                        TinyRuns.model(3),
                        config.source(),
                        config.learning(),
                        new Course(config.batch(), STEPS, 7, 1000, 1000),
                        config.computing());
        expect(
                run,
                other,
                run.latest()
                        + " holds tiny: 4×4×1, 4 tokens, width 8, 2 heads, depth 1, equilibrium"
                        + " depth 2, 2 classes, but the run trains tiny: 4×4×1, 4 tokens, width 8,"
                        + " 2 heads, depth 1, equilibrium depth 2, 3 classes");
        copyWithout(run.latest(), "exp_avg_sq.final_layer.linear.bias", "1");
        expect(run, config, run.latest() + " holds no tensor 'exp_avg_sq.final_layer.linear.bias'");
        copyWithout(run.latest(), "", "soon");
        expect(run, config, run.latest() + " holds no tensor 'exp_avg_sq.final_layer.linear.bias'");
        Files.write(run.latest(), Arrays.copyOf(Files.readAllBytes(run.latest()), 1000));
        GetjException error =
                assertThrows(GetjException.class, () -> TinyRuns.train(run, config, 1));
        assertTrue(
                error.getMessage().contains("is not a safetensors file that can be read"),
                error.getMessage());
    }

    @Test
    void aCheckpointWithoutItsStepIsRefused() {
        RunDirectory run = create("run", config);
        trainSome(run, config, 1, 1);
        for (String step : new String[] {"soon", "-1", null}) {
            copyWithout(run.latest(), "", step);
            expect(run, config, run.latest() + " is no checkpoint: its 'step' is " + step);
        }
    }

    private static void copyWithout(Path file, String left, String step) {
        SafetensorsWriter writer =
                new SafetensorsWriter()
                        .metadata("config", ConfigJson.write(TinyRuns.model(2)))
                        .metadata("pairs", Integer.toString(TinyRuns.PAIRS));
        if (step != null) {
            writer.metadata("step", step);
        }
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            for (String name : opened.names()) {
                if (!name.equals(left)) {
                    writer.add(name, opened.floats(name), opened.entry(name).shape());
                }
            }
        }
        writer.write(file);
    }

    private void expect(RunDirectory run, RunConfig with, String message) {
        assertEquals(
                message,
                assertThrows(GetjException.class, () -> TinyRuns.train(run, with, 1)).getMessage());
    }

    @Test
    void aFewStrokesAreLearned() {
        Path strokes = folder.resolve("strokes");
        StrokesTeacher teacher = new StrokesTeacher(20, 2, true, 5);
        try (Backend backend = Backends.jvm(2)) {
            PairsDescription description = teacher.description(16, 1);
            teacher.generate(backend, strokes, description, Progress.NONE, () -> false);
        }
        ModelConfig model =
                new ModelConfig(
                        "small",
                        new ModelConfig.Images(16, 1, 2),
                        new ModelConfig.Token(4, 32, 2),
                        new ModelConfig.Stack(1, 2),
                        new ModelConfig.Get(new ModelConfig.Stack(1, 2)));
        OptimizerSettings optimizer = OptimizerSettings.paper().withLearningRate(3e-3).withEma(0.9);
        RunConfig learning =
                new RunConfig(
                        model,
                        new Source(strokes.toString()),
                        new Learning(Objective.unrolled(LossKind.L1, 3, 0.8), optimizer),
                        new Course(8, 100, 0, 1000, 1000),
                        new Computing(false, Precision.FLOAT32));
        TrainingLoop.Outcome outcome = TinyRuns.train(create("strokes-run", learning), learning, 2);
        assertTrue(outcome.lastLoss() < 0.6 * outcome.firstLoss(), outcome.toString());
    }
}
