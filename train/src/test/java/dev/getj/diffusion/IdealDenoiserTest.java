package dev.getj.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.data.CounterRandom;
import dev.getj.data.Strokes;
import dev.getj.kernels.Backend;
import dev.getj.kernels.jvm.JvmBackend;
import dev.getj.kernels.reference.ReferenceBackend;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

class IdealDenoiserTest {
    private static final int IMAGES = 230;
    private static final int BATCH = 13;

    private final float[] images = Strokes.images(11, 0, IMAGES);
    private final int[] imageLabels = Strokes.labels(0, IMAGES);

    /** Around every noise level of the sampler, below and above the switch to the short list. */
    @Test
    void agreesWithTheNaiveSumAtEveryNoiseLevel() {
        for (Backend backend : List.of(new ReferenceBackend(), new JvmBackend(2))) {
            try (backend) {
                Denoiser unconditional =
                        IdealDenoiser.unconditional(backend, images, Strokes.ELEMENTS, 8);
                Denoiser conditional =
                        IdealDenoiser.conditional(
                                backend, images, Strokes.ELEMENTS, imageLabels, Strokes.CLASSES, 8);
                for (double sigma : Edm.schedule(18)) {
                    if (sigma > 0) {
                        compare(unconditional, sigma);
                        compare(conditional, sigma);
                    }
                }
            }
        }
    }

    private void compare(Denoiser denoiser, double sigma) {
        float[] noisy = noisy(sigma);
        int[] labels = Strokes.labels(4, BATCH);
        float[] denoised = new float[noisy.length];
        denoiser.denoise(noisy, sigma, labels, BATCH, denoised);
        for (int i = 0; i < BATCH; i++) {
            double[] expected = naive(noisy, i, sigma, denoiser.classes() == 0 ? -1 : labels[i]);
            for (int e = 0; e < Strokes.ELEMENTS; e++) {
                assertEquals(
                        expected[e],
                        denoised[i * Strokes.ELEMENTS + e],
                        3e-4,
                        "sigma " + sigma + " image " + i);
            }
        }
    }

    /** Images half way between two of the set, plus noise: at small σ both are in question. */
    private float[] noisy(double sigma) {
        float[] noisy = new float[BATCH * Strokes.ELEMENTS];
        for (int i = 0; i < BATCH; i++) {
            for (int e = 0; e < Strokes.ELEMENTS; e++) {
                double normal = -6;
                for (int draw = 0; draw < 12; draw++) {
                    normal += CounterRandom.uniform(5, i * 1000L + e, draw);
                }
                double clean =
                        0.5 * images[(i + 4) * Strokes.ELEMENTS + e]
                                + 0.5 * images[(i + 14) * Strokes.ELEMENTS + e];
                noisy[i * Strokes.ELEMENTS + e] = (float) (clean + sigma * normal);
            }
        }
        return noisy;
    }

    private double[] naive(float[] noisy, int row, double sigma, int label) {
        double[] logWeights = new double[IMAGES];
        for (int m = 0; m < IMAGES; m++) {
            double distance = 0;
            for (int e = 0; e < Strokes.ELEMENTS; e++) {
                double difference =
                        (double) noisy[row * Strokes.ELEMENTS + e]
                                - images[m * Strokes.ELEMENTS + e];
                distance += difference * difference;
            }
            logWeights[m] =
                    label < 0 || label == imageLabels[m]
                            ? -distance / (2 * sigma * sigma)
                            : Double.NEGATIVE_INFINITY;
        }
        double largest = Arrays.stream(logWeights).max().orElseThrow();
        double[] mean = new double[Strokes.ELEMENTS];
        double sum = 0;
        for (int m = 0; m < IMAGES; m++) {
            double weight = Math.exp(logWeights[m] - largest);
            sum += weight;
            for (int e = 0; e < Strokes.ELEMENTS; e++) {
                mean[e] += weight * images[m * Strokes.ELEMENTS + e];
            }
        }
        for (int e = 0; e < Strokes.ELEMENTS; e++) {
            mean[e] /= sum;
        }
        return mean;
    }

    @Test
    void anImageDoesNotDependOnItsBatch() {
        try (Backend backend = new JvmBackend(2)) {
            for (double sigma : new double[] {0.01, 0.6, 3, 70}) {
                float[] noisy = noisy(sigma);
                float[] together = denoise(backend, 8, noisy, sigma, BATCH);
                assertArrayEquals(together, denoise(backend, 64, noisy, sigma, BATCH));
                float[] first = denoise(backend, 1, noisy, sigma, 1);
                assertArrayEquals(
                        Arrays.copyOf(together, Strokes.ELEMENTS),
                        Arrays.copyOf(first, Strokes.ELEMENTS));
            }
        }
    }

    private float[] denoise(Backend backend, int batch, float[] noisy, double sigma, int count) {
        float[] denoised = new float[noisy.length];
        IdealDenoiser.conditional(
                        backend, images, Strokes.ELEMENTS, imageLabels, Strokes.CLASSES, batch)
                .denoise(noisy, sigma, Strokes.labels(4, BATCH), count, denoised);
        return denoised;
    }

    @Test
    void refusesWhatIsNoDataSet() {
        try (Backend backend = new ReferenceBackend()) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> IdealDenoiser.unconditional(backend, new float[5], 2, 1));
            float[] two = new float[4];
            assertThrows(
                    IllegalArgumentException.class,
                    () -> IdealDenoiser.conditional(backend, two, 2, new int[] {0, 2}, 2, 1));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> IdealDenoiser.conditional(backend, two, 2, new int[] {0, 0}, 2, 1));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> IdealDenoiser.conditional(backend, two, 2, new int[] {0}, 2, 1));
        }
    }
}
