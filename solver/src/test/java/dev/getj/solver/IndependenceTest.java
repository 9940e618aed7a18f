package dev.getj.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What becomes of a sample does not depend on the others, to the bit. */
class IndependenceTest {
    private static final int SAMPLES = 5;
    private static final int WIDTH = 40;
    private static final int WILD = 2;

    private Backend backend;
    private final Random random = new Random(3);
    private final TanhLayer layer =
            TanhLayer.of(WIDTH, gaussian(WIDTH * WIDTH, 0.1), gaussian(SAMPLES * WIDTH, 1));
    private final double[] start = gaussian(SAMPLES * WIDTH, 1);

    private double[] gaussian(int size, double scale) {
        return random.doubles(size).map(i -> scale * random.nextGaussian()).toArray();
    }

    @BeforeEach
    void open() {
        backend = Backends.jvm(2);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    static List<Solver> solvers() {
        List<Solver> solvers = new ArrayList<>();
        for (double tolerance : new double[] {0, 1e-3}) {
            solvers.add(new FixedPointIteration(25, tolerance, StopMeasure.ABSOLUTE, 1));
            solvers.add(new FixedPointIteration(25, tolerance, StopMeasure.RELATIVE, 0.7));
            solvers.add(Anderson.of(25, tolerance));
            solvers.add(
                    new Anderson(
                            25, tolerance, StopMeasure.ABSOLUTE, 3, Ridge.relative(1e-3), 0.6));
            solvers.add(Broyden.of(25, tolerance));
            solvers.add(new Broyden(25, tolerance, StopMeasure.RELATIVE, 4, false));
            solvers.add(new Broyden(25, tolerance, StopMeasure.ABSOLUTE, 25, true));
        }
        return solvers;
    }

    /** The ways in which the wild sample goes wrong, from some evaluation on. */
    private enum Wildness {
        NAN,
        INFINITE,
        GROWING
    }

    // f counts the evaluations of the wild sample itself, so that it can be sound at first
    private HostFunction wild(Wildness wildness) {
        int[] evaluations = new int[1];
        return (b, z, next) -> {
            layer.value(b, z, next);
            if (b == WILD && evaluations[0]++ >= 3) {
                for (int i = 0; i < WIDTH; i++) {
                    next[i] =
                            switch (wildness) {
                                case NAN -> Double.NaN;
                                case INFINITE -> Double.POSITIVE_INFINITY;
                                case GROWING -> 1e4 * (1 + z[i]);
                            };
                }
            }
        };
    }

    private record Solved(float[] best, Statistics statistics) {
        float[] row(int b) {
            return Arrays.copyOfRange(best, b * WIDTH, (b + 1) * WIDTH);
        }
    }

    private Solved solve(Solver solver, Stopping stopping, HostFunction function) {
        HostMap map = HostMap.of(backend, SAMPLES, WIDTH, function);
        Doubles.set(map.state(), start);
        Solver.Solve solve = solver.prepare(map, stopping);
        Statistics statistics = solve.run();
        return new Solved(solve.best().get(), statistics);
    }

    private static void assertSame(Solved expected, int at, Solved actual, int b) {
        assertArrayEquals(expected.row(at), actual.row(b));
        Statistics wanted = expected.statistics;
        Statistics got = actual.statistics;
        assertArrayEquals(wanted.absolute()[at], got.absolute()[b]);
        assertArrayEquals(wanted.relative()[at], got.relative()[b]);
        assertEquals(wanted.absoluteLowest()[at], got.absoluteLowest()[b]);
        assertEquals(wanted.relativeLowest()[at], got.relativeLowest()[b]);
        assertEquals(wanted.bestStep()[at], got.bestStep()[b]);
    }

    @ParameterizedTest
    @MethodSource("solvers")
    void aDivergingSampleLeavesTheOthersAsTheyWere(Solver solver) {
        // a batch that stops as a whole goes on for the diverging sample's sake, and the others are
        // solved further: there, without a tolerance only
        for (Stopping stopping : Stopping.values()) {
            if (stopping == Stopping.BATCH && solver.tolerance() > 0) {
                continue;
            }
            Solved calm = solve(solver, stopping, layer);
            for (Wildness wildness : Wildness.values()) {
                Solved wild = solve(solver, stopping, wild(wildness));
                for (int b = 0; b < SAMPLES; b++) {
                    if (b != WILD) {
                        assertSame(calm, b, wild, b);
                    }
                }
                // three sound evaluations were seen, and the start
                for (float value : wild.row(WILD)) {
                    assertTrue(Float.isFinite(value), solver + " " + wildness);
                }
                assertFalse(Arrays.equals(calm.row(WILD), wild.row(WILD)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("solvers")
    void aSampleIsSolvedInABatchAsAlone(Solver solver) {
        isSolvedAsAlone(solver, layer);
        // steeper, so that a line search has something to do
        double[] steep = Arrays.stream(layer.w()).map(w -> 3 * w).toArray();
        isSolvedAsAlone(solver, TanhLayer.of(WIDTH, steep, layer.x()));
    }

    private void isSolvedAsAlone(Solver solver, TanhLayer layer) {
        Solved batch = solve(solver, Stopping.EACH_SAMPLE, layer);
        int most = 0;
        for (int b = 0; b < SAMPLES; b++) {
            int sample = b;
            HostMap map =
                    HostMap.of(backend, 1, WIDTH, (zero, z, next) -> layer.value(sample, z, next));
            Doubles.set(map.state(), Arrays.copyOfRange(start, b * WIDTH, (b + 1) * WIDTH));
            Solver.Solve solve = solver.prepare(map);
            Statistics statistics = solve.run();
            assertSame(new Solved(solve.best().get(), statistics), 0, batch, b);
            assertEquals(statistics.evaluations(), batch.statistics.evaluations(b));
            most = Math.max(most, statistics.evaluations());
        }
        boolean searches = solver instanceof Broyden broyden && broyden.lineSearch();
        int evaluations = batch.statistics.evaluations();
        assertTrue(searches ? evaluations >= most : evaluations == most);
        if (searches && layer != this.layer) {
            assertTrue(evaluations > most, "no sample had to wait");
        }
        assertTrue(batch.statistics.meanEvaluations() <= most);
    }
}
