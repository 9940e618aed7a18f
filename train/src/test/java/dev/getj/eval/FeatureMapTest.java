package dev.getj.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.CounterRandom;
import dev.getj.data.Strokes;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

class FeatureMapTest {
    @Test
    void aFlatImageHasItsLevelAndNoStructure() {
        for (int size : new int[] {8, 11, 16, 32}) {
            float[] image = new float[3 * size * size];
            Arrays.fill(image, 0.5f);
            double[] features = new FeatureMap(3, size).features(image, 1);
            assertEquals(FeatureMap.DIMENSIONS, features.length);
            for (int i = 0; i < 128; i++) {
                assertEquals(i < 64 ? 0.5 : 0, features[i], 1e-12);
            }
        }
    }

    @Test
    void averagesAreOverBlocksAndClipped() {
        float[] image = new float[256];
        Arrays.fill(image, 2, 4, 1f);
        image[18] = 7;
        image[254] = -1;
        double[] features = new FeatureMap(1, 16).features(image, 1);
        assertEquals(0.75, features[1]);
        assertEquals(-0.25, features[63]);
        assertEquals(0.5, Arrays.stream(features, 0, 64).sum());
    }

    /**
     * An impulse shows each filter's positive weights: all 25 for a quarter that sees it through
     * every tap.
     */
    @Test
    void filtersAreBalancedAndNormal() {
        float[] image = new float[32 * 32];
        image[7 * 32 + 7] = 1;
        float[] negative = image.clone();
        negative[7 * 32 + 7] = -1;
        double[] up = new FeatureMap(1, 32).features(image, 1);
        double[] down = new FeatureMap(1, 32).features(negative, 1);
        for (int filter = 0; filter < 16; filter++) {
            double positive = up[64 + 4 * filter] * 14 * 14;
            assertEquals(positive, down[64 + 4 * filter] * 14 * 14, 1e-12, "weights add up to 0");
            assertTrue(
                    positive > 1 && positive < 2.5,
                    "half the absolute sum of 25 weights of norm 1: " + positive);
            assertEquals(
                    0, up[64 + 4 * filter + 1] + up[64 + 4 * filter + 2] + up[64 + 4 * filter + 3]);
        }
    }

    @Test
    void anImagesFeaturesDoNotDependOnItsBatch() {
        FeatureMap map = new FeatureMap(1, 16);
        double[] together = map.features(Strokes.images(1, 0, 3), 3);
        assertArrayEquals(
                Arrays.copyOfRange(together, 128, 256), map.features(Strokes.images(1, 1, 1), 1));
    }

    @Test
    void tellsDigitsFromNoiseAndFromOtherDigits() {
        int count = 1000;
        FeatureMap map = new FeatureMap(1, 16);
        Moments digits = map.moments(Strokes.images(1, 0, count), count);
        double same =
                FrechetDistance.between(digits, map.moments(Strokes.images(2, 0, count), count));
        float[] ones = new float[count * Strokes.ELEMENTS];
        float[] noise = new float[count * Strokes.ELEMENTS];
        for (int i = 0; i < count; i++) {
            Strokes.draw(2, 10L * i + 1, ones, i * Strokes.ELEMENTS);
        }
        for (int e = 0; e < noise.length; e++) {
            noise[e] = (float) CounterRandom.uniform(1, e, 0, -1.7, 1.7);
        }
        double one = FrechetDistance.between(digits, map.moments(ones, count));
        double far = FrechetDistance.between(digits, map.moments(noise, count));
        assertTrue(same < 0.02 * one && one < far, same + ", " + one + ", " + far);
    }

    @Test
    void refusesTinyImages() {
        assertThrows(IllegalArgumentException.class, () -> new FeatureMap(1, 7));
    }
}
