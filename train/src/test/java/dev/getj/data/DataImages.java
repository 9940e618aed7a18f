package dev.getj.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.io.GetjException;

import java.util.Arrays;

/** What tests of image data look at. */
final class DataImages {
    private DataImages() {}

    /** An image that was read into the middle of an array, whose ends stay as they were. */
    static float[] image(ImageData data, long index) {
        float[] image = new float[data.elements() + 2];
        data.read(index, image, 1);
        assertEquals(0, image[0]);
        assertEquals(0, image[image.length - 1]);
        return Arrays.copyOfRange(image, 1, image.length - 1);
    }

    /** What is said of data that cannot be opened. */
    static String refusal(String spec) {
        return assertThrows(GetjException.class, () -> ImageData.open(spec).close()).getMessage();
    }

    /** A level of a picture, from 0 to 255, as images have it. */
    static float level(int level) {
        return level / 127.5f - 1;
    }
}
