package dev.getj.onnx.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.data.ImageData;
import dev.getj.io.GetjException;

import org.junit.jupiter.api.Test;

class NetworkImagesTest {
    private static final float[] LEVELS = {10, 200, 30, 40, 250, 60, 170, 80, 90};

    private static float[] images(float... levels) {
        float[] images = new float[levels.length];
        for (int e = 0; e < levels.length; e++) {
            images[e] = ImageData.ofLevel(levels[e]);
        }
        return images;
    }

    private static float[] prepared(NetworkImages network, float... images) {
        float[] target = new float[network.elements() + 1];
        network.prepare(images, 0, target, 1);
        assertEquals(0, target[0]);
        return java.util.Arrays.copyOfRange(target, 1, target.length);
    }

    private static NetworkImages levels(int from, int size, boolean whole) {
        return new NetworkImages(1, from, 1, size, 0, 255, whole);
    }

    @Test
    void everyLevelOfAPictureComesBack() {
        for (int level = 0; level < 256; level++) {
            assertEquals(level, prepared(levels(1, 1, true), ImageData.ofLevel(level))[0]);
        }
    }

    @Test
    void valuesGoToTheNearestLevelOfThePicture() {
        float[] between = {127.4f / 127.5f - 1, 127.6f / 127.5f - 1, -0.999f, -7, 1.2f};
        float[] expected = {127, 128, 0, 0, 255};
        for (int i = 0; i < between.length; i++) {
            assertEquals(expected[i], prepared(levels(1, 1, false), between[i])[0]);
        }
        assertThrows(GetjException.class, () -> prepared(levels(1, 1, false), Float.NaN));
    }

    /** Expected: torch.nn.functional.interpolate(mode="bilinear", align_corners=False). */
    @Test
    void bilinearAsPyTorchDoesIt() {
        float[] larger = {
            10, 86, 200, 98, 30, 22, 101.2f, 220, 113.2f, 42, 40, 124, 250, 136, 60, 118, 130, 148,
            106, 78, 170, 134, 80, 86, 90
        };
        assertArrayEquals(larger, prepared(levels(3, 5, false), images(LEVELS)), 1e-4f);
        float[] smaller = {66.25f, 81.25f, 133.75f, 92.5f};
        assertArrayEquals(smaller, prepared(levels(3, 2, false), images(LEVELS)), 1e-4f);
        float[] whole = {66, 81, 134, 92};
        assertArrayEquals(whole, prepared(levels(3, 2, true), images(LEVELS)));
    }

    @Test
    void greyGoesToAllChannelsAndRangesAreKept() {
        NetworkImages network = new NetworkImages(1, 2, 3, 2, -1, 1, false);
        float[] grey = images(0, 51, 102, 255);
        float[] plane = {-1, -0.6f, -0.2f, 1};
        float[] all = prepared(network, grey);
        for (int e = 0; e < 12; e++) {
            assertEquals(plane[e % 4], all[e], 1e-6f);
        }
        NetworkImages colour = new NetworkImages(3, 1, 3, 1, 0, 1, false);
        assertArrayEquals(
                new float[] {0.2f, 0.4f, 1}, prepared(colour, images(51, 102, 255)), 1e-6f);
    }
}
