package dev.getj.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class NoiseTest {
    @Test
    void theArcKeepsTheLengthAndItsEnds() {
        float[] x = {3, 0, 0};
        float[] y = {0, 3, 0};
        assertArrayEquals(x, Noise.slerp(x, y, 0), 1e-6f);
        assertArrayEquals(y, Noise.slerp(x, y, 1), 1e-6f);
        float half = (float) (3 / Math.sqrt(2));
        assertArrayEquals(new float[] {half, half, 0}, Noise.slerp(x, y, 0.5), 1e-6f);
        double angle = Math.PI / 6;
        float[] third = Noise.slerp(x, y, 1.0 / 3);
        assertEquals(3 * Math.cos(angle), third[0], 1e-6);
        assertEquals(3 * Math.sin(angle), third[1], 1e-6);
    }

    @Test
    void theSameDirectionIsAStraightLine() {
        float[] x = {1, -2};
        assertArrayEquals(x, Noise.slerp(x, x, 0.3), 1e-6f);
        assertArrayEquals(new float[] {2, -4}, Noise.slerp(x, new float[] {3, -6}, 0.5), 1e-6f);
    }
}
