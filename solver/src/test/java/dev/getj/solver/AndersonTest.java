package dev.getj.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.reference.ReferenceBackend;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AndersonTest {
    private final Backend backend = new ReferenceBackend();

    private static Anderson anderson(int iterations, int memory, double ridge) {
        return new Anderson(
                iterations, 1e-10, StopMeasure.ABSOLUTE, memory, Ridge.absolute(ridge), 1);
    }

    @Test
    void anAffineMapIsSolvedOnceTheMemorySpansIt() {
        // z ← A z + c with a rotation of modulus 0.99: GMRES in disguise, done after n + 2
        double[] c = {1, 2};
        HostMap map =
                HostMap.of(
                        backend,
                        1,
                        2,
                        (b, z, next) -> {
                            next[0] = 0.99 * (0.6 * z[0] - 0.8 * z[1]) + c[0];
                            next[1] = 0.99 * (0.8 * z[0] + 0.6 * z[1]) + c[1];
                        });
        Statistics statistics = anderson(100, 6, 0).prepare(map).run();
        assertTrue(statistics.evaluations() <= 5, "evaluations " + statistics.evaluations());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-300, 1e-4})
    void aSingularSystemRaisesItsRidge(double ridge) {
        // all residuals are the same, and with them all entries of the Gram matrix
        HostMap shift = HostMap.of(backend, 1, 1, (b, z, next) -> next[0] = z[0] + 1);
        Statistics statistics = anderson(9, 4, ridge).prepare(shift).run();
        assertEquals(9, statistics.evaluations());
        for (double residual : statistics.absolute()[0]) {
            assertEquals(1, residual, 1e-9);
        }
        // no residual at all
        HostMap constant = HostMap.of(backend, 1, 1, (b, z, next) -> next[0] = 7);
        Solver.Solve solve =
                new Anderson(9, 0, StopMeasure.ABSOLUTE, 4, Ridge.absolute(ridge), 1)
                        .prepare(constant);
        solve.run();
        assertArrayEquals(new float[] {7}, solve.best().get());
    }

    @Test
    void aResidualThatIsNotFiniteIsLeftOut() {
        AndersonSystem system = new AndersonSystem(3, Ridge.absolute(0));
        system.set(0, new double[] {4}, 0, 1);
        system.set(1, new double[] {Double.NaN, Double.NaN}, 0, 2);
        system.set(2, new double[] {0, Double.NaN, 1}, 0, 3);
        double[] weights = new double[3];
        system.solve(3, 2, weights, 0);
        // 4 a² + b² with a + b = 1
        assertArrayEquals(new double[] {0.2, 0, 0.8}, weights, 1e-12);
        system.set(0, new double[] {Double.POSITIVE_INFINITY, Double.NaN, Double.NaN}, 0, 3);
        system.set(2, new double[] {Double.NaN, Double.NaN, Double.NaN}, 0, 3);
        system.solve(3, 2, weights, 0);
        assertArrayEquals(new double[] {0, 0, 1}, weights);
    }

    @Test
    void startingAtTheSolutionTakesOneEvaluation() {
        HostMap map = HostMap.of(backend, 2, 1, (b, z, next) -> next[0] = 3 + (z[0] - 3) / 2);
        map.state().set(3, 3);
        Solver.Solve solve = anderson(10, 4, 0).prepare(map);
        assertEquals(1, solve.run().evaluations());
        assertArrayEquals(new float[] {3, 3}, solve.best().get());
    }

    @Test
    void aSolveThatEndsWithinItsStartUpReturnsTheBestOfThat() {
        HostMap map = HostMap.of(backend, 1, 1, (b, z, next) -> next[0] = z[0] / 2);
        map.state().set(8);
        Solver.Solve solve = anderson(2, 4, 0).prepare(map);
        Statistics statistics = solve.run();
        assertArrayEquals(new float[] {2}, solve.best().get());
        assertArrayEquals(new int[] {2}, statistics.bestStep());
        assertArrayEquals(new double[] {2}, statistics.absoluteLowest());
    }

    @Test
    void aSystemOfManySlotsGrowsAsTheyAreFilled() {
        int states = 21;
        AndersonSystem system = new AndersonSystem(Limits.LARGEST_MEMORY, Ridge.absolute(0));
        double[] dots = new double[states];
        double sum = 0;
        for (int k = 0; k < states; k++) {
            dots[k] = k + 1; // orthogonal residuals, ‖g_k‖² = k + 1
            system.set(k, dots, 0, k + 1);
            dots[k] = 0;
            sum += 1.0 / (k + 1);
        }
        double[] weights = new double[states];
        system.solve(states, states - 1, weights, 0);
        for (int k = 0; k < states; k++) {
            assertEquals(1 / (sum * (k + 1)), weights[k], 1e-12);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 6, 0, 1, 'at least 1 iteration is needed, not 0'",
        "1, -1, 6, 0, 1, 'the tolerance must be at least 0, not -1.0'",
        "1, 0, 0, 0, 1, 'the memory must hold 1 state or more, not 0'",
        "1, 0, 10001, 0, 1, 'the memory must hold at most 10000 states, not 10001'",
        "1, 0, 6, -1e-4, 1, 'the ridge must be at least 0, not -1.0E-4'",
        "1, 0, 6, NaN, 1, 'the ridge must be at least 0, not NaN'",
        "1, 0, 6, 0, 0, 'the damping must lie in (0, 1], not 0.0'",
    })
    void impossibleSettingsAreRefused(
            int iterations,
            double tolerance,
            int memory,
            double ridge,
            double damping,
            String message) {
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new Anderson(
                                        iterations,
                                        tolerance,
                                        StopMeasure.ABSOLUTE,
                                        memory,
                                        Ridge.relative(ridge),
                                        damping));
        assertEquals(message, error.getMessage());
    }
}
