package dev.getj.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsWriter;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.ConfigJson;
import dev.getj.model.Initialization;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.Presets;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.Samples;
import dev.getj.sample.WeightsLocation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Exported samplers, run by ONNX Runtime, against our own. Random networks do not contract, so the
 * iterates of lowest residual are not the last ones.
 */
class OnnxExportTest {
    /** Of values around 1, after dozens of sums in another order. */
    private static final float TOLERANCE = 2e-5f;

    private static final int COUNT = 5;
    private static final int[] LABELS = {2, 0, 1, 1, 2};

    @TempDir Path folder;

    private static ModelConfig config(String name) {
        return switch (name) {
            case "GET" ->
                    new ModelConfig(
                            name,
                            new ModelConfig.Images(8, 3, 3),
                            new ModelConfig.Token(2, 32, 4),
                            new ModelConfig.Stack(2, 4),
                            new ModelConfig.Get(new ModelConfig.Stack(3, 6)));
            case "GET without classes" ->
                    new ModelConfig(
                            name,
                            new ModelConfig.Images(8, 1, 0),
                            new ModelConfig.Token(4, 16, 2),
                            new ModelConfig.Stack(1, 2),
                            new ModelConfig.Get(new ModelConfig.Stack(2, 3)));
            case "post-norm GET" ->
                    new ModelConfig(
                            name,
                            new ModelConfig.Images(8, 1, 3),
                            new ModelConfig.Token(4, 16, 2),
                            new ModelConfig.Stack(1, 2),
                            new ModelConfig.Get(
                                    new ModelConfig.Stack(2, 3),
                                    ModelConfig.Norm.POST,
                                    ModelConfig.Start.NOISE));
            case "GET from its injection" ->
                    new ModelConfig(
                            name,
                            new ModelConfig.Images(8, 1, 3),
                            new ModelConfig.Token(4, 16, 2),
                            new ModelConfig.Stack(1, 2),
                            new ModelConfig.Get(
                                    new ModelConfig.Stack(2, 3),
                                    ModelConfig.Norm.PRE,
                                    ModelConfig.Start.INJECTION));
            case "GET of one block" ->
                    new ModelConfig(
                            name,
                            new ModelConfig.Images(4, 2, 0),
                            new ModelConfig.Token(2, 16, 1),
                            new ModelConfig.Stack(0, 2),
                            new ModelConfig.Get(new ModelConfig.Stack(1, 3)));
            case "ViT" ->
                    new ModelConfig(
                            name,
                            new ModelConfig.Images(8, 3, 3),
                            new ModelConfig.Token(2, 32, 2),
                            new ModelConfig.Stack(3, 4),
                            new ModelConfig.Vit());
            case "ViT without classes" ->
                    new ModelConfig(
                            name,
                            new ModelConfig.Images(8, 1, 0),
                            new ModelConfig.Token(2, 16, 2),
                            new ModelConfig.Stack(2, 2),
                            new ModelConfig.Vit());
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** Random weights, also where the initialisation has zeros and ones. */
    private static Parameters weights(Backend backend, ModelConfig config) {
        Parameters weights = new Parameters(backend, new ParameterTable(config));
        Initialization.initialize(config, weights, 3);
        Tensor trained = weights.trained();
        float[] values = trained.get();
        Random random = new Random(4);
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (0.1 * random.nextGaussian());
        }
        trained.set(values);
        return weights;
    }

    private static float[] normal(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] run(
            Path model, ModelConfig config, float[] noise, float[] start, int[] labels, int count)
            throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try (OrtSession session = environment.createSession(model.toString())) {
            long side = config.imageSize();
            inputs.put(
                    "noise",
                    OnnxTensor.createTensor(
                            environment,
                            FloatBuffer.wrap(noise),
                            new long[] {count, config.channels(), side, side}));
            if (config.takesStart()) {
                inputs.put(
                        "z0",
                        OnnxTensor.createTensor(
                                environment,
                                FloatBuffer.wrap(start),
                                new long[] {count, config.tokens(), config.width()}));
            }
            if (config.conditional()) {
                inputs.put(
                        "label",
                        OnnxTensor.createTensor(
                                environment,
                                LongBuffer.wrap(Arrays.stream(labels).asLongStream().toArray()),
                                new long[] {count}));
            }
            assertEquals(inputs.keySet(), session.getInputNames());
            try (OrtSession.Result result = session.run(inputs)) {
                OnnxTensor image = (OnnxTensor) result.get("image").orElseThrow();
                assertArrayEquals(
                        new long[] {count, config.channels(), side, side},
                        image.getInfo().getShape());
                FloatBuffer values = image.getFloatBuffer();
                float[] all = new float[values.remaining()];
                values.get(all);
                return all;
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET,6",
        "GET,1",
        "GET without classes,6",
        "post-norm GET,4",
        "GET from its injection,3",
        "GET of one block,3",
        "ViT,6",
        "ViT without classes,6"
    })
    void onnxRuntimeMakesTheImagesThatWeMake(String name, int iterations) throws Exception {
        ModelConfig config = config(name);
        Path model = folder.resolve("model.onnx");
        float[] noise = normal(COUNT * config.pixels(), 1);
        float[] start = normal(COUNT * config.stateSize(), 2);
        try (Backend backend = Backends.jvm(1)) {
            Parameters weights = weights(backend, config);
            Sampler sampler = new Sampler(backend, config, weights);
            OnnxExport export = OnnxExport.write(config, weights, iterations, model);
            assertEquals(Files.size(model), export.bytes());
            assertEquals(
                    config.kind() instanceof ModelConfig.Get ? iterations : 0, export.iterations());
            SampleRequest request = SampleRequest.of(COUNT).withIterations(iterations);
            request = config.conditional() ? request.withLabels(LABELS) : request;
            Samples expected = sampler.sample(noise, start, request);
            float[] all = run(model, config, noise, start, LABELS, COUNT);
            assertArrayEquals(expected.pixels(), all, TOLERANCE);
            float[] last =
                    run(
                            model,
                            config,
                            tail(noise, config.pixels()),
                            tail(start, config.stateSize()),
                            tail(LABELS),
                            1);
            assertArrayEquals(expected.pixels(COUNT - 1), last, TOLERANCE);
        }
    }

    private static float[] tail(float[] values, int length) {
        return Arrays.copyOfRange(values, values.length - length, values.length);
    }

    private static int[] tail(int[] values) {
        return new int[] {values[values.length - 1]};
    }

    @Test
    void weightsOfAFileAreExportedToTheSameBytes() throws IOException {
        ModelConfig config = config("GET");
        Path file = folder.resolve("weights.safetensors");
        Path direct = folder.resolve("direct.onnx");
        Path read = folder.resolve("read.onnx");
        try (Backend backend = Backends.jvm(1)) {
            Parameters weights = weights(backend, config);
            SafetensorsWriter writer =
                    new SafetensorsWriter().metadata("config", ConfigJson.write(config));
            for (ParameterTable.Entry entry : weights.table().entries()) {
                long[] shape = entry.shape().stream().mapToLong(Integer::longValue).toArray();
                writer.add("ema." + entry.name(), weights.tensor(entry.name()).get(), shape);
            }
            writer.write(file);
            OnnxExport.write(config, weights, 2, direct);
        }
        OnnxExport export = OnnxExport.write(WeightsLocation.at(file), 2, read);
        assertEquals(config, export.config());
        assertEquals(-1, Files.mismatch(direct, read));
        assertThrows(
                IllegalArgumentException.class,
                () -> OnnxExport.write(WeightsLocation.at(file), 0, read));
        assertThrows(
                IllegalArgumentException.class,
                () -> OnnxExport.write(WeightsLocation.at(file), 1001, read));
    }

    /** ViT-XL with four times as many blocks: 2.5 GB of weights, of which none is asked for. */
    @Test
    void moreThanTwoGigabytesAreRefused() throws IOException {
        ModelConfig large = Presets.byName("ViT-XL/2");
        ModelConfig larger =
                new ModelConfig(
                        "large",
                        new ModelConfig.Images(32, 3, 0),
                        new ModelConfig.Token(2, large.width(), large.heads()),
                        new ModelConfig.Stack(40, 4),
                        new ModelConfig.Vit());
        Path model = folder.resolve("large.onnx");
        GetjException refused =
                assertThrows(
                        GetjException.class,
                        () ->
                                OnnxExport.write(
                                        larger,
                                        entry -> {
                                            throw new AssertionError(entry.name());
                                        },
                                        6,
                                        model));
        assertEquals(
                model + " would take 2.6 GB, and an ONNX file holds 2.1 GB at most",
                refused.getMessage());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(), files.toList());
        }
    }
}
