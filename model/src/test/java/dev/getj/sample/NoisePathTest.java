package dev.getj.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.model.TinyNetworks;

import org.junit.jupiter.api.Test;

class NoisePathTest {
    @Test
    void itTurnsAtOneSpeed() {
        float[] path = NoisePath.between(new float[] {1, 0}, new float[] {0, 1}, 4);
        float half = 0.5f;
        float root = (float) Math.sqrt(0.75);
        assertArrayEquals(new float[] {1, 0, root, half, half, root, 0, 1}, path, 1e-7f);
    }

    @Test
    void itBeginsAndEndsAtItsEndsAndKeepsTheLengthBetween() {
        float[] from = TinyNetworks.normal(300, 1);
        float[] to = TinyNetworks.normal(300, 2);
        assertArrayEquals(from, NoisePath.at(from, to, 0));
        assertArrayEquals(to, NoisePath.at(from, to, 1));
        double straight = Math.sqrt(0.5) * length(from);
        double middle = length(NoisePath.at(from, to, 0.5));
        assertEquals((length(from) + length(to)) / 2, middle, 0.1 * straight);
    }

    @Test
    void noiseAndTheSameNoiseAndItsReverseHaveAWay() {
        float[] noise = TinyNetworks.normal(30, 1);
        assertArrayEquals(noise, NoisePath.at(noise, noise, 0.3), 1e-6f);
        float[] reverse = noise.clone();
        for (int i = 0; i < reverse.length; i++) {
            reverse[i] = -reverse[i];
        }
        float[] quarter = NoisePath.at(noise, reverse, 0.25);
        for (int i = 0; i < noise.length; i++) {
            assertEquals(0.5f * noise[i], quarter[i], 1e-6f);
        }
    }

    @Test
    void whatHasNothingBetweenIsRefused() {
        float[] noise = {1, 2};
        refused("noise of 2 values and noise of 3 have nothing between them", new float[3], 0.5);
        refused("t must lie in 0…1, not NaN", noise, Double.NaN);
        refused("t must lie in 0…1, not 1.5", noise, 1.5);
        refused("noise must be finite and not all zero", new float[2], 0.5);
        refused("noise must be finite and not all zero", new float[] {Float.NaN, 1}, 0.5);
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class, () -> NoisePath.between(noise, noise, 1));
        assertEquals("a path has at least its 2 ends, not 1", error.getMessage());
    }

    private static void refused(String message, float[] to, double t) {
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> NoisePath.at(new float[] {1, 2}, to, t));
        assertEquals(message, error.getMessage());
    }

    private static double length(float[] x) {
        double sum = 0;
        for (float value : x) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }
}
