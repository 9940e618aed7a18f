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

class BroydenTest {
    private final Backend backend = new ReferenceBackend();

    @Test
    void aMapThatExpandsIsSolvedToo() {
        // slope −3: plain iteration runs away from 1/4
        HostMap map = HostMap.of(backend, 1, 1, (b, z, next) -> next[0] = 1 - 3 * z[0]);
        Solver.Solve solve = Broyden.of(20, 1e-9).prepare(map);
        Statistics statistics = solve.run();
        assertEquals(0.25f, solve.best().get()[0], 1e-8f);
        assertTrue(statistics.evaluations() <= 4, "evaluations " + statistics.evaluations());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 100})
    void aSmallMemoryForgetsTheOldest(int memory) {
        TanhLayer layer =
                TanhLayer.of(3, new double[] {0, 0.5, 0, -0.4, 0, 0.3, 0.2, 0, 0.6}, new double[3]);
        HostMap map = HostMap.of(backend, 1, 3, layer);
        map.state().set(1, -1, 0.5f);
        Solver.Solve solve =
                new Broyden(60, 1e-9, StopMeasure.ABSOLUTE, memory, false).prepare(map);
        Statistics statistics = solve.run();
        assertTrue(statistics.absoluteLowest()[0] < 1e-9);
        for (float value : solve.best().get()) {
            assertEquals(0, value, 1e-8f);
        }
    }

    @Test
    void aLineSearchTamesOvershootingStepsOfEachSample() {
        // g = f − z = −atan(4 z): from 3, a full step crosses the root and comes back for long
        HostFunction f = (b, z, next) -> next[0] = z[0] - Math.atan(4 * z[0]) * (b == 0 ? 1 : 12);
        HostMap map = HostMap.of(backend, 2, 1, f);
        map.state().set(0.1f, 3);
        Solver.Solve searched = new Broyden(30, 1e-9, StopMeasure.ABSOLUTE, 30, true).prepare(map);
        Statistics statistics = searched.run();
        assertTrue(statistics.absoluteLowest()[0] < 1e-9);
        assertTrue(statistics.absoluteLowest()[1] < 1e-9);
        // the second sample had to shorten its first step: from 3, by 12 atan(12) = 17.8, to −14.8
        assertEquals(12 * Math.atan(12), statistics.absolute()[1][0], 1e-6);
        assertEquals(
                12 * Math.atan(4 * (12 * Math.atan(12) - 3)), statistics.absolute()[1][1], 1e-5);
        assertTrue(statistics.evaluations(0) < statistics.evaluations(), "the first one waited");
        assertEquals(statistics.evaluations(), statistics.evaluations(1));
    }

    @Test
    void armijoAcceptsDescentAndFallsBackToTheLowest() {
        ArmijoSearch good = new ArmijoSearch(2);
        assertEquals(1, good.step());
        assertTrue(good.accept(1.9));

        ArmijoSearch hopeless = new ArmijoSearch(1);
        double[] tried = new double[20];
        int count = 0;
        do {
            tried[count++] = hopeless.step();
        } while (!hopeless.accept(hopeless.step() == tried[1] ? 1.5 : 3));
        assertEquals(tried[1], hopeless.step());
        for (int i = 1; i < count - 1; i++) {
            assertTrue(tried[i] <= 0.5 * tried[i - 1] && tried[i] >= 0.1 * tried[i - 1]);
        }

        ArmijoSearch overflow = new ArmijoSearch(1);
        assertTrue(!overflow.accept(Double.NaN));
        assertEquals(0.5, overflow.step());
        assertTrue(!overflow.accept(Double.POSITIVE_INFINITY));
        assertTrue(overflow.accept(0.5));
    }

    @Test
    void itStopsWhereRoundingHoldsItUp() {
        // the residual is 1.5 tolerances wherever one looks, in numbers that do not round
        HostMap map = HostMap.of(backend, 1, 1, (b, z, next) -> next[0] = z[0] + 1.5 / 1024);
        Statistics statistics = Broyden.of(500, 1.0 / 1024).prepare(map).run();
        assertEquals(30, statistics.evaluations());
        statistics = Broyden.of(500, 1.0 / 4096).prepare(map).run();
        assertEquals(501, statistics.evaluations(), "six tolerances away, it goes on");
    }

    @Test
    void theStartIsReturnedOnlyIfNothingElseIsFinite() {
        HostMap worse = HostMap.of(backend, 1, 1, (b, z, next) -> next[0] = 2 * z[0] + z[0] * z[0]);
        worse.state().set(1); // residual 2; one step leads to 3 with 12
        Solver.Solve solve = Broyden.of(1, 0).prepare(worse);
        Statistics statistics = solve.run();
        assertArrayEquals(new float[] {3}, solve.best().get());
        assertArrayEquals(new int[] {2}, statistics.bestStep());
        assertArrayEquals(new double[] {12}, statistics.absoluteLowest());

        HostMap broken =
                HostMap.of(backend, 1, 1, (b, z, next) -> next[0] = z[0] == 1 ? 3 : Double.NaN);
        broken.state().set(1);
        solve = Broyden.of(5, 0).prepare(broken);
        statistics = solve.run();
        assertArrayEquals(new float[] {1}, solve.best().get());
        assertArrayEquals(new int[] {1}, statistics.bestStep());
        assertArrayEquals(new double[] {2}, statistics.absoluteLowest());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 6, 'at least 1 iteration is needed, not 0'",
        "1, NaN, 6, 'the tolerance must be at least 0, not NaN'",
        "1, 0, 0, 'the memory must hold 1 state or more, not 0'",
        "1, 0, 10001, 'the memory must hold at most 10000 states, not 10001'",
        "1, 0, 2147483647, 'the memory must hold at most 10000 states, not 2147483647'",
    })
    void impossibleSettingsAreRefused(
            int iterations, double tolerance, int memory, String message) {
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new Broyden(
                                        iterations,
                                        tolerance,
                                        StopMeasure.ABSOLUTE,
                                        memory,
                                        false));
        assertEquals(message, error.getMessage());
    }
}
