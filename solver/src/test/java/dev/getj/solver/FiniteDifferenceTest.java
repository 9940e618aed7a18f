package dev.getj.solver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;

/** Gradients against central differences, in double, on a contraction. */
class FiniteDifferenceTest {
    private static final int SAMPLES = 2;
    private static final int WIDTH = 5;
    private static final double STEP = 1e-5;

    /** Truncation 1e-10, cancellation 1e-11; solvers stop at 1e-12, which 1/(1 − ρ) enlarges. */
    private static final double CLOSE = 1e-8;

    private final ReferenceBackend backend = new ReferenceBackend();
    private final Random random = new Random(5);
    private final TanhLayer layer =
            TanhLayer.of(WIDTH, gaussian(WIDTH * WIDTH, 0.3), gaussian(SAMPLES * WIDTH, 1));
    private final double[] target = gaussian(SAMPLES * WIDTH, 1);
    private final HostMap map = HostMap.of(backend, SAMPLES, WIDTH, layer);

    private double[] gaussian(int size, double scale) {
        return random.doubles(size).map(i -> scale * random.nextGaussian()).toArray();
    }

    static List<Solver> solvers() {
        return List.of(
                new FixedPointIteration(300, 1e-12, StopMeasure.ABSOLUTE, 1),
                new FixedPointIteration(300, 1e-12, StopMeasure.ABSOLUTE, 0.7),
                new Anderson(300, 1e-12, StopMeasure.ABSOLUTE, 6, Ridge.absolute(1e-4), 1),
                new Anderson(300, 1e-12, StopMeasure.ABSOLUTE, 3, Ridge.relative(1e-6), 0.8),
                Broyden.of(300, 1e-12),
                new Broyden(300, 1e-12, StopMeasure.RELATIVE, 4, true));
    }

    @ParameterizedTest
    @MethodSource("solvers")
    void implicitGradientsOfEachBackwardSolver(Solver backward) {
        Solver forward = FixedPointIteration.of(200);
        for (ImplicitGradient.Jacobian jacobian : ImplicitGradient.Jacobian.values()) {
            Slice slice = Slice.of(forward, new ImplicitGradient(backward, jacobian));
            checkGradients(new Equilibrium(map, List.of(slice)), CLOSE);
        }
    }

    @ParameterizedTest
    @MethodSource("solvers")
    void implicitGradientsOfEachForwardSolver(Solver forward) {
        checkGradients(Equilibrium.implicit(map, forward, FixedPointIteration.of(200)), CLOSE);
    }

    @ParameterizedTest
    @EnumSource(GradientSteps.Memory.class)
    void unrolledGradientsWithSeveralSupervisedStates(GradientSteps.Memory memory) {
        for (List<Integer> supervised : List.of(List.of(1, 2, 3, 4), List.of(2, 4), List.of(4))) {
            GradientSteps steps = new GradientSteps(4, 0.6, supervised, memory);
            checkGradients(new Equilibrium(map, List.of(Slice.of(steps))), CLOSE);
        }
    }

    @Test
    void recomputationGivesTheSameBits() {
        GradientSteps steps = GradientSteps.every(2, 5, 0.8);
        Solver solver = FixedPointIteration.of(3);
        loss(new Equilibrium(map, List.of(Slice.of(solver, steps))), true);
        double[] stored = layer.dW().clone();
        loss(new Equilibrium(map, List.of(Slice.of(solver, steps.recomputing()))), true);
        for (int i = 0; i < stored.length; i++) {
            assertEquals(stored[i], layer.dW()[i]);
        }
    }

    private void checkGradients(Equilibrium equilibrium, double close) {
        loss(equilibrium, true);
        double[] dW = layer.dW().clone();
        double[] dX = layer.dX().clone();
        DoubleSupplier loss = () -> loss(equilibrium, false);
        check("dW", layer.w(), dW, loss, close);
        check("dX", layer.x(), dX, loss, close);
    }

    /** The sum over the supervised states of the squared distance from the target. */
    private double loss(Equilibrium equilibrium, boolean gradient) {
        Doubles.set(map.state(), new double[SAMPLES * WIDTH]);
        equilibrium.forward();
        double loss = 0;
        for (int k = 0; k < equilibrium.states().size(); k++) {
            double[] z = Doubles.get(equilibrium.states().get(k));
            double[] slope = new double[z.length];
            for (int i = 0; i < z.length; i++) {
                loss += (k + 1) * (z[i] - target[i]) * (z[i] - target[i]);
                slope[i] = 2 * (k + 1) * (z[i] - target[i]);
            }
            Doubles.set(equilibrium.cotangents().get(k), slope);
        }
        if (gradient) {
            layer.clearGradients();
            equilibrium.backward();
        }
        return loss;
    }

    private static void check(
            String name,
            double[] parameters,
            double[] gradient,
            DoubleSupplier value,
            double close) {
        for (int i = 0; i < parameters.length; i++) {
            double parameter = parameters[i];
            parameters[i] = parameter + STEP;
            double above = value.getAsDouble();
            parameters[i] = parameter - STEP;
            double below = value.getAsDouble();
            parameters[i] = parameter;
            double slope = (above - below) / (2 * STEP);
            assertEquals(slope, gradient[i], close * Math.max(1, Math.abs(slope)), name + i);
        }
    }

    @Test
    void jacobianPenalty() {
        Tensor z = backend.allocate(SAMPLES, WIDTH);
        Doubles.set(z, gaussian(SAMPLES * WIDTH, 1));
        JacobianPenalty penalty = JacobianPenalty.prepare(map, z);
        double estimate = penalty.estimate(3);
        layer.clearGradients();
        penalty.accumulate(2.5);
        double[] dW = layer.dW().clone();
        double[] dX = layer.dX().clone();
        DoubleSupplier value = () -> 2.5 * penalty.estimate(3);
        // one difference against another
        check("dW", layer.w(), dW, value, 1e-6);
        check("dX", layer.x(), dX, value, 1e-6);

        // ‖vᵀJ‖² is ‖J‖² on average
        double mean = 0;
        for (int seed = 0; seed < 4000; seed++) {
            mean += penalty.estimate(seed) / 4000;
        }
        double frobenius = 0;
        double[] states = Doubles.get(z);
        for (int b = 0; b < SAMPLES; b++) {
            double[] row = new double[WIDTH];
            System.arraycopy(states, b * WIDTH, row, 0, WIDTH);
            double[] next = new double[WIDTH];
            layer.value(b, row, next);
            for (int i = 0; i < WIDTH * WIDTH; i++) {
                double entry = (1 - next[i / WIDTH] * next[i / WIDTH]) * layer.w()[i];
                frobenius += entry * entry / (SAMPLES * WIDTH);
            }
        }
        assertEquals(frobenius, mean, 0.05 * frobenius);
        assertTrue(estimate > 0);
    }

    /** In float, two gradients that differ in the third digit are subtracted. */
    @Test
    void jacobianPenaltyInFloat() {
        double[] states = gaussian(SAMPLES * WIDTH, 1);
        double[] expected = penaltyGradient(backend, states);
        try (Backend jvm = Backends.jvm(1)) {
            double[] actual = penaltyGradient(jvm, states);
            double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], actual[i], 1e-3 * largest);
            }
        }
    }

    private double[] penaltyGradient(Backend on, double[] states) {
        Tensor z = on.allocate(SAMPLES, WIDTH);
        Doubles.set(z, states);
        JacobianPenalty penalty = JacobianPenalty.prepare(HostMap.of(on, SAMPLES, WIDTH, layer), z);
        penalty.estimate(3);
        layer.clearGradients();
        penalty.accumulate(1);
        return layer.dW().clone();
    }
}
