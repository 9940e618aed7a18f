package dev.getj.picture;

import dev.getj.model.ModelConfig;
import dev.getj.sample.Samples;

import java.awt.image.BufferedImage;
import java.util.stream.IntStream;

/** Samples as pictures of AWT, for programs that show them. */
public final class SamplePictures {
    private static final int COLUMNS = 8;
    private static final int MARGIN = 2;
    private static final int SMALLEST = 64;

    private SamplePictures() {}

    /** Image {@code i}, pixel for pixel, bytes made as in the reference. */
    public static BufferedImage image(Samples samples, int i) {
        return ImageGrid.image(samples.pixels(i), 0, samples.channels(), samples.size());
    }

    /** All images: one row a class where there are several, else rows of eight. */
    public static BufferedImage grid(Samples samples) {
        int rows = samples.classes().length;
        if (rows < 2) {
            int columns = Math.min(COLUMNS, samples.count());
            return grid(samples, samples.pixels(), samples.count(), columns);
        }
        int columns =
                IntStream.of(samples.classes())
                        .map(label -> count(samples.labels(), label))
                        .max()
                        .orElseThrow();
        return grid(samples, samples.byClass(columns), rows * columns, columns);
    }

    /**
     * As {@link #grid(Samples)}, of images that another network made.
     *
     * @param pixels [count, C, S, S], in [−1, 1]
     * @param labels class of each image, [count]; empty without classes
     */
    public static BufferedImage grid(ModelConfig.Images images, float[] pixels, int[] labels) {
        int count = pixels.length / (images.channels() * images.size() * images.size());
        return grid(new Samples(images, pixels, labels, new double[count], new int[count], 0));
    }

    private static int count(int[] labels, int label) {
        return (int) IntStream.of(labels).filter(other -> other == label).count();
    }

    private static BufferedImage grid(Samples samples, float[] images, int number, int columns) {
        int size = samples.size();
        int zoom = Math.max(1, SMALLEST / size);
        return ImageGrid.grid(images, number, samples.channels(), size, columns, MARGIN, zoom);
    }
}
