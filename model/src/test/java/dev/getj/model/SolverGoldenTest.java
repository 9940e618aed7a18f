package dev.getj.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.SafetensorsFile;
import dev.getj.kernels.Backend;
import dev.getj.kernels.Backends;
import dev.getj.kernels.Tensor;
import dev.getj.solver.FixedPointIteration;
import dev.getj.solver.FixedPointMap;
import dev.getj.solver.Solver;
import dev.getj.solver.Statistics;
import dev.getj.solver.StopMeasure;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * The numbers of TorchDEQ on {@code z = tanh(z Wᵀ + x)}. Here, because the solver's module reads no
 * files.
 */
class SolverGoldenTest {
    /** Iterates lie within ±1 and are rounded to floats on both sides, once an iteration. */
    private static final double ROUNDING = 1e-6;

    private SafetensorsFile golden;
    private Backend backend;

    @BeforeEach
    void open() throws URISyntaxException {
        golden =
                SafetensorsFile.open(
                        Path.of(
                                SolverGoldenTest.class
                                        .getResource("/golden/solver_tanh.safetensors")
                                        .toURI()));
        backend = Backends.jvm(2);
    }

    @AfterEach
    void close() {
        backend.close();
        golden.close();
    }

    /** z, x and f(z) are [samples, width], W is [width, width]; computed in double. */
    private record TanhMap(Backend backend, Tensor state, Tensor next, float[] weight, float[] x)
            implements FixedPointMap {
        @Override
        public void apply() {
            int width = state.dim(1);
            float[] z = state.get();
            float[] y = new float[z.length];
            for (int i = 0; i < y.length; i++) {
                double sum = x[i];
                for (int j = 0; j < width; j++) {
                    sum += (double) weight[i % width * width + j] * z[i / width * width + j];
                }
                y[i] = (float) Math.tanh(sum);
            }
            next.set(y);
        }
    }

    private TanhMap map() {
        long[] shape = golden.entry("x").shape();
        Tensor state = backend.allocate((int) shape[0], (int) shape[1]);
        Tensor next = backend.allocate(state.shape());
        state.set(golden.floats("z0"));
        return new TanhMap(backend, state, next, golden.floats("W"), golden.floats("x"));
    }

    @ParameterizedTest
    @CsvSource({"8, 1e-12, 8", "40, 1e-3, 8", "100, 1e-6, 17"})
    void fixedPointIterationAgreesWithTheReference(
            int iterations, double tolerance, int evaluations) {
        Solver.Solve solve =
                new FixedPointIteration(iterations, tolerance, StopMeasure.ABSOLUTE, 1)
                        .prepare(map());
        Statistics statistics = solve.run();

        String key = "fixed_point_iter." + iterations + ".";
        assertEquals(evaluations, statistics.evaluations());
        expect(key + "z", solve.best().get());
        float[] steps = golden.floats(key + "nstep");
        float[] absolute = golden.floats(key + "abs_lowest");
        float[] relative = golden.floats(key + "rel_lowest");
        float[] trace = golden.floats(key + "abs_trace");
        float[] relativeTrace = golden.floats(key + "rel_trace");
        for (int b = 0; b < steps.length; b++) {
            assertEquals(steps[b], statistics.bestStep()[b]);
            assertEquals(absolute[b], statistics.absoluteLowest()[b], ROUNDING);
            assertEquals(relative[b], statistics.relativeLowest()[b], ROUNDING);
            for (int k = 0; k < iterations; k++) {
                // the reference puts a placeholder in front and repeats the last residual behind
                int seen = Math.min(k, evaluations - 1);
                int at = b * (iterations + 1) + k + 1;
                assertEquals(trace[at], statistics.absolute()[b][seen], ROUNDING);
                assertEquals(relativeTrace[at], statistics.relative()[b][seen], ROUNDING);
            }
        }
    }

    @Test
    void dampedIterationAgreesWithTheReference() {
        // the file does not tell: 20 iterations with τ = 0.6 are what gives these numbers
        Solver.Solve solve =
                new FixedPointIteration(20, 0, StopMeasure.ABSOLUTE, 0.6).prepare(map());
        solve.run();
        expect("fixed_point_iter.damped.z", solve.best().get());
    }

    private void expect(String key, float[] actual) {
        float[] expected = golden.floats(key);
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            double off = Math.abs(expected[i] - actual[i]);
            assertTrue(off <= ROUNDING, key + " at " + i + " is off by " + off);
        }
    }
}
