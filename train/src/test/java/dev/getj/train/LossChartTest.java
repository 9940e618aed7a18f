package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

class LossChartTest {
    private static final int MEAN = 0xFF1D4ED8;

    @Test
    void aFallingLossFallsInThePicture() {
        double[] steps = steps(500);
        double[] losses = Arrays.stream(steps).map(s -> 0.2 + 0.6 * Math.exp(-s / 100)).toArray();
        BufferedImage chart = LossChart.draw(steps, losses);
        int[] columns = meanColumns(chart);
        assertTrue(columns.length > chart.getWidth() / 2, "the line is " + columns.length);
        int previous = 0;
        for (int i = 0; i < columns.length; i += columns.length / 8) {
            int height = height(chart, columns[i]);
            assertTrue(height >= previous, "column " + columns[i]);
            previous = height;
        }
    }

    @Test
    void severalDecadesUseALogarithmicAxis() {
        double[] steps = steps(401);
        double[] losses = Arrays.stream(steps).map(s -> Math.pow(10, -s / 100)).toArray();
        BufferedImage chart = LossChart.draw(steps, losses);
        int[] columns = meanColumns(chart);
        int from = height(chart, columns[columns.length / 10]);
        int middle = height(chart, columns[columns.length / 2]);
        int to = height(chart, columns[columns.length * 9 / 10]);
        assertEquals((from + to) / 2.0, middle, 0.02 * chart.getHeight());
    }

    @Test
    void aSingleStepAndALossOfZeroCanBeDrawn() {
        assertEquals(1600, LossChart.draw(new double[] {1}, new double[] {0.5}).getWidth());
        LossChart.draw(new double[] {1, 2, 3}, new double[] {0, 0, 0});
        LossChart.draw(steps(300), Arrays.stream(steps(300)).map(s -> 299 - s).toArray());
    }

    @Test
    void whatIsNotFiniteIsLeftOut() {
        var curve = LossChart.Curve.of(steps(4), new double[] {1, Double.NaN, 2, 1.0 / 0});
        assertArrayEquals(new double[] {0, 2}, curve.steps());
        assertArrayEquals(new double[] {1, 2}, curve.losses());
        double[] nothing = {Double.NaN};
        assertThrows(IllegalArgumentException.class, () -> LossChart.draw(steps(1), nothing));
        assertThrows(IllegalArgumentException.class, () -> LossChart.draw(steps(2), nothing));
    }

    @Test
    void longRunsAreThinnedToMeansOfNeighbours() {
        double[] steps = steps(5);
        var thinned = new LossChart.Curve(steps, new double[] {2, 4, 6, 8, 9}).thinned(3);
        assertArrayEquals(new double[] {0.5, 2.5, 4}, thinned.steps());
        assertArrayEquals(new double[] {3, 7, 9}, thinned.losses());
        var whole = new LossChart.Curve(steps, steps).thinned(5);
        assertArrayEquals(steps, whole.losses());
    }

    @Test
    void theRunningMeanKeepsAStraightLineAndEvensOutNoise() {
        double[] line = steps(50);
        assertArrayEquals(line, new LossChart.Curve(line, line).smoothed(7).losses(), 1e-9);
        double[] noise = Arrays.stream(line).map(s -> s % 2).toArray();
        double[] even = new LossChart.Curve(line, noise).smoothed(7).losses();
        for (double value : even) {
            assertEquals(0.5, value, 0.2);
        }
    }

    private static double[] steps(int count) {
        return IntStream.range(0, count).asDoubleStream().toArray();
    }

    /** Columns that the running mean crosses, below the legend. */
    private static int[] meanColumns(BufferedImage chart) {
        return IntStream.range(0, chart.getWidth() * 3 / 4)
                .filter(x -> height(chart, x) >= 0)
                .toArray();
    }

    /** The topmost pixel of the running mean in a column, counted from the top; −1 if none. */
    private static int height(BufferedImage chart, int x) {
        return IntStream.range(0, chart.getHeight())
                .filter(y -> chart.getRGB(x, y) == MEAN)
                .findFirst()
                .orElse(-1);
    }

    @Test
    void errorsOfPairsHaveLinesOfTheirOwn() {
        List<Metrics.Line> lines = new ArrayList<>();
        for (int step = 1; step <= 100; step++) {
            Optional<Metrics.Measured> measured =
                    step % 20 == 0
                            ? Optional.of(
                                    new Metrics.Measured(
                                            2.0 / step, 1.0 / step, 10, OptionalDouble.empty()))
                            : Optional.empty();
            lines.add(
                    new Metrics.Line(
                            step, 5.0 / step, 5, 1e-3, step, OptionalDouble.of(1), measured));
        }
        BufferedImage with = LossChart.draw(lines);
        double[] losses = lines.stream().mapToDouble(Metrics.Line::loss).toArray();
        BufferedImage without = LossChart.draw(steps(100), losses);
        for (int color : new int[] {0xDC2626, 0x059669}) {
            assertTrue(pixels(with, color) > 500, () -> Integer.toHexString(color));
            assertEquals(0, pixels(without, color));
        }
    }

    private static long pixels(BufferedImage image, int color) {
        return IntStream.range(0, image.getWidth() * image.getHeight())
                .map(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()) & 0xFFFFFF)
                .filter(each -> each == color)
                .count();
    }
}
