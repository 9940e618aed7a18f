package dev.getj.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.getj.model.ModelConfig;
import dev.getj.sample.Samples;

import org.junit.jupiter.api.Test;

class SamplePicturesTest {
    @Test
    void imagesOfAClassStandInOneRowAndMissingOnesAreBlack() {
        Samples samples = samples(new float[] {0.1f, 0.2f, 0.3f, 0.4f}, 5, 2, 5, 5);
        assertArrayEquals(new float[] {0.2f, -1, -1, 0.1f, 0.3f, 0.4f}, samples.byClass(3));
        assertArrayEquals(new float[] {0.2f, 0.1f}, samples.byClass(1));
        // three columns of zoomed 1×1 images and margins, two rows
        assertEquals(3 * 66 + 2, SamplePictures.grid(samples).getWidth());
        assertEquals(2 * 66 + 2, SamplePictures.grid(samples).getHeight());
    }

    @Test
    void withoutClassesImagesStandInRowsOfEight() {
        Samples samples = samples(new float[9]);
        assertEquals(8 * 66 + 2, SamplePictures.grid(samples).getWidth());
        assertEquals(2 * 66 + 2, SamplePictures.grid(samples).getHeight());
    }

    private static Samples samples(float[] pixels, int... labels) {
        return new Samples(
                new ModelConfig.Images(1, 1, 0),
                pixels,
                labels,
                new double[pixels.length],
                new int[pixels.length],
                0);
    }
}
