package dev.getj.sample;

import dev.getj.io.ImageGrid;
import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * Sampled images.
 *
 * @param pixels [count, C, S, S], nominally in [−1, 1], not clamped
 * @param labels class of each image, [count]; empty for an unconditional network
 * @param residuals lowest {@code ‖f(z) − z‖₂} of each sample, [count]; zeros for a ViT
 * @param iterations most evaluations of the equilibrium map that a sample took part in; 0 for a ViT
 */
public record Samples(
        int count, int channels, int size, float[] pixels, int[] labels, double[] residuals, int iterations) {

    /** Image {@code i} as [C, S, S]. */
    public float[] pixels(int i) {
        int length = channels * size * size;
        return Arrays.copyOfRange(pixels, i * length, (i + 1) * length);
    }

    /** Image {@code i} as a picture, bytes made as in the reference. */
    public BufferedImage image(int i) {
        return ImageGrid.image(pixels, i * channels * size * size, channels, size);
    }

    /** All images in rows of {@code columns}. */
    public BufferedImage grid(int columns) {
        int zoom = Math.max(1, 64 / size);
        return ImageGrid.grid(pixels, count, channels, size, columns, 2, zoom);
    }

    public double meanResidual() {
        return Arrays.stream(residuals).average().orElse(0);
    }
}
