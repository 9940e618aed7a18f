package dev.getj.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class InceptionScoreTest {
    private static double score(int splits, double[]... probabilities) {
        InceptionScore score =
                new InceptionScore(probabilities[0].length, probabilities.length, splits);
        for (double[] image : probabilities) {
            score.add(image);
        }
        return score.value();
    }

    @Test
    void closedForms() {
        double[][] sure = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
        assertEquals(3, score(1, sure), 1e-12);
        assertEquals(1, score(1, new double[][] {{0.2, 0.8}, {0.2, 0.8}}), 1e-12);
        double divergence = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
        double[][] half = {{0.75, 0.25}, {0.25, 0.75}};
        assertEquals(Math.exp(divergence), score(1, half), 1e-12);
    }

    /** Seven images in three parts: 0 1 2, 3 4, 5 6, of 3, 1 and 2 classes. */
    @Test
    void partsAreScoredEachForItself() {
        double[][] images = {
            {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}
        };
        assertEquals((3 + 1 + 2) / 3.0, score(3, images), 1e-12);
        assertEquals(1, score(7, images), 1e-12);
        assertThrows(IllegalArgumentException.class, () -> new InceptionScore(3, 7, 8));
        assertThrows(IllegalArgumentException.class, () -> new InceptionScore(3, 7, 0));
        assertThrows(IllegalStateException.class, new InceptionScore(3, 7, 1)::value);
    }

    @Test
    void softmaxOfLargeLogits() {
        double sum = 1 + Math.exp(-1);
        double[] logits = {1001, 1000, -9000};
        assertArrayEquals(
                new double[] {1 / sum, Math.exp(-1) / sum, 0},
                Softmax.of(3, c -> logits[c]),
                1e-15);
    }
}
