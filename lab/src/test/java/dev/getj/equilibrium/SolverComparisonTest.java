package dev.getj.equilibrium;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.equilibrium.SolverComparison.Outcome;
import dev.getj.equilibrium.SolverComparison.Result;
import dev.getj.kernels.Backend;
import dev.getj.kernels.RecordedFirst;
import dev.getj.kernels.device.Backends;
import dev.getj.model.Initialization;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.Precision;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.solver.Anderson;
import dev.getj.solver.Broyden;
import dev.getj.solver.FixedPointIteration;
import dev.getj.solver.Solver;
import dev.getj.solver.StopMeasure;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

class SolverComparisonTest {
    private static final ModelConfig MODEL =
            new ModelConfig(
                    "tiny",
                    new ModelConfig.Images(4, 1, 2),
                    new ModelConfig.Token(2, 8, 2),
                    new ModelConfig.Stack(1, 2),
                    new ModelConfig.Get(new ModelConfig.Stack(2, 3)));
    private static final int[] LABELS = {1, 0, 1};

    private static SequencedMap<String, Solver> solvers() {
        SequencedMap<String, Solver> solvers = new LinkedHashMap<>();
        solvers.put("plain", new FixedPointIteration(7, 1e-9, StopMeasure.ABSOLUTE, 1));
        solvers.put("anderson", Anderson.fast(7, 1e-9));
        solvers.put("broyden", Broyden.of(7, 1e9));
        return solvers;
    }

    private static Result compare(SequencedMap<String, Solver> solvers) {
        try (Backend backend = new RecordedFirst(Backends.jvm(2))) {
            return new SolverComparison(
                            backend, MODEL, weights(backend), Precision.FLOAT32, solvers, 3)
                    .run(5, LABELS, 9);
        }
    }

    private static Parameters weights(Backend backend) {
        Parameters weights = new Parameters(backend, new ParameterTable(MODEL));
        Initialization.initialize(MODEL, weights, 2);
        return weights;
    }

    @Test
    void eachSolverBeginsAtTheSameState() {
        Result all = compare(solvers());
        assertEquals(List.of("plain", "anderson", "broyden"), List.copyOf(all.solvers().keySet()));
        solvers()
                .forEach(
                        (name, solver) -> {
                            SequencedMap<String, Solver> alone = new LinkedHashMap<>();
                            alone.put(name, solver);
                            Outcome expected = compare(alone).solvers().get(name);
                            Outcome actual = all.solvers().get(name);
                            assertArrayEquals(expected.trace(), actual.trace(), name);
                            assertEquals(expected.absolute(), actual.absolute(), name);
                        });
    }

    @Test
    void figuresAreThoseOfTheSolves() {
        Result result = compare(solvers());
        Outcome plain = result.solvers().get("plain");
        assertEquals(3, result.count());
        assertEquals(7, plain.evaluations());
        assertEquals(7, plain.trace().length);
        assertEquals(0, plain.converged());
        assertEquals(3, result.solvers().get("broyden").converged());
        assertEquals(1, result.solvers().get("broyden").evaluations());
        assertTrue(plain.absolute() > 0 && plain.relative() > 0);
        assertEquals(3, result.spectralRadius().length);
        assertTrue(Arrays.stream(result.spectralRadius()).allMatch(r -> r > 0.5 && r < 10));
        assertTrue(result.jacobianPenalty() > 0);
    }

    // the noise and z₀ of a seed are those that sampling draws
    @Test
    void residualsAreThoseOfSampling() {
        SequencedMap<String, Solver> six = new LinkedHashMap<>();
        six.put("plain", FixedPointIteration.of(6));
        try (Backend backend = Backends.jvm(2);
                Sampler sampler = new Sampler(backend, MODEL, weights(backend))) {
            double expected =
                    sampler.sample(SampleRequest.of(3).withSeed(5).withLabels(LABELS))
                            .meanResidual();
            assertEquals(expected, compare(six).solvers().get("plain").absolute());
        }
    }

    @Test
    void aChartNeedsAPoint() {
        assertTrue(
                SolverComparison.chart(compare(solvers()), StopMeasure.ABSOLUTE).draw().getWidth()
                        > 500);
        LineChart.Line zeros = new LineChart.Line("zeros", new double[2], new double[2]);
        expect(
                "the chart 'nothing' has no point to draw",
                () -> new LineChart("nothing", "x", "y", true, List.of(zeros)).draw());
        expect(
                "the line odd has 1 x and 2 y",
                () -> new LineChart.Line("odd", new double[1], new double[2]));
    }

    @Test
    void whatCannotBeSolvedIsRefused() {
        ModelConfig vit =
                new ModelConfig(
                        "ViT",
                        new ModelConfig.Images(4, 1, 0),
                        new ModelConfig.Token(2, 8, 2),
                        new ModelConfig.Stack(1, 2),
                        new ModelConfig.Vit());
        try (Backend backend = Backends.jvm(1)) {
            Parameters weights = new Parameters(backend, new ParameterTable(vit));
            expect(
                    vit.describe() + " has no equilibrium to solve for",
                    () ->
                            new SolverComparison(
                                    backend, vit, weights, Precision.FLOAT32, solvers(), 1));
            expect(
                    "at least 1 sample is needed, not 0",
                    () ->
                            new SolverComparison(
                                    backend, vit, weights, Precision.FLOAT32, solvers(), 0));
        }
    }

    private static void expect(String message, Runnable wrong) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, wrong::run).getMessage());
    }
}
