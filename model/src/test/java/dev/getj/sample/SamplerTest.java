package dev.getj.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsWriter;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.model.ConfigJson;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.TinyNetworks;
import dev.getj.solver.Anderson;
import dev.getj.solver.Broyden;
import dev.getj.solver.FixedPointIteration;
import dev.getj.solver.Ridge;
import dev.getj.solver.Solver;
import dev.getj.solver.StopMeasure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

class SamplerTest {
    private static final ModelConfig CONDITIONAL = TinyNetworks.conditional();
    private static final int PIXELS = CONDITIONAL.pixels();

    static Stream<ModelConfig> networks() {
        return Stream.of(
                CONDITIONAL,
                TinyNetworks.unconditional(),
                TinyNetworks.fromInjection(),
                TinyNetworks.vit());
    }

    static Stream<ModelConfig> starts() {
        return Stream.of(CONDITIONAL, TinyNetworks.fromInjection());
    }

    private static Sampler sampler(ModelConfig config, int threads, int batch) {
        Backend backend = Backends.jvm(threads);
        return new Sampler(
                new HeldBackend.Owned(backend),
                config,
                TinyNetworks.weights(backend, config, 8),
                batch);
    }

    private static Samples sample(
            ModelConfig config, int threads, int batch, SampleRequest request) {
        try (Sampler sampler = sampler(config, threads, batch)) {
            return sampler.sample(request);
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void aSeedGivesTheSameBitsWhateverTheBatchAndTheThreads(ModelConfig config) {
        SampleRequest request = SampleRequest.of(64).withSeed(5);
        Samples expected = sample(config, 1, 64, request);
        assertTrue(
                Arrays.stream(expected.residuals())
                        .allMatch(r -> config.kind() instanceof ModelConfig.Get ? r > 0 : r == 0));
        for (int threads = 1; threads <= 2; threads++) {
            for (int batch : new int[] {1, 7, 64}) {
                Samples actual = sample(config, threads, batch, request);
                String where = threads + " threads, batch " + batch;
                assertArrayEquals(expected.pixels(), actual.pixels(), where);
                assertArrayEquals(expected.residuals(), actual.residuals(), where);
            }
        }
    }

    @Test
    void sampleIOfASeedDoesNotDependOnTheCount() {
        try (Sampler sampler = sampler(CONDITIONAL, 2, 64)) {
            Samples many = sampler.sample(SampleRequest.of(20).withSeed(-7));
            Samples few = sampler.sample(SampleRequest.of(3).withSeed(-7));
            assertArrayEquals(Arrays.copyOf(many.pixels(), 3 * PIXELS), few.pixels());
            Samples later =
                    sampler.sample(
                            new SampleRequest(
                                    4,
                                    -7,
                                    11,
                                    null,
                                    FixedPointIteration.of(SampleRequest.DEFAULT_ITERATIONS),
                                    SampleRequest.Start.DRAWN));
            assertArrayEquals(
                    Arrays.copyOfRange(many.pixels(), 11 * PIXELS, 15 * PIXELS), later.pixels());
            assertArrayEquals(Arrays.copyOfRange(many.labels(), 11, 15), later.labels());
        }
    }

    @Test
    void everySampleOfASeedAndEverySeedIsAnother() {
        try (Sampler sampler = sampler(TinyNetworks.unconditional(), 1, 8)) {
            Samples samples = sampler.sample(SampleRequest.of(2).withSeed(1));
            assertFalse(Arrays.equals(samples.pixels(0), samples.pixels(1)));
            Samples high = sampler.sample(SampleRequest.of(1).withSeed(1 + (1L << 32)));
            assertFalse(Arrays.equals(samples.pixels(0), high.pixels(0)));
        }
    }

    @Test
    void labelsChooseTheClassAndTakeTurnsWhenNotGiven() {
        try (Sampler sampler = sampler(CONDITIONAL, 1, 8)) {
            Samples inTurn = sampler.sample(SampleRequest.of(4));
            assertArrayEquals(new int[] {0, 1, 2, 0}, inTurn.labels());
            Samples given = sampler.sample(SampleRequest.of(4).withLabels(0, 1, 2, 0));
            assertArrayEquals(inTurn.pixels(), given.pixels());
            Samples twos = sampler.sample(SampleRequest.of(4).withLabel(2));
            assertArrayEquals(inTurn.pixels(2), twos.pixels(2));
            assertFalse(Arrays.equals(inTurn.pixels(1), twos.pixels(1)));
        }
    }

    @Test
    void wrongLabelsAreRefused() {
        try (Sampler sampler = sampler(CONDITIONAL, 1, 8);
                Sampler unconditional = sampler(TinyNetworks.unconditional(), 1, 8)) {
            expect(
                    "label 3 is not a class of this network, which has 0…2",
                    () -> sampler.sample(SampleRequest.of(2).withLabel(3)));
            expect(
                    "label -1 is not a class of this network, which has 0…2",
                    () -> sampler.sample(SampleRequest.of(2).withLabels(0, -1)));
            expect("1 labels were given for 2 images", () -> SampleRequest.of(2).withLabels(0));
            expect(
                    "this network is unconditional: it takes no labels",
                    () -> unconditional.sample(SampleRequest.of(2).withLabel(0)));
            expect("at least 1 image must be asked for, not 0", () -> SampleRequest.of(0));
            expect(
                    "the first sample's index must be at least 0, not -1",
                    () ->
                            new SampleRequest(
                                    1,
                                    0,
                                    -1,
                                    null,
                                    FixedPointIteration.of(1),
                                    SampleRequest.Start.DRAWN));
            assertEquals(0, unconditional.sample(SampleRequest.of(2)).labels().length);
        }
    }

    @Test
    void givenNoiseAndStartAreUsedAndTheirSizesChecked() {
        try (Sampler sampler = sampler(CONDITIONAL, 2, 2);
                Sampler vit = sampler(TinyNetworks.vit(), 1, 2)) {
            float[] noise = TinyNetworks.normal(3 * PIXELS, 1);
            float[] start = TinyNetworks.normal(3 * CONDITIONAL.stateSize(), 2);
            SampleRequest request = SampleRequest.of(3).withLabels(2, 1, 0);
            Samples samples = sampler.sample(noise, start, request);
            Samples second =
                    sampler.sample(
                            Arrays.copyOfRange(noise, PIXELS, 2 * PIXELS),
                            Arrays.copyOfRange(
                                    start, CONDITIONAL.stateSize(), 2 * CONDITIONAL.stateSize()),
                            SampleRequest.of(1).withLabel(1));
            assertArrayEquals(samples.pixels(1), second.pixels());
            expect(
                    "noise has 95 values, 96 are needed",
                    () -> sampler.sample(Arrays.copyOf(noise, 95), start, request));
            expect(
                    "z0 has 1 values, 96 are needed",
                    () -> sampler.sample(noise, new float[1], request));
            assertEquals(3, vit.sample(noise, null, request).count());
            noise[PIXELS + 1] = Float.NaN;
            expect(
                    "noise of sample 1 holds NaN, but must be finite",
                    () -> sampler.sample(noise, start, request));
            noise[PIXELS + 1] = 0;
            start[start.length - 1] = Float.NEGATIVE_INFINITY;
            expect(
                    "z0 of sample 2 holds -Infinity, but must be finite",
                    () -> sampler.sample(noise, start, request));
        }
    }

    @Test
    void iterationsAndResidualsAreToldPerSample() {
        try (Sampler sampler = sampler(CONDITIONAL, 1, 2)) {
            for (int iterations : new int[] {1, 4}) {
                Samples samples = sampler.sample(SampleRequest.of(3).withIterations(iterations));
                assertEquals(iterations, samples.iterations());
                assertEquals(3, samples.residuals().length);
                assertEquals(
                        Arrays.stream(samples.residuals()).sum() / 3,
                        samples.meanResidual(),
                        1e-12);
            }
            Samples early =
                    sampler.sample(
                            SampleRequest.of(3)
                                    .withSolver(
                                            new FixedPointIteration(
                                                    9, 1e9, StopMeasure.ABSOLUTE, 1)));
            assertEquals(1, early.iterations());
        }
    }

    static Stream<DoubleFunction<Solver>> solversOfTolerance() {
        return Stream.of(
                tol -> new FixedPointIteration(12, tol, StopMeasure.ABSOLUTE, 1),
                tol -> new FixedPointIteration(12, tol, StopMeasure.ABSOLUTE, 0.5),
                tol -> new Anderson(8, tol, StopMeasure.ABSOLUTE, 3, Ridge.relative(1e-6), 1),
                tol -> Broyden.of(5, tol));
    }

    // every image stops by itself
    @ParameterizedTest
    @MethodSource("solversOfTolerance")
    void withAToleranceSamplesAreTheSameWhateverTheBatch(DoubleFunction<Solver> solver) {
        starts().forEach(config -> samplesAreTheSameWhateverTheBatch(config, solver));
    }

    private static void samplesAreTheSameWhateverTheBatch(
            ModelConfig config, DoubleFunction<Solver> solver) {
        SampleRequest all = SampleRequest.of(24).withSeed(5).withSolver(solver.apply(0));
        double[] reached = sample(config, 1, 24, all).residuals();
        Arrays.sort(reached);
        SampleRequest request = all.withSolver(solver.apply(reached[12]));
        Samples expected = sample(config, 1, 1, request);
        assertTrue(
                Arrays.stream(expected.evaluations()).distinct().count() > 1,
                () -> "all needed " + expected.iterations() + " iterations");
        for (int batch : new int[] {2, 7, 24}) {
            Samples actual = sample(config, 2, batch, request);
            assertArrayEquals(expected.pixels(), actual.pixels(), "batch " + batch);
            assertArrayEquals(expected.residuals(), actual.residuals(), "batch " + batch);
            assertArrayEquals(expected.evaluations(), actual.evaluations(), "batch " + batch);
        }
        assertEquals(
                Arrays.stream(expected.evaluations()).average().orElseThrow(),
                expected.meanIterations());
    }

    @Test
    void aStateThatBeginsAtItsInjectionNeedsNoStart() {
        float[] noise = TinyNetworks.normal(2 * PIXELS, 1);
        SampleRequest request = SampleRequest.of(2).withLabel(1).withIterations(2);
        try (Sampler sampler = sampler(TinyNetworks.fromInjection(), 2, 4)) {
            float[] pixels = sampler.sample(noise, new float[0], request).pixels();
            float[] drawn = TinyNetworks.normal(2 * CONDITIONAL.stateSize(), 2);
            assertArrayEquals(pixels, sampler.sample(noise, drawn, request).pixels());
            assertArrayEquals(pixels, sampler.sample(noise, request.withSeed(5)).pixels());
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void aWarmStartBeginsWhereTheImageBeforeEnded(ModelConfig config) {
        float[] noise = TinyNetworks.normal(3 * PIXELS, 1);
        float[] start = TinyNetworks.normal(3 * CONDITIONAL.stateSize(), 2);
        SampleRequest request =
                SampleRequest.of(3).withIterations(2).withStart(SampleRequest.Start.PREVIOUS);
        try (Sampler sampler = sampler(config, 2, 4)) {
            Samples cold =
                    sampler.sample(noise, start, request.withStart(SampleRequest.Start.DRAWN));
            Samples warm = sampler.sample(noise, start, request);
            assertArrayEquals(cold.pixels(0), warm.pixels(0));
            assertEquals(
                    config.kind() instanceof ModelConfig.Vit,
                    Arrays.equals(cold.pixels(1), warm.pixels(1)));
            // what z₀ of later images says is not read
            Arrays.fill(start, CONDITIONAL.stateSize(), start.length, 7);
            assertArrayEquals(warm.pixels(), sampler.sample(noise, start, request).pixels());
        }
    }

    // the same noise again and again is one long solve
    @ParameterizedTest
    @MethodSource("starts")
    void warmStartsGoOnWithTheSolve(ModelConfig config) {
        float[] noise = TinyNetworks.normal(PIXELS, 1);
        float[] twice = Arrays.copyOf(noise, 2 * PIXELS);
        System.arraycopy(noise, 0, twice, PIXELS, PIXELS);
        float[] start = TinyNetworks.normal(2 * CONDITIONAL.stateSize(), 2);
        try (Sampler sampler = sampler(config, 2, 4)) {
            Samples two =
                    sampler.sample(
                            twice,
                            start,
                            SampleRequest.of(2)
                                    .withLabel(1)
                                    .withIterations(1)
                                    .withStart(SampleRequest.Start.PREVIOUS));
            Samples whole =
                    sampler.sample(
                            noise,
                            Arrays.copyOf(start, CONDITIONAL.stateSize()),
                            SampleRequest.of(1).withLabel(1).withIterations(2));
            float[] last =
                    whole.residuals()[0] < two.residuals()[0] ? two.pixels(1) : two.pixels(0);
            assertArrayEquals(whole.pixels(0), last);
        }
    }

    @Test
    void imagesAreBytesAsInTheReference() throws IOException {
        float[] pixels = {-1, -0.5f, 0, 1};
        ModelConfig.Images grey = new ModelConfig.Images(2, 1, 0);
        Samples samples = new Samples(grey, pixels, new int[0], new double[1], new int[1], 0);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(samples.png(0)));
        int[] expected = {0, 64, 128, 255};
        for (int i = 0; i < 4; i++) {
            assertEquals(expected[i], image.getRaster().getSample(i % 2, i / 2, 0));
        }
    }

    @Test
    void threadsMayShareASampler() throws Exception {
        List<SampleRequest> requests = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            requests.add(SampleRequest.of(1 + i % 5).withSeed(i).withIterations(1 + i % 3));
        }
        try (Sampler sampler = sampler(CONDITIONAL, 2, 2);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<float[]> expected =
                    requests.stream().map(r -> sampler.sample(r).pixels()).toList();
            List<Future<float[]>> actual =
                    requests.stream()
                            .map(request -> threads.submit(() -> sampler.sample(request).pixels()))
                            .toList();
            for (int i = 0; i < requests.size(); i++) {
                assertArrayEquals(expected.get(i), actual.get(i).get(), "request " + i);
            }
        }
    }

    @Test
    void aClosedSamplerSaysSo() {
        Sampler sampler = sampler(CONDITIONAL, 2, 2);
        sampler.sample(SampleRequest.of(1));
        sampler.close();
        sampler.close();
        IllegalStateException error =
                assertThrows(
                        IllegalStateException.class, () -> sampler.sample(SampleRequest.of(1)));
        assertEquals("the sampler is closed", error.getMessage());
        error =
                assertThrows(
                        IllegalStateException.class, () -> sampler.prepare(SampleRequest.of(1)));
        assertEquals("the sampler is closed", error.getMessage());
    }

    @Test
    void indicesEndWhereLongsDo() {
        Solver solver = FixedPointIteration.of(1);
        long last = Long.MAX_VALUE - 4;
        assertEquals(4, sample(CONDITIONAL, 1, 4, at(last, 4, solver)).count());
        expect(
                "5 samples from index 9223372036854775803 on would exceed the last index,"
                        + " 9223372036854775807",
                () -> at(last, 5, solver));
    }

    private static SampleRequest at(long first, int count, Solver solver) {
        return new SampleRequest(count, 0, first, null, solver);
    }

    @Test
    void aBackendWithTooLittleMemoryIsClosed(@TempDir Path folder) {
        Path weights = folder.resolve("weights.safetensors");
        SafetensorsWriter writer =
                new SafetensorsWriter().metadata("config", ConfigJson.write(CONDITIONAL));
        for (ParameterTable.Entry entry : new ParameterTable(CONDITIONAL).entries()) {
            long[] shape = entry.shape().stream().mapToLong(Integer::longValue).toArray();
            int size = (int) LongStream.of(shape).reduce(1, (a, b) -> a * b);
            writer.add(entry.name(), new float[size], shape);
        }
        writer.write(weights);
        List<String> called = new ArrayList<>();
        Backend full =
                (Backend)
                        Proxy.newProxyInstance(
                                Backend.class.getClassLoader(),
                                new Class<?>[] {Backend.class},
                                (_, method, _) -> {
                                    called.add(method.getName());
                                    if (!method.getName().equals("close")) {
                                        throw new OutOfMemoryError("Java heap space");
                                    }
                                    return null;
                                });
        assertThrows(OutOfMemoryError.class, () -> Sampler.load(weights, full));
        assertEquals("close", called.getLast());
        assertEquals(2, called.size());
    }

    @Test
    void aBorrowedBackendStaysOpenAndAnOwnedOneIsClosed() {
        boolean[] closed = {false};
        try (Backend backend = Backends.jvm(1)) {
            Backend watched = watched(backend, closed);
            Parameters weights = TinyNetworks.weights(backend, CONDITIONAL, 8);
            new Sampler(watched, CONDITIONAL, weights).close();
            assertFalse(closed[0]);
            new Sampler(new HeldBackend.Owned(watched), CONDITIONAL, weights, 1).close();
            assertTrue(closed[0]);
        }
    }

    @Test
    void loadingWithABorrowedBackendLeavesItOpenWhenItFails(@TempDir Path folder) {
        boolean[] closed = {false};
        try (Backend backend = Backends.jvm(1)) {
            Backend watched = watched(backend, closed);
            WeightsLocation missing = WeightsLocation.at(folder.resolve("none.safetensors"));
            HeldBackend borrowed = new HeldBackend.Borrowed(watched);
            assertThrows(GetjException.class, () -> Sampler.load(missing, borrowed));
            assertFalse(closed[0]);
            assertThrows(GetjException.class, () -> Sampler.load(missing, watched));
            assertTrue(closed[0]);
        }
    }

    // a backend that tells when it is closed, and stays open
    private static Backend watched(Backend backend, boolean[] closed) {
        return (Backend)
                Proxy.newProxyInstance(
                        Backend.class.getClassLoader(),
                        new Class<?>[] {Backend.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("close")) {
                                closed[0] = true;
                                return null;
                            }
                            return method.invoke(backend, arguments);
                        });
    }

    private static void expect(String message, Runnable action) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
    }
}
