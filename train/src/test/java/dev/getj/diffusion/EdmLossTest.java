package dev.getj.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.reference.DoubleBuffer;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.DenoiserTrainingPass;
import dev.getj.model.Factors;
import dev.getj.model.Initialization;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Random;

/** EDM's loss in its own words, λ(σ) (D(x; σ) − image)², against the gradient that trains F. */
class EdmLossTest {
    private static final int BATCH = 3;
    private static final double STEP = 1e-5;

    /**
     * Truncation STEP² and cancellation 1e-16 / STEP, and inputs rounded to floats, which moves the
     * loss but not its slope by 1e-7; relative to a parameter's largest gradient.
     */
    private static final double FINITE_DIFFERENCE = 1e-5;

    private static final double[] SIGMAS = {0.05, 0.4, 6};

    private final Edm edm = new Edm(0.7);
    private final Random random = new Random(5);

    private double[] image;
    private double[] noise;

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void gradientsAgreeWithFiniteDifferences(int classes) {
        ModelConfig config =
                new ModelConfig(
                        "tiny",
                        new ModelConfig.Images(4, 2, classes),
                        new ModelConfig.Token(2, 8, 2),
                        new ModelConfig.Stack(2, 2),
                        new ModelConfig.Vit());
        try (Backend backend = new ReferenceBackend()) {
            Parameters weights = new Parameters(backend, ParameterTable.denoiser(config));
            Initialization.initialize(config, weights, 3);
            for (int i = 0; i < weights.trained().size(); i++) {
                double value = DoubleBuffer.get(weights.flat(), i);
                DoubleBuffer.set(weights.flat(), i, value + 0.2 * random.nextGaussian());
            }
            Parameters gradients = new Parameters(backend, weights.table());
            DenoiserTrainingPass pass =
                    new DenoiserTrainingPass(
                            backend,
                            config,
                            weights,
                            Factors.floats(weights),
                            gradients,
                            BATCH,
                            false);
            fill(pass, config.pixels());

            double loss = loss(pass, config.pixels());
            assertEquals(loss, pass.loss(), 1e-6 * loss);
            double[] gradient = new double[gradients.flat().size()];
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = DoubleBuffer.get(gradients.flat(), i);
            }
            for (ParameterTable.Entry entry : weights.table().trainedEntries()) {
                double largest = 0;
                for (int i = 0; i < entry.size(); i++) {
                    largest = Math.max(largest, Math.abs(gradient[entry.offset() + i]));
                }
                // attention does not see a constant added to all keys, and no class is labelled 2
                for (int check = 0; check < 4; check++) {
                    int at = entry.offset() + random.nextInt(entry.size());
                    double slope = slope(pass, weights.flat(), at, config.pixels());
                    assertEquals(
                            slope,
                            gradient[at],
                            FINITE_DIFFERENCE * Math.max(largest, 1e-3),
                            entry.name());
                }
                assertTrue(largest > 0, entry.name());
            }
        }
    }

    private void fill(DenoiserTrainingPass pass, int pixels) {
        float[] images = new float[BATCH * pixels];
        float[] noises = new float[BATCH * pixels];
        float[] input = new float[BATCH * pixels];
        float[] target = new float[BATCH * pixels];
        image = new double[BATCH * pixels];
        noise = new double[BATCH * pixels];
        double[] levels = new double[BATCH];
        for (int e = 0; e < images.length; e++) {
            images[e] = (float) (0.7 * random.nextGaussian());
            noises[e] = (float) random.nextGaussian();
            image[e] = images[e];
            noise[e] = noises[e];
        }
        for (int b = 0; b < BATCH; b++) {
            edm.example(images, noises, SIGMAS[b], b * pixels, (b + 1) * pixels, input, target);
            levels[b] = Edm.cNoise(SIGMAS[b]);
        }
        pass.input().set(input);
        pass.target().set(target);
        pass.labels().set(1, 0, 1);
        pass.setLevels(levels);
    }

    private double loss(DenoiserTrainingPass pass, int pixels) {
        pass.run();
        double sum = 0;
        for (int b = 0; b < BATCH; b++) {
            double sigma = SIGMAS[b];
            for (int e = b * pixels; e < (b + 1) * pixels; e++) {
                double x = image[e] + sigma * noise[e];
                double denoised =
                        edm.cSkip(sigma) * x + edm.cOut(sigma) * DoubleBuffer.get(pass.output(), e);
                sum += edm.lossWeight(sigma) * Math.pow(denoised - image[e], 2);
            }
        }
        return sum / (BATCH * pixels);
    }

    private double slope(DenoiserTrainingPass pass, Tensor flat, int at, int pixels) {
        double value = DoubleBuffer.get(flat, at);
        DoubleBuffer.set(flat, at, value + STEP);
        double above = loss(pass, pixels);
        DoubleBuffer.set(flat, at, value - STEP);
        double below = loss(pass, pixels);
        DoubleBuffer.set(flat, at, value);
        return (above - below) / (2 * STEP);
    }
}
