package dev.getj.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.data.CounterRandom;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

class MomentsTest {
    private static final int ROWS = 57;
    private static final int DIMENSIONS = 3;

    @Test
    void agreesWithTheDefinitionEvenFarFromZero() {
        double[] features = features(1e8);
        Moments moments =
                new Moments(DIMENSIONS)
                        .add(features, 20)
                        .add(
                                Arrays.copyOfRange(features, 20 * DIMENSIONS, features.length),
                                ROWS - 20);
        double[] mean = new double[DIMENSIONS];
        double[] covariance = new double[DIMENSIONS * DIMENSIONS];
        double[] small = features(0);
        for (int e = 0; e < small.length; e++) {
            mean[e % DIMENSIONS] += small[e] / ROWS;
        }
        for (int row = 0; row < ROWS; row++) {
            for (int i = 0; i < DIMENSIONS; i++) {
                for (int j = 0; j < DIMENSIONS; j++) {
                    covariance[i * DIMENSIONS + j] +=
                            (small[row * DIMENSIONS + i] - mean[i])
                                    * (small[row * DIMENSIONS + j] - mean[j])
                                    / (ROWS - 1);
                }
            }
        }
        assertArrayEquals(Arrays.stream(mean).map(m -> m + 1e8).toArray(), moments.mean(), 1e-6);
        assertArrayEquals(covariance, moments.covariance(), 1e-6);
        assertArrayEquals(covariance, new Moments(DIMENSIONS).add(small, ROWS).covariance(), 1e-14);
        assertEquals(ROWS, moments.count());
    }

    private static double[] features(double shift) {
        double[] features = new double[ROWS * DIMENSIONS];
        Arrays.setAll(
                features,
                e -> shift + CounterRandom.uniform(1, e, 0) + CounterRandom.uniform(1, e / 2, 1));
        return features;
    }

    @Test
    void needsEnoughVectors() {
        Moments moments = new Moments(2);
        assertThrows(IllegalStateException.class, moments::mean);
        moments.add(new double[] {1, 2}, 1);
        assertArrayEquals(new double[] {1, 2}, moments.mean());
        assertThrows(IllegalStateException.class, moments::covariance);
        assertThrows(IllegalArgumentException.class, () -> new Moments(0));
    }
}
