package dev.getj.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.data.CounterRandom;
import dev.getj.data.FeatureStatistics;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.Arrays;

class FrechetDistanceTest {
    @Test
    void commutingCovariancesHaveAClosedForm() {
        double[] a = {4, 0, 0, 0, 9, 0, 0, 0, 0.25};
        double[] b = {1, 0, 0, 0, 16, 0, 0, 0, 0};
        double expected = 1 + 4 + 0.25 + (2 - 1) + (4 - 3) + 0.25;
        assertEquals(
                expected,
                FrechetDistance.between(new double[] {1, 2, 3}, a, new double[] {2, 4, 3.5}, b),
                1e-12);
    }

    /** For 2×2 matrices, tr √M = √(tr M + 2 √det M). */
    @Test
    void covariancesThatDoNotCommuteHaveAClosedFormInTwoDimensions() {
        double[] a = {2, 0.7, 0.7, 1};
        double[] b = {0.5, -0.3, -0.3, 3};
        double trace = 2 * 0.5 + 2 * 0.7 * -0.3 + 3;
        double determinant = (2 - 0.49) * (1.5 - 0.09);
        double expected = 3 + 3.5 - 2 * Math.sqrt(trace + 2 * Math.sqrt(determinant));
        double[] mean = {1, -1};
        assertEquals(expected, FrechetDistance.between(mean, a, mean, b), 1e-12);
        assertEquals(expected, FrechetDistance.between(mean, b, mean, a), 1e-12);
    }

    @Test
    void singularCovariancesAreNoTrouble() {
        double[] zero = new double[2];
        double[] alongX = {1, 0, 0, 0};
        double[] alongY = {0, 0, 0, 4};
        double[] diagonal = {1, 1, 1, 1};
        assertEquals(5, FrechetDistance.between(zero, alongX, zero, alongY), 1e-12);
        assertEquals(1 + 2 - 2, FrechetDistance.between(zero, alongX, zero, diagonal), 1e-7);
        assertEquals(1, FrechetDistance.between(zero, alongX, zero, new double[4]), 1e-12);
    }

    /** Fewer vectors than dimensions: more than half of the eigenvalues are 0. */
    @Test
    void theDistanceToItselfIsZero() {
        int dimensions = 60;
        double[] features = new double[25 * dimensions];
        Arrays.setAll(features, e -> CounterRandom.uniform(3, e, 0, -2, 2));
        Moments moments = new Moments(dimensions).add(features, 25);
        assertEquals(0, FrechetDistance.between(moments, moments), 1e-10);
        Moments shifted =
                new Moments(dimensions)
                        .add(Arrays.stream(features).map(f -> f + 0.5).toArray(), 25);
        assertEquals(0.25 * dimensions, FrechetDistance.between(moments, shifted), 1e-10);
        Moments doubled =
                new Moments(dimensions).add(Arrays.stream(features).map(f -> 2 * f).toArray(), 25);
        double trace = 0;
        double norm = 0;
        for (int i = 0; i < dimensions; i++) {
            trace += moments.covariance()[i * dimensions + i];
            norm += moments.mean()[i] * moments.mean()[i];
        }
        assertEquals(norm + trace, FrechetDistance.between(moments, doubled), 1e-10 * trace);
    }

    /** Expected values by numpy: eigenvalues of σ, and of √D σ √D. */
    @Test
    void statisticsOfAFileAgreeWithNumpy() {
        FeatureStatistics stored =
                FeatureStatistics.read(Path.of("../formats/src/test/resources/numpy/stats.npz"));
        int n = stored.features();
        double[] identity = new double[n * n];
        double[] rising = new double[n * n];
        for (int i = 0; i < n; i++) {
            identity[i * n + i] = 1;
            rising[i * n + i] = i + 1;
        }
        double[] mean = stored.mean();
        double[] covariance = stored.covariance();
        double[] zero = new double[n];
        assertEquals(
                0.1755809359387257,
                FrechetDistance.between(mean, covariance, zero, identity),
                1e-12);
        assertEquals(
                64.00862225119312, FrechetDistance.between(zero, rising, mean, covariance), 1e-11);
    }

    @Test
    void refusesWhatDoesNotFit() {
        double[] one = {1};
        assertThrows(
                IllegalArgumentException.class,
                () -> FrechetDistance.between(one, one, new double[2], one));
        assertThrows(
                IllegalArgumentException.class,
                () -> FrechetDistance.between(one, new double[] {Double.NaN}, one, one));
    }
}
