package dev.getj.kernels.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.Random;

/** The order of a sum is part of its definition, so that any vector width gives the same bits. */
class SumsTest {
    private static final int[] LENGTHS = {1, 3, 15, 16, 17, 31, 63, 64, 65, 100, 127, 256, 777};
    private final float[] partial = new float[Sums.WAYS];

    @Test
    void sumsInTheDocumentedOrder() {
        for (int length : LENGTHS) {
            float[] x = random(length + 5, length);
            float[] y = random(length + 7, -length);
            float[] sums = new float[64];
            float[] squares = new float[64];
            float[] distances = new float[64];
            for (int i = 0; i < length; i++) {
                float centred = x[5 + i] - 0.25f;
                float difference = x[5 + i] - y[7 + i];
                sums[i % 64] += x[5 + i];
                squares[i % 64] = Math.fma(centred, centred, squares[i % 64]);
                distances[i % 64] = Math.fma(difference, difference, distances[i % 64]);
            }
            String what = "of length " + length;
            assertEquals(tree(sums), Sums.sum(x, 5, length, partial), what);
            assertEquals(tree(squares), Sums.squares(x, 5, length, 0.25f, partial), what);
            float distance = Sums.squaredDistance(x, 5, y, 7, length, partial);
            assertEquals(tree(distances), distance, what);
        }
    }

    private static float tree(float[] sums) {
        for (int half = 32; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                sums[i] += sums[i + half];
            }
        }
        return sums[0];
    }

    private static float[] random(int length, long seed) {
        Random random = new Random(seed);
        float[] x = new float[length];
        for (int i = 0; i < length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }
}
