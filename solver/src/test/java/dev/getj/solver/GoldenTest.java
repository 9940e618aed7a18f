package dev.getj.solver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

/** The numbers of TorchDEQ on {@code z = tanh(z Wᵀ + x)}: 4 samples, 20 elements each. */
class GoldenTest {
    private static final GoldenFile GOLDEN = new GoldenFile("/golden/solver_tanh.safetensors");
    private static final int SAMPLES = 4;
    private static final int WIDTH = 20;

    /** Plain iteration: iterates lie within ±1, rounded to floats on both sides once a step. */
    private static final double PLAIN = 1e-6;

    /** What has converged lies within ±1 and is rounded to floats on both sides. */
    private static final double CONVERGED = 1e-5;

    /** The reference computes its small systems in float, which early iterates inherit. */
    private static final double EARLY = 1e-4;

    private Backend backend;
    private TanhLayer layer;
    private HostMap map;

    @BeforeEach
    void open() {
        backend = Backends.jvm(2);
        layer = TanhLayer.of(WIDTH, GOLDEN.get("W"), GOLDEN.get("x"));
        map = HostMap.of(backend, SAMPLES, WIDTH, layer);
        Doubles.set(map.state(), GOLDEN.get("z0"));
    }

    @AfterEach
    void close() {
        backend.close();
    }

    // The reference counts Anderson's evaluations and Broyden's steps, and leaves the evaluations
    // with which they start up out of its traces.
    @ParameterizedTest
    @CsvSource({
        "fixed_point_iter, 8, 1e-12",
        "fixed_point_iter, 40, 1e-3",
        "fixed_point_iter, 100, 1e-6",
        "anderson, 8, 1e-12",
        "anderson, 40, 1e-3",
        "anderson, 100, 1e-6",
        "broyden, 8, 1e-12",
        "broyden, 40, 1e-3",
        "broyden, 100, 1e-6",
    })
    void agreesWithTheReference(String name, int iterations, double tolerance) {
        Solver solver = solver(name, iterations, tolerance);
        int startUp = solver.startUp();
        Solver.Solve solve = solver.prepare(map);
        Statistics statistics = solve.run();

        String key = name + "." + iterations + ".";
        boolean converged = iterations == 100;
        boolean plain = name.equals("fixed_point_iter");
        double close = plain ? PLAIN : converged ? CONVERGED : EARLY;
        double closeTrace = plain ? PLAIN : EARLY;
        expect(key + "z", Doubles.get(solve.best()), close);
        expect(key + "abs_lowest", statistics.absoluteLowest(), close);
        expect(key + "rel_lowest", statistics.relativeLowest(), close);
        double[] steps = GOLDEN.get(key + "nstep");
        double[] trace = GOLDEN.get(key + "abs_trace");
        double[] relativeTrace = GOLDEN.get(key + "rel_trace");
        int entries = trace.length / SAMPLES;
        int more = name.equals("broyden") ? 1 : 0;
        for (int b = 0; b < SAMPLES; b++) {
            if (plain || !converged) { // later, rounding decides which of many alike is the lowest
                assertEquals(steps[b] + more, statistics.bestStep()[b], "step of sample " + b);
            }
            // the reference puts a placeholder in front; of plain iteration, it repeats the last
            // residual behind
            int seen = Math.min(entries - 1, statistics.evaluations() - startUp);
            for (int k = 1; k <= (plain ? entries - 1 : seen); k++) {
                int at = b * entries + k;
                int step = startUp + Math.min(k, seen) - 1;
                String where = "sample %d, entry %d".formatted(b, k);
                assertEquals(trace[at], statistics.absolute()[b][step], closeTrace, where);
                assertEquals(relativeTrace[at], statistics.relative()[b][step], closeTrace, where);
            }
        }
    }

    private static Solver solver(String name, int iterations, double tolerance) {
        return switch (name) {
            case "anderson" -> Anderson.of(iterations, tolerance);
            case "broyden" -> Broyden.of(iterations, tolerance);
            default -> new FixedPointIteration(iterations, tolerance, StopMeasure.ABSOLUTE, 1);
        };
    }

    @ParameterizedTest
    @CsvSource({"8, 1e-12, 8", "40, 1e-3, 8", "100, 1e-6, 17"})
    void fixedPointIterationStopsWhereTheReferenceDoes(
            int iterations, double tolerance, int evaluations) {
        Solver solver = solver("fixed_point_iter", iterations, tolerance);
        assertEquals(evaluations, solver.prepare(map).run().evaluations());
    }

    @Test
    void dampedIterationAndSmallMemory() {
        // the file does not tell: these settings give its numbers
        Solver.Solve damped =
                new FixedPointIteration(20, 0, StopMeasure.ABSOLUTE, 0.6).prepare(map);
        damped.run();
        expect("fixed_point_iter.damped.z", Doubles.get(damped.best()), PLAIN);
        Doubles.set(map.state(), GOLDEN.get("z0"));
        Solver.Solve smallMemory =
                new Anderson(14, 0, StopMeasure.ABSOLUTE, 3, Ridge.absolute(1e-3), 0.8)
                        .prepare(map);
        smallMemory.run();
        expect("anderson.m3.z", Doubles.get(smallMemory.best()), CONVERGED);
    }

    @Test
    void implicitGradients() {
        Solver forward = new FixedPointIteration(100, 1e-6, StopMeasure.ABSOLUTE, 1);
        Solver backward = new FixedPointIteration(100, 1e-6, StopMeasure.ABSOLUTE, 1);
        gradient("ift", Equilibrium.implicit(map, forward, backward));
        gradient("ift_anderson", Equilibrium.implicit(map, forward, Anderson.of(100, 1e-6)));
        gradient("ift", Equilibrium.implicit(map, forward, Broyden.of(100, 1e-6)));
        ImplicitGradient hook =
                new ImplicitGradient(backward, ImplicitGradient.Jacobian.TRACKED_STEP);
        gradient("hook_ift", new Equilibrium(map, List.of(Slice.of(forward, hook))));
    }

    @Test
    void phantomGradient() {
        Solver forward = new FixedPointIteration(100, 1e-6, StopMeasure.ABSOLUTE, 1);
        gradient("phantom5", Equilibrium.phantom(map, forward, 5, 0.5));
        Slice again = Slice.of(forward, GradientSteps.last(5, 0.5).recomputing());
        gradient("phantom5", new Equilibrium(map, List.of(again)));
    }

    @Test
    void threeSlicesWithALossEach() {
        // three solver steps and two differentiated ones in each slice, losses weighted by 0.8
        for (GradientSteps steps :
                List.of(GradientSteps.last(2, 1), GradientSteps.last(2, 1).recomputing())) {
            Slice slice = Slice.of(FixedPointIteration.of(3), steps);
            gradient("sliced_states3", Equilibrium.sliced(map, 3, slice));
        }
    }

    @Test
    void thePowerMethodIsTorchDeqs() {
        Solver.Solve solve = solver("fixed_point_iter", 100, 1e-6).prepare(map);
        solve.run();
        double[] radius = PowerMethod.prepare(map, solve.best()).estimate(100, 1);
        expect("sradius", radius, CONVERGED);
        expect("true_sradius", radius, CONVERGED);
    }

    /** Mean squared error of the supervised states against the target, exponentially weighted. */
    private void gradient(String key, Equilibrium equilibrium) {
        Doubles.set(map.state(), GOLDEN.get("z0"));
        layer.clearGradients();
        equilibrium.forward();
        double[] target = GOLDEN.get("target");
        double loss = 0;
        List<Tensor> states = equilibrium.states();
        Weighting weighting = new Weighting.Exponential(0.8);
        for (int k = 0; k < states.size(); k++) {
            double weight = weighting.weight(k, states.size());
            double[] z = Doubles.get(states.get(k));
            double[] slope = new double[z.length];
            for (int i = 0; i < z.length; i++) {
                loss += weight * (z[i] - target[i]) * (z[i] - target[i]) / z.length;
                slope[i] = 2 * weight * (z[i] - target[i]) / z.length;
            }
            Doubles.set(equilibrium.cotangents().get(k), slope);
        }
        equilibrium.backward();
        assertEquals(GOLDEN.get(key + ".states")[0], states.size());
        assertEquals(GOLDEN.get(key + ".loss")[0], loss, CONVERGED);
        expect(key + ".z", Doubles.get(states.getLast()), CONVERGED);
        expect(key + ".dW", layer.dW(), CONVERGED);
        expect(key + ".dx", layer.dX(), CONVERGED);
    }

    private static void expect(String key, double[] actual, double close) {
        double[] expected = GOLDEN.get(key);
        assertEquals(expected.length, actual.length, key);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], close, key + " at " + i);
        }
    }
}
