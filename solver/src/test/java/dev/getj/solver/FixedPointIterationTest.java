package dev.getj.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.function.UnaryOperator;

@ParameterizedClass
@ValueSource(strings = {"jvm", "reference"})
class FixedPointIterationTest {
    private static final float NAN = Float.NaN;

    @Parameter String device;

    private Backend opened;

    private Backend backend() {
        if (opened == null) {
            opened = device.equals("jvm") ? Backends.jvm(2) : new ReferenceBackend();
        }
        return opened;
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
            opened = null;
        }
    }

    /** A "map" that yields given values, [evaluation][sample], whatever it is asked. */
    private final class Script implements FixedPointMap {
        private final float[][] values;
        private final Tensor state;
        private final Tensor next;
        private int evaluation;

        Script(float[]... values) {
            this.values = values;
            state = backend().allocate(values[0].length, 1);
            next = backend().allocate(values[0].length, 1);
        }

        @Override
        public Backend backend() {
            return FixedPointIterationTest.this.backend();
        }

        @Override
        public Tensor state() {
            return state;
        }

        @Override
        public Tensor next() {
            return next;
        }

        @Override
        public void apply() {
            next.set(values[evaluation++]);
        }
    }

    @Test
    void everySampleKeepsItsOwnBestIterate() {
        // residuals 10 1 6 0.5 96 and 1 2 3 4 5
        Script map = new Script(new float[][] {{10, 1}, {11, 3}, {5, 6}, {4.5f, 10}, {100, 15}});
        Solver.Solve solve = FixedPointIteration.of(5).prepare(map);
        Statistics statistics = solve.run();
        assertArrayEquals(new float[] {4.5f, 1}, solve.best().get());
        assertArrayEquals(new int[] {4, 1}, statistics.bestStep());
        assertArrayEquals(new double[] {0.5, 1}, statistics.absoluteLowest());
        assertArrayEquals(new double[] {10, 1, 6, 0.5, 95.5}, statistics.absolute()[0]);
        assertArrayEquals(new double[] {1, 2, 3, 4, 5}, statistics.absolute()[1]);
        assertArrayEquals(
                new double[] {1, 2 / 3.0, 0.5, 0.4, 5 / 15.0}, statistics.relative()[1], 1e-7);
        assertEquals(0.75, statistics.meanAbsolute());
        assertEquals(5, statistics.evaluations());
    }

    @Test
    void theRelativeMeasureChoosesTheBestIterateToo() {
        // absolute residuals 1 2 4, relative ones 1 2/3 4/7
        Script map = new Script(new float[][] {{1}, {3}, {7}});
        Solver.Solve solve = new FixedPointIteration(3, 0, StopMeasure.RELATIVE, 1).prepare(map);
        Statistics statistics = solve.run();
        assertArrayEquals(new float[] {7}, solve.best().get());
        assertArrayEquals(new int[] {3}, statistics.bestStep());
        assertEquals(1, statistics.absoluteLowest()[0]);
    }

    @Test
    void aNanNeitherWinsOverAFiniteIterateNorTouchesAnotherSample() {
        Script map =
                new Script(new float[][] {{1, 4, NAN}, {NAN, 6, NAN}, {NAN, 7, NAN}, {2, 7.5f, 9}});
        map.state().set(0, 0, 5);
        Solver.Solve solve = FixedPointIteration.of(4).prepare(map);
        Statistics statistics = solve.run();
        // the third sample's only finite value has no finite residual: its start is what is known
        // to be finite
        assertArrayEquals(new float[] {1, 7.5f, 5}, solve.best().get());
        assertArrayEquals(new int[] {1, 4, 0}, statistics.bestStep());
        assertArrayEquals(
                new double[] {1, 0.5, Double.POSITIVE_INFINITY}, statistics.absoluteLowest());
        assertArrayEquals(new double[] {1, NAN, NAN, NAN}, statistics.absolute()[0]);
    }

    @Test
    void aNanIsNotConverged() {
        Script map = new Script(new float[][] {{1, NAN}, {1, NAN}, {1, NAN}});
        Statistics statistics =
                new FixedPointIteration(3, 1e9, StopMeasure.ABSOLUTE, 1).prepare(map).run();
        assertEquals(3, statistics.evaluations());
    }

    @Test
    void aDivergingSampleLeavesTheOthersAsTheyWere() {
        UnaryOperator<float[]> contraction =
                row -> {
                    float[] y = new float[row.length];
                    for (int i = 0; i < y.length; i++) {
                        y[i] = (float) Math.tanh(0.4 * row[(i + 1) % row.length] + 0.1 * i);
                    }
                    return y;
                };
        UnaryOperator<float[]> divergingFrom100 =
                row -> {
                    float[] y = contraction.apply(row);
                    if (Math.abs(row[0]) >= 100 || Float.isNaN(row[0])) {
                        Arrays.fill(y, row[0] * row[0]);
                    }
                    return y;
                };
        float[] calm = new float[3 * 5];
        for (int i = 0; i < calm.length; i++) {
            calm[i] = (float) Math.sin(i);
        }
        float[] stormy = calm.clone();
        Arrays.fill(stormy, 5, 10, 100);

        Solver.Solve alone = solveFrom(calm, contraction);
        Solver.Solve beside = solveFrom(stormy, divergingFrom100);
        Statistics expected = alone.run();
        Statistics actual = beside.run();
        for (int b = 0; b < 3; b += 2) {
            assertArrayEquals(row(alone.best(), b), row(beside.best(), b));
            assertArrayEquals(expected.absolute()[b], actual.absolute()[b]);
            assertArrayEquals(expected.relative()[b], actual.relative()[b]);
            assertEquals(expected.bestStep()[b], actual.bestStep()[b]);
        }
        for (float value : row(beside.best(), 1)) {
            assertEquals(1e4f, value); // the step from 100 to 100² was its smallest
        }
    }

    private Solver.Solve solveFrom(float[] start, UnaryOperator<float[]> function) {
        HostMap map = map(3, 5, function);
        map.state().set(start);
        return FixedPointIteration.of(12).prepare(map);
    }

    // in float, as a device would
    private HostMap map(int samples, int elements, UnaryOperator<float[]> function) {
        return HostMap.of(
                backend(),
                samples,
                elements,
                (b, z, next) -> {
                    float[] row = new float[elements];
                    for (int i = 0; i < elements; i++) {
                        row[i] = (float) z[i];
                    }
                    float[] y = function.apply(row);
                    for (int i = 0; i < elements; i++) {
                        next[i] = y[i];
                    }
                });
    }

    private static float[] row(Tensor tensor, int b) {
        int length = tensor.dim(1);
        return Arrays.copyOfRange(tensor.get(), b * length, (b + 1) * length);
    }

    // Halving the distance to c from 0: residuals c/2ᵏ, k = 1, 2, …, over norms c (1 − 2⁻ᵏ).
    @ParameterizedTest
    @CsvSource({"ABSOLUTE, 1, 10", "RELATIVE, 0.01, 7", "ABSOLUTE, 1e-9, 12"})
    void itStopsWhenTheLargestResidualOfTheBatchIsBelowTheTolerance(
            StopMeasure measure, double tolerance, int evaluations) {
        HostMap map =
                map(
                        2,
                        1,
                        row -> {
                            float goal = row[0] < 0 ? -1 : 1000;
                            return new float[] {goal + (row[0] - goal) / 2};
                        });
        map.state().set(0, -1.001f); // the second sample is all but there from the beginning
        Statistics statistics =
                new FixedPointIteration(12, tolerance, measure, 1).prepare(map).run();
        assertEquals(evaluations, statistics.evaluations());
        assertEquals(evaluations, statistics.absolute()[0].length);
    }

    @Test
    void toleranceZeroNeverStops() {
        HostMap map = map(2, 3, row -> new float[] {1, 2, 3});
        Solver.Solve solve = FixedPointIteration.of(9).prepare(map);
        Statistics statistics = solve.run();
        assertEquals(9, statistics.evaluations());
        assertArrayEquals(
                new int[] {2, 2},
                statistics.bestStep()); // a later 0 is no improvement on the first 0
        assertArrayEquals(new float[] {1, 2, 3, 1, 2, 3}, solve.best().get());
    }

    @Test
    void dampingMovesPartOfTheWayAndMeasuresTheWholeOfIt() {
        HostMap map = map(1, 1, row -> new float[] {0});
        map.state().set(1);
        Solver.Solve solve = new FixedPointIteration(2, 0, StopMeasure.ABSOLUTE, 0.25).prepare(map);
        Statistics statistics = solve.run();
        assertArrayEquals(new double[] {1, 0.75}, statistics.absolute()[0]);
        assertArrayEquals(new float[] {0.5625f}, solve.best().get());
    }

    @Test
    void aSolveCanBeRunAgainAndTellsItsOwnStatisticsOnly() {
        HostMap map = map(1, 1, row -> new float[] {row[0] / 2});
        Solver.Solve solve = FixedPointIteration.of(3).prepare(map);
        map.state().set(16);
        Statistics first = solve.run();
        map.state().set(1600);
        Statistics second = solve.run();
        assertArrayEquals(new double[] {8, 4, 2}, first.absolute()[0]);
        assertArrayEquals(new double[] {800, 400, 200}, second.absolute()[0]);
        assertArrayEquals(new float[] {200}, solve.best().get());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 1, 'at least 1 iteration is needed, not 0'",
        "-3, 0, 1, 'at least 1 iteration is needed, not -3'",
        "1, -1, 1, 'the tolerance must be at least 0, not -1.0'",
        "1, NaN, 1, 'the tolerance must be at least 0, not NaN'",
        "1, 0, 0, 'the damping must lie in (0, 1], not 0.0'",
        "1, 0, 1.5, 'the damping must lie in (0, 1], not 1.5'",
        "1, 0, NaN, 'the damping must lie in (0, 1], not NaN'",
    })
    void impossibleSettingsAreRefused(
            int iterations, double tolerance, double damping, String message) {
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new FixedPointIteration(
                                        iterations, tolerance, StopMeasure.ABSOLUTE, damping));
        assertEquals(message, error.getMessage());
    }
}
