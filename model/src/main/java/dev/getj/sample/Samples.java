package dev.getj.sample;

import dev.getj.io.ImageGrid;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Sampled images.
 *
 * @param pixels [count, C, S, S], nominally in [−1, 1], not clamped
 * @param labels class of each image, [count]; empty for an unconditional network
 * @param residuals lowest {@code ‖f(z) − z‖₂} of each sample, [count]; zeros for a ViT
 * @param evaluations of the equilibrium map that each sample needed, [count]; zeros for a ViT
 * @param secondsSaved by samples that were solved before their batch and left it
 */
public record Samples(
        int count,
        int channels,
        int size,
        float[] pixels,
        int[] labels,
        double[] residuals,
        int[] evaluations,
        double secondsSaved) {

    private static final int COLUMNS = 8;

    /** Image {@code i} as [C, S, S]. */
    public float[] pixels(int i) {
        int length = channels * size * size;
        return Arrays.copyOfRange(pixels, i * length, (i + 1) * length);
    }

    /** Image {@code i} as a picture, bytes made as in the reference. */
    public BufferedImage image(int i) {
        return ImageGrid.image(pixels, i * channels * size * size, channels, size);
    }

    /** All images: one row a class where there are several, else rows of eight. */
    public BufferedImage grid() {
        int rows = classes().length;
        if (rows < 2) {
            return grid(pixels, count, Math.min(COLUMNS, count));
        }
        int columns = IntStream.of(classes()).map(this::countOf).max().orElseThrow();
        return grid(byClass(columns), rows * columns, columns);
    }

    /**
     * The first images of each class that occurs, one class after the other, black where a class
     * has fewer.
     *
     * @return [classes that occur, columns, C, S, S]
     */
    public float[] byClass(int columns) {
        int[] classes = classes();
        int length = channels * size * size;
        float[] ordered = new float[classes.length * columns * length];
        Arrays.fill(ordered, -1);
        int[] taken = new int[classes.length];
        for (int i = 0; i < count; i++) {
            int row = Arrays.binarySearch(classes, labels[i]);
            if (taken[row] < columns) {
                int at = row * columns + taken[row]++;
                System.arraycopy(pixels, i * length, ordered, at * length, length);
            }
        }
        return ordered;
    }

    private int[] classes() {
        return IntStream.of(labels).sorted().distinct().toArray();
    }

    private int countOf(int label) {
        return (int) IntStream.of(labels).filter(other -> other == label).count();
    }

    private BufferedImage grid(float[] images, int number, int columns) {
        int zoom = Math.max(1, 64 / size);
        return ImageGrid.grid(images, number, channels, size, columns, 2, zoom);
    }

    public double meanResidual() {
        return Arrays.stream(residuals).average().orElse(0);
    }

    /** Most evaluations of the equilibrium map that a sample needed; 0 for a ViT. */
    public int iterations() {
        return Arrays.stream(evaluations).max().orElse(0);
    }

    /** Evaluations that a sample needed on average. */
    public double meanIterations() {
        return Arrays.stream(evaluations).average().orElse(0);
    }
}
