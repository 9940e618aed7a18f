package dev.getj.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;

/** Gradients by finite differences are tested with EDM's loss, where that is. */
class DenoiserTrainingPassTest {
    private static final int BATCH = 3;

    private static Parameters weights(Backend backend, ModelConfig config) {
        Parameters weights = new Parameters(backend, ParameterTable.denoiser(config));
        for (ParameterTable.Entry entry : weights.table().entries()) {
            float[] values = TinyNetworks.normal(entry.size(), entry.offset());
            for (int i = 0; i < values.length; i++) {
                values[i] *= 0.3f;
            }
            weights.tensor(entry.name()).set(values);
        }
        return weights;
    }

    private static DenoiserTrainingPass training(
            Backend backend, Parameters weights, Parameters gradients, boolean recompute) {
        return training(backend, weights, gradients, recompute, Precision.FLOAT32);
    }

    private static DenoiserTrainingPass training(
            Backend backend,
            Parameters weights,
            Parameters gradients,
            boolean recompute,
            Precision precision) {
        ModelConfig config = TinyNetworks.vit();
        Factors factors = Factors.trained(backend, config, weights, precision);
        factors.round();
        DenoiserTrainingPass pass =
                new DenoiserTrainingPass(
                        backend, config, weights, factors, gradients, BATCH, recompute);
        pass.input().set(TinyNetworks.normal(pass.input().size(), 1));
        pass.target().set(TinyNetworks.normal(pass.target().size(), 2));
        pass.labels().set(2, 0, 1);
        pass.setLevels(new double[] {-0.7, -0.7, -0.7});
        return pass;
    }

    @Test
    void recomputingGivesTheSameBits() {
        try (Backend backend = Backends.jvm(2)) {
            Parameters weights = weights(backend, TinyNetworks.vit());
            Parameters kept = new Parameters(backend, weights.table());
            Parameters recomputed = new Parameters(backend, weights.table());
            training(backend, weights, kept, false).run();
            training(backend, weights, recomputed, true).run();
            assertArrayEquals(kept.flat().get(), recomputed.flat().get());
        }
    }

    @Test
    void inMixedPrecisionGradientsAreNearThoseInFloats() {
        try (Backend backend = new ReferenceBackend()) {
            Parameters weights = weights(backend, TinyNetworks.vit());
            Parameters exact = new Parameters(backend, weights.table());
            Parameters mixed = new Parameters(backend, weights.table());
            training(backend, weights, exact, false).run();
            training(backend, weights, mixed, false, Precision.MIXED).run();
            MixedTrainingPassTest.assertNear(exact, mixed);
        }
    }

    /** Softmax does not see them, so anything but 0 would be rounding. */
    @Test
    void whatIsAddedToAllKeysHasNoGradient() {
        try (Backend backend = Backends.jvm(2)) {
            Parameters weights = weights(backend, TinyNetworks.vit());
            Parameters gradients = new Parameters(backend, weights.table());
            training(backend, weights, gradients, false).run();
            for (ParameterTable.Entry entry : gradients.table().entries()) {
                String name = entry.name();
                if (name.endsWith("attn.qkv.bias")
                        || name.startsWith("noise_embedder.fc2.")
                        || name.startsWith("y_embedder.")) {
                    Tensor gradient = gradients.tensor(name);
                    int columns = name.startsWith("y_") ? gradient.dim(-1) : gradient.size();
                    assertKeysAreZero(name, gradient.get(), columns);
                }
            }
        }
    }

    // the middle third of each row, and of nothing else
    private static void assertKeysAreZero(String name, float[] gradient, int columns) {
        int width = columns / 3;
        double[] squares = new double[3];
        for (int i = 0; i < gradient.length; i++) {
            squares[i % columns / width] += gradient[i] * gradient[i];
        }
        assertEquals(0, squares[1], name);
        assertTrue(squares[0] > 0 && squares[2] > 0, name);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void samplingComputesWhatTrainingDoesInAnyBatch(int batch) {
        try (Backend backend = Backends.jvm(2)) {
            Parameters weights = weights(backend, TinyNetworks.vit());
            DenoiserTrainingPass training =
                    training(backend, weights, new Parameters(backend, weights.table()), false);
            training.run();
            DenoiserPass pass =
                    new DenoiserPass(
                            backend, TinyNetworks.vit(), weights, batch, Precision.FLOAT32);
            int pixels = TinyNetworks.vit().pixels();
            float[] input = new float[batch * pixels];
            // the last image of the training batch, alone or last among copies of itself
            for (int b = 0; b < batch; b++) {
                System.arraycopy(
                        training.input().view((BATCH - 1) * pixels, pixels).get(),
                        0,
                        input,
                        b * pixels,
                        pixels);
            }
            pass.input().set(input);
            int[] labels = new int[batch];
            Arrays.fill(labels, 1);
            pass.labels().set(labels);
            pass.setLevel(-0.7);
            pass.run();
            assertArrayEquals(
                    training.output().view((BATCH - 1) * pixels, pixels).get(),
                    pass.output().view((batch - 1) * pixels, pixels).get());
        }
    }

    @Test
    void noiseLevelAndClassMatter() {
        try (Backend backend = Backends.jvm(1)) {
            Parameters weights = weights(backend, TinyNetworks.vit());
            DenoiserTrainingPass pass =
                    training(backend, weights, new Parameters(backend, weights.table()), false);
            pass.run();
            float before = pass.loss();
            pass.setLevels(new double[] {-0.7, -0.7, 0.4});
            pass.run();
            float otherLevel = pass.loss();
            assertNotEquals(before, otherLevel);
            pass.labels().set(2, 0, 2);
            pass.run();
            assertNotEquals(otherLevel, pass.loss());
        }
    }

    @Test
    void levelsThatAreSampledAreToldApart() {
        float[] low = new float[NoiseEmbedding.FEATURES];
        float[] high = new float[NoiseEmbedding.FEATURES];
        NoiseEmbedding.features(Math.log(0.002) / 4, low, 0);
        NoiseEmbedding.features(Math.log(80) / 4, high, 0);
        double distance = 0;
        for (int i = 0; i < low.length; i++) {
            assertTrue(Math.abs(low[i]) <= 1);
            distance += Math.pow(low[i] - high[i], 2);
        }
        assertTrue(distance > 10);
        NoiseEmbedding.features(0.25, low, 0);
        assertEquals(Math.sin(2 * Math.PI / 8 * 0.25), low[0], 1e-7);
        assertEquals(Math.sin(2 * Math.PI * 8 * 0.25), low[31], 1e-6);
        assertEquals(Math.cos(2 * Math.PI * 8 * 0.25), low[63], 1e-6);
    }
}
