package dev.getj.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class HeunSamplerTest {
    /**
     * The ideal denoiser of N(mean, deviation²) in every element, noting the noise levels it is
     * asked about.
     */
    private record Gaussian(double mean, double deviation, List<Double> asked) implements Denoiser {
        @Override
        public int elements() {
            return 2;
        }

        @Override
        public int classes() {
            return 0;
        }

        @Override
        public void denoise(
                float[] noisy, double sigma, int[] labels, int count, float[] denoised) {
            asked.add(sigma);
            double keep = deviation * deviation / (deviation * deviation + sigma * sigma);
            for (int e = 0; e < count * elements(); e++) {
                denoised[e] = (float) (mean + keep * (noisy[e] - mean));
            }
        }
    }

    @Test
    void aSinglePointIsReachedExactly() {
        Gaussian point = new Gaussian(0.25, 0, new ArrayList<>());
        double[] images = new HeunSampler(18).sample(point, new float[] {1, -2, 0.5f, 3}, null, 2);
        assertArrayEquals(new double[] {0.25, 0.25, 0.25, 0.25}, images, 1e-12);
        assertEquals(35, point.asked().size());
        assertEquals(35, new HeunSampler(18).evaluations());
    }

    /** Of a Gaussian, noise y at level σ₀ flows to mean + (y − mean) · s/√(s² + σ₀²). */
    @Test
    void aGaussianIsReachedInSecondOrder() {
        double[] errors = new double[3];
        for (int i = 0; i < errors.length; i++) {
            errors[i] = errorOfGaussian(16 << i);
        }
        assertEquals(
                0.054267,
                errors[0],
                1e-5,
                "what the method makes of 16 steps, from a separate computation");
        for (int i = 1; i < errors.length; i++) {
            double order = Math.log(errors[i - 1] / errors[i]) / Math.log(2);
            assertEquals(
                    2, order, 0.25, "order between " + (8 << i) + " and " + (16 << i) + " steps");
        }
    }

    private static double errorOfGaussian(int steps) {
        Gaussian gaussian = new Gaussian(-0.3, 0.5, new ArrayList<>());
        float[] latents = {1.5f, -0.7f};
        double[] images = new HeunSampler(steps).sample(gaussian, latents, null, 1);
        double error = 0;
        for (int e = 0; e < 2; e++) {
            double exact = -0.3 + (80 * latents[e] + 0.3) * 0.5 / Math.sqrt(0.25 + 6400);
            error = Math.max(error, Math.abs(images[e] - exact));
        }
        return error;
    }

    @Test
    void levelsAreVisitedInOrder() {
        Gaussian gaussian = new Gaussian(0, 1, new ArrayList<>());
        new HeunSampler(new double[] {80, 2, 0.5, 0}).sample(gaussian, new float[2], null, 1);
        assertEquals(List.of(80.0, 2.0, 2.0, 0.5, 0.5), gaussian.asked());
    }
}
