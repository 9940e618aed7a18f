package dev.getj.bench;

import ai.onnxruntime.OrtException;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.Initialization;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.Presets;
import dev.getj.onnx.OnnxExport;
import dev.getj.sample.HeldBackend;
import dev.getj.sample.Sampler;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Noise to images by getj, ONNX Runtime and libtorch, with the same weights. */
final class ModelComparison {
    static final int ITERATIONS = 6;

    /** Of the largest pixel, after some hundred sums in another order. */
    private static final double TOLERANCE = 1e-3;

    /** Added to initial weights, so that none of them is zero and networks hardly contract. */
    private static final float SPREAD = 0.02f;

    /** What is sampled. */
    record Case(ModelConfig config, int batch, int iterations) {
        private static Case of(String model, int batch) {
            return new Case(Presets.byName(model), batch, ITERATIONS);
        }

        /**
         * A case as {@code GET-T/2@8}: model and batch.
         *
         * @throws IllegalArgumentException if it is none
         */
        static Case parse(String text) {
            int at = text.lastIndexOf('@');
            if (at < 0 || !text.substring(at + 1).matches("[1-9][0-9]{0,3}")) {
                throw new IllegalArgumentException(
                        "'%s' is no model with its batch; write it as GET-T/2@8".formatted(text));
            }
            return of(text.substring(0, at), Integer.parseInt(text.substring(at + 1)));
        }

        String label() {
            return config.name() + ", batch " + batch;
        }
    }

    private ModelComparison() {}

    /**
     * Times one case.
     *
     * @throws IllegalStateException if the three do not agree
     * @throws IOException if models cannot be written to a temporary folder
     */
    static Comparison run(Case asked, int threads, Race race) throws IOException {
        ModelConfig config = asked.config;
        int iterations = asked.iterations;
        Path folder = Files.createTempDirectory("getj-bench");
        Path onnx = folder.resolve("get.onnx");
        Path torch = folder.resolve("get.pt");
        float[] noise = normal(asked.batch * config.pixels(), 1);
        float[] start = normal(asked.batch * config.stateSize(), 2);
        List<Contender> contenders = new ArrayList<>();
        try {
            Backend backend = Backends.jvm(threads);
            Parameters weights = weights(backend, config);
            Sampler sampler =
                    new Sampler(new HeldBackend.Owned(backend), config, weights, asked.batch);
            contenders.add(new GetjModel(sampler, noise, start, asked.batch, iterations));
            OnnxExport.write(config, weights, iterations, onnx);
            contenders.add(new OnnxModel(onnx, config, noise, start, asked.batch, threads));
            TorchScriptFile.write(config, weights, iterations, torch);
            Torch.useThreads(threads);
            contenders.add(new TorchModel(torch, config, noise, start, asked.batch));
            double flops = 2.0 * asked.batch * config.multiplyAccumulates(iterations);
            return new Comparison(asked.label(), flops, race.run(contenders, TOLERANCE));
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
        } finally {
            contenders.forEach(Contender::close);
            Files.deleteIfExists(onnx);
            Files.deleteIfExists(torch);
            Files.delete(folder);
        }
    }

    private static Parameters weights(Backend backend, ModelConfig config) {
        Parameters weights = new Parameters(backend, new ParameterTable(config));
        Initialization.initialize(config, weights, 3);
        Tensor trained = weights.trained();
        float[] values = trained.get();
        float[] added = normal(values.length, 4);
        for (int i = 0; i < values.length; i++) {
            values[i] += SPREAD * added[i];
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
}
