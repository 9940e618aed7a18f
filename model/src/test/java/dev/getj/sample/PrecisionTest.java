package dev.getj.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsWriter;
import dev.getj.kernels.Backend;
import dev.getj.kernels.ForwardingBackend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.ConfigJson;
import dev.getj.model.ModelConfig;
import dev.getj.model.Parameters;
import dev.getj.model.Precision;
import dev.getj.model.PrecisionChoice;
import dev.getj.model.TinyNetworks;
import dev.getj.solver.FixedPointIteration;
import dev.getj.solver.StopMeasure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** Sampling with factors of 16 bits, on the reference backend, which has all types. */
class PrecisionTest {
    private static final SampleRequest REQUEST = SampleRequest.of(5).withSeed(3);

    static Stream<ModelConfig> networks() {
        return Stream.of(
                TinyNetworks.conditional(),
                TinyNetworks.unconditional(),
                TinyNetworks.vit(),
                // heads whose queries, keys and values stay floats: too deep, and no whole words
                tokens("deep heads", 68, 1),
                tokens("shallow heads", 12, 2));
    }

    // ViTs: a GET of this width with random weights differs by 3e-2 in mixed precision, presumably
    // since iterating amplifies what rounding changes
    private static ModelConfig tokens(String name, int width, int heads) {
        return new ModelConfig(
                name,
                new ModelConfig.Images(4, 2, 0),
                new ModelConfig.Token(2, width, heads),
                new ModelConfig.Stack(2, 2),
                new ModelConfig.Vit());
    }

    private static Sampler sampler(
            Backend backend, ModelConfig config, Parameters weights, Precision precision) {
        return new Sampler(new HeldBackend.Owned(backend), config, weights, 5, precision);
    }

    private static float[] sample(ModelConfig config, Precision precision) {
        Backend backend = new ReferenceBackend();
        Parameters weights = TinyNetworks.weights(backend, config, 8);
        try (Sampler sampler = sampler(backend, config, weights, precision)) {
            return sampler.sample(REQUEST).pixels();
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void imagesDifferByWhatFactorsAreRounded(ModelConfig config) {
        float[] expected = sample(config, Precision.FLOAT32);
        float[] actual = sample(config, Precision.MIXED);
        float largest = 0;
        float difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
        }
        assertTrue(difference <= 1e-2f * largest, difference + " of " + largest);
        assertTrue(difference > 1e-5f * largest, "nothing was rounded: " + difference);
    }

    /** What is injected moves with the samples that are left. */
    @Test
    void solvedSamplesLeaveTheBatch() {
        ModelConfig config = TinyNetworks.conditional();
        SampleRequest all =
                SampleRequest.of(6)
                        .withSeed(5)
                        .withLabels(0, 1, 2, 0, 1, 2)
                        .withSolver(new FixedPointIteration(8, 0, StopMeasure.ABSOLUTE, 1));
        Samples steps = sample(config, 6, all);
        double[] reached = steps.residuals().clone();
        Arrays.sort(reached);
        SampleRequest request =
                all.withSolver(new FixedPointIteration(8, reached[3], StopMeasure.ABSOLUTE, 1));
        Samples alone = sample(config, 1, request);
        assertTrue(Arrays.stream(alone.evaluations()).distinct().count() > 1);
        Samples together = sample(config, 6, request);
        assertArrayEquals(alone.evaluations(), together.evaluations());
        assertArrayEquals(alone.pixels(), together.pixels());
    }

    private static Samples sample(ModelConfig config, int batch, SampleRequest request) {
        Backend backend = new ReferenceBackend();
        Parameters weights = TinyNetworks.weights(backend, config, 8);
        HeldBackend held = new HeldBackend.Owned(backend);
        try (Sampler sampler = new Sampler(held, config, weights, batch, Precision.MIXED)) {
            return sampler.sample(request);
        }
    }

    @Test
    void weightsMayChangeBetweenRequests() {
        ModelConfig config = TinyNetworks.conditional();
        Backend backend = new ReferenceBackend();
        Parameters weights = TinyNetworks.weights(backend, config, 1);
        try (Sampler sampler = sampler(backend, config, weights, Precision.MIXED)) {
            float[] before = sampler.sample(REQUEST).pixels();
            Parameters others = TinyNetworks.weights(backend, config, 8);
            weights.flat().set(others.flat().get());
            float[] after = sampler.sample(REQUEST).pixels();
            assertFalse(Arrays.equals(before, after));
            assertArrayEquals(sample(config, Precision.MIXED), after);
        }
    }

    /** Buffers that all blocks share are NaN at the end, and so are the results in front. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "blocks.0.norm2.weight | 1e6 | layerNorm of 'blocks'",
                "deq_blocks.1.norm2.weight | 1e6 | layerNorm of 'equilibrium block'",
                "deq_blocks.1.mlp.fc1.bias | 1e6 | linearGelu of 'equilibrium block'",
                "deq_blocks.0.mlp.fc2.weight | 1e6 | linearResidual of 'equilibrium block'",
                "deq_blocks.1.norm2.bias | 6e4 | linearGelu of 'equilibrium block'"
            })
    void valuesBeyondTheRangeAreTold(String parameter, float value, String origin) {
        ModelConfig config = TinyNetworks.conditional();
        Backend backend = new ReferenceBackend();
        Parameters weights = TinyNetworks.weights(backend, config, 8);
        Tensor tensor = weights.tensor(parameter);
        float[] large = new float[tensor.size()];
        Arrays.fill(large, value);
        tensor.set(large);
        try (Sampler sampler = sampler(backend, config, weights, Precision.MIXED)) {
            for (int time = 0; time < 2; time++) {
                GetjException beyond =
                        assertThrows(GetjException.class, () -> sampler.sample(REQUEST));
                assertEquals(
                        "--precision mixed: these weights give values beyond the range of 16 bits,"
                                + " up to 65504; the first came from %s: use --precision float32"
                                        .formatted(origin),
                        beyond.getMessage());
            }
        }
    }

    @Test
    void aBackendWithoutTensorCoresRefuses() {
        ModelConfig config = TinyNetworks.conditional();
        try (Backend backend = Backends.jvm(1)) {
            Parameters weights = TinyNetworks.weights(backend, config, 8);
            GetjException refusal =
                    assertThrows(
                            GetjException.class,
                            () -> sampler(backend, config, weights, Precision.MIXED));
            assertEquals(
                    "--precision mixed needs tensor cores, of NVIDIA's Ampere or later with"
                            + " --device cuda; jvm computes in float32",
                    refusal.getMessage());
        }
    }

    /** Where a backend rounds factors itself, tf32 asks for nothing else than floats. */
    @Test
    void tf32IsTheBackends() {
        ModelConfig config = TinyNetworks.conditional();
        try (Backend backend = new Rounding(new ReferenceBackend())) {
            Parameters weights = TinyNetworks.weights(backend, config, 8);
            try (Sampler sampler = sampler(backend, config, weights, Precision.TF32)) {
                assertArrayEquals(
                        sample(config, Precision.FLOAT32), sampler.sample(REQUEST).pixels());
            }
        }
        GetjException refusal =
                assertThrows(GetjException.class, () -> sample(config, Precision.TF32));
        assertEquals(
                "--precision tf32 needs cuBLASLt, with --device cuda; reference computes in"
                        + " float32",
                refusal.getMessage());
    }

    /** Says that it rounds, and does not. */
    private static final class Rounding extends ForwardingBackend {
        Rounding(Backend backend) {
            super(backend);
        }

        @Override
        public boolean tf32() {
            return true;
        }
    }

    private static final ModelConfig HIDDEN_OF_SIX =
            new ModelConfig(
                    "odd",
                    new ModelConfig.Images(4, 2, 3),
                    new ModelConfig.Token(2, 4, 2),
                    new ModelConfig.Stack(1, 1.5),
                    new ModelConfig.Get(new ModelConfig.Stack(2, 3)));

    private static final String HIDDEN_OF_SIX_REFUSED =
            "--precision mixed needs widths that are multiples of 4, blocks.0.mlp.fc1.weight is"
                    + " 6 x 4: use --precision float32";

    @Test
    void widthsThatNoWordDividesAreRefused() {
        GetjException refusal =
                assertThrows(GetjException.class, () -> sample(HIDDEN_OF_SIX, Precision.MIXED));
        assertEquals(HIDDEN_OF_SIX_REFUSED, refusal.getMessage());
    }

    /** The reference backend, as a device with tensor cores presents itself. */
    private static final class Device extends ForwardingBackend {
        Device() {
            super(new ReferenceBackend());
        }

        @Override
        public boolean compiles() {
            return true;
        }

        @Override
        public boolean mixes() {
            return true;
        }
    }

    private static WeightsLocation written(ModelConfig config, Path file) {
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Backend backend = new ReferenceBackend()) {
            Parameters weights = TinyNetworks.weights(backend, config, 8);
            weights.table()
                    .entries()
                    .forEach(
                            it ->
                                    writer.add(
                                            it.name(),
                                            weights.tensor(it.name()).get(),
                                            it.shape().stream()
                                                    .mapToLong(Integer::longValue)
                                                    .toArray()));
        }
        writer.metadata("config", ConfigJson.write(config)).write(file);
        return WeightsLocation.at(file);
    }

    private static float[] loaded(WeightsLocation weights, PrecisionChoice precision) {
        HeldBackend device = new HeldBackend.Owned(new Device());
        try (Sampler sampler = Sampler.load(weights, device, precision)) {
            return sampler.sample(REQUEST).pixels();
        }
    }

    @Test
    void theUsualPrecisionIsThatOfDeviceAndNetwork(@TempDir Path folder) {
        ModelConfig fits = TinyNetworks.conditional();
        assertArrayEquals(
                sample(fits, Precision.MIXED),
                loaded(written(fits, folder.resolve("fits.safetensors")), Precision::usual));
        WeightsLocation odd = written(HIDDEN_OF_SIX, folder.resolve("odd.safetensors"));
        assertArrayEquals(sample(HIDDEN_OF_SIX, Precision.FLOAT32), loaded(odd, Precision::usual));
        GetjException refusal =
                assertThrows(
                        GetjException.class,
                        () -> loaded(odd, PrecisionChoice.always(Precision.MIXED)));
        assertEquals(HIDDEN_OF_SIX_REFUSED, refusal.getMessage());
    }
}
