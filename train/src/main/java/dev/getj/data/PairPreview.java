package dev.getj.data;

import dev.getj.io.GetjException;
import dev.getj.picture.ImageGrid;

import java.awt.image.BufferedImage;

/** The first pairs of a set as one picture: a row of noise, below it the row of its images. */
public final class PairPreview {
    private static final int COLUMNS = 8;
    private static final int MAX_PAIRS = 32;
    private static final int MARGIN = 2;
    private static final int SMALL = 64;

    private PairPreview() {}

    /**
     * @throws GetjException if the images are neither grey nor in colour, or hold NaN
     */
    public static BufferedImage of(Pairs pairs) {
        if (pairs.channels() != 1 && pairs.channels() != 3) {
            throw new GetjException(
                    "images of %s channels cannot be shown; 1 or 3 can"
                            .formatted(pairs.channels()));
        }
        int columns = (int) Math.min(COLUMNS, pairs.count());
        int rows = (int) Math.min(MAX_PAIRS, pairs.count()) / columns;
        int elements = pairs.elements();
        float[] shown = new float[2 * rows * columns * elements];
        float[] noise = new float[elements];
        float[] image = new float[elements];
        for (int i = 0; i < rows * columns; i++) {
            pairs.read(i, 0, noise, image);
            int row = 2 * (i / columns);
            int above = (row * columns + i % columns) * elements;
            System.arraycopy(noise, 0, shown, above, elements);
            System.arraycopy(image, 0, shown, above + columns * elements, elements);
        }
        int zoom = Math.max(1, SMALL / pairs.size());
        return ImageGrid.grid(
                shown, 2 * rows * columns, pairs.channels(), pairs.size(), columns, MARGIN, zoom);
    }
}
