package dev.getj.sample;

import dev.getj.io.Png;
import dev.getj.model.ModelConfig;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Sampled images.
 *
 * @param images what the network makes
 * @param pixels [count, C, S, S], nominally in [−1, 1], not clamped
 * @param labels class of each image, [count]; empty for an unconditional network
 * @param residuals lowest {@code ‖f(z) − z‖₂} of each sample, [count], with guidance the larger one
 *     of its two solves; zeros for a ViT
 * @param evaluations of the equilibrium map that each sample needed, [count], with guidance in both
 *     solves; zeros for a ViT
 * @param secondsSaved by samples that were solved before their batch and left it, in seconds
 */
public record Samples(
        ModelConfig.Images images,
        float[] pixels,
        int[] labels,
        double[] residuals,
        int[] evaluations,
        double secondsSaved) {

    /** Number of images. */
    public int count() {
        return residuals.length;
    }

    /** C. */
    public int channels() {
        return images.channels();
    }

    /** S, side of an image in pixels. */
    public int size() {
        return images.size();
    }

    private int length() {
        return channels() * size() * size();
    }

    /**
     * Image {@code i} as [C, S, S].
     *
     * @throws IndexOutOfBoundsException if there is no such image
     */
    public float[] pixels(int i) {
        if (i < 0 || i >= count()) {
            throw new IndexOutOfBoundsException(
                    "there is no image %s: these are 0…%s".formatted(i, count() - 1));
        }
        int length = length();
        return Arrays.copyOfRange(pixels, i * length, (i + 1) * length);
    }

    /**
     * Image {@code i} as the bytes of a PNG file, 8 bits a channel, made as in the reference, see
     * {@link Png#level}.
     *
     * @throws IllegalArgumentException if the image has neither 1 nor 3 channels
     * @throws IndexOutOfBoundsException if there is no such image
     */
    public byte[] png(int i) {
        return Png.encode(pixels(i), channels(), size());
    }

    /**
     * The first images of each class that occurs, one class after the other, black where a class
     * has fewer.
     *
     * @return [classes that occur, columns, C, S, S]
     */
    public float[] byClass(int columns) {
        int[] classes = classes();
        int length = length();
        float[] ordered = new float[classes.length * columns * length];
        Arrays.fill(ordered, -1);
        int[] taken = new int[classes.length];
        for (int i = 0; i < count(); i++) {
            int row = Arrays.binarySearch(classes, labels[i]);
            if (taken[row] < columns) {
                int at = row * columns + taken[row]++;
                System.arraycopy(pixels, i * length, ordered, at * length, length);
            }
        }
        return ordered;
    }

    /** The classes that occur, ascending. */
    public int[] classes() {
        return IntStream.of(labels).sorted().distinct().toArray();
    }

    /** Mean over the images of {@link #residuals}; 0 of none. */
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

    /** Whether both are the same images, bit by bit, from as many iterations; time is left out. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Samples that
                && images.equals(that.images)
                && Arrays.equals(pixels, that.pixels)
                && Arrays.equals(labels, that.labels)
                && Arrays.equals(residuals, that.residuals)
                && Arrays.equals(evaluations, that.evaluations);
    }

    @Override
    public int hashCode() {
        return Objects.hash(images, Arrays.hashCode(pixels), Arrays.hashCode(labels));
    }

    @Override
    public String toString() {
        return "Samples[%s images of %s, residual %s]".formatted(count(), images, meanResidual());
    }
}
