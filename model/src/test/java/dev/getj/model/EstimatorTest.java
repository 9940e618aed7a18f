package dev.getj.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Program;
import dev.getj.kernels.op.LossKind;
import dev.getj.kernels.reference.DoubleBuffer;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.FixedPointIteration;
import dev.getj.solver.FixedPointMap;
import dev.getj.solver.GradientSteps;
import dev.getj.solver.ImplicitGradient.Jacobian;
import dev.getj.solver.JacobianPenalty;
import dev.getj.solver.Weighting;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * Gradients of the whole network against what defines them, by central differences in double. What
 * an estimator takes as given is held fixed while a parameter moves: the state z* that the solver
 * found, and for implicit gradients also the adjoint g, which is computed here from a Jacobian of
 * finite differences.
 */
class EstimatorTest {
    private static final int BATCH = 2;
    private static final int SOLVED = 2;
    private static final double STEP = 1e-5;

    /** Truncation STEP² and cancellation 1e-16 / STEP, times the depth; relative to the largest. */
    private static final double CLOSE = 1e-6;

    /** The penalty's gradient is a central difference itself, with a step of its own. */
    private static final double PENALTY = 1e-5;

    private final ModelConfig config = TinyNetworks.conditional();
    private final ReferenceBackend backend = new ReferenceBackend();
    private final Parameters weights = TinyNetworks.weights(backend, config, 11);
    private final Parameters gradients = new Parameters(backend, weights.table());
    private final Network network = new Network(backend, config, weights);
    private final EquilibriumMap map = new EquilibriumMap(network, gradients, BATCH);
    private final FixedPointMap evaluation = map.evaluation();
    private final SamplingPass decoder = new SamplingPass(network, BATCH);
    private final Tensor decoded = decoder.start().orElseThrow();
    private final Program decode = decoder.decoderOf(decoded);
    private final int size = BATCH * config.stateSize();
    private final double[] start = doubles(TinyNetworks.normal(size, 3));
    private final float[] noise = TinyNetworks.normal(BATCH * config.pixels(), 1);
    private final float[] target = TinyNetworks.normal(BATCH * config.pixels(), 2);

    EstimatorTest() {
        map.noise().set(noise);
        map.labels().set(2, 0);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void phantomGradientsAreThoseOfDampedStepsFromTheSolution() {
        double tau = 0.6;
        Estimator phantom =
                Estimator.Phantom.at(FixedPointIteration.of(SOLVED), 3, tau, List.of(2));
        Weighting weighting = new Weighting.Exponential(0.7);
        run(new Objective(LossKind.L2, phantom, 1, weighting, 0), 0);
        double[] solution = solution();
        check(
                () -> {
                    map.inject();
                    double[] z = solution;
                    double loss = 0;
                    for (int step = 1; step <= 3; step++) {
                        double[] next = f(z);
                        double[] damped = new double[size];
                        for (int i = 0; i < size; i++) {
                            damped[i] = (float) tau * next[i] + (float) (1 - tau) * z[i];
                        }
                        z = damped;
                        loss += step == 2 ? 0.7f * loss(z) : step == 3 ? loss(z) : 0;
                    }
                    return loss;
                },
                CLOSE);
    }

    @ParameterizedTest
    @EnumSource(GradientSteps.Memory.class)
    void truncatedGradientsAreThoseOfTheLastSteps(GradientSteps.Memory memory) {
        Estimator.Truncated truncated = new Estimator.Truncated(1, 4, 2, List.of(1, 2), memory);
        Weighting weighting = new Weighting.Exponential(0.7);
        long seed = 3;
        int before = truncated.before(seed);
        assertTrue(before > 1, "a number that is not the least");
        run(new Objective(LossKind.L2, truncated, 1, weighting, 0), seed);
        map.inject();
        double[] z = start;
        for (int i = 0; i < before; i++) {
            z = f(z);
        }
        double[] from = z;
        check(
                () -> {
                    map.inject();
                    double[] first = f(from);
                    return 0.7f * loss(first) + loss(f(first));
                },
                CLOSE);
    }

    @Test
    void theNumberOfStepsBeforeIsDrawnFromAllOfARange() {
        Estimator.Truncated truncated =
                new Estimator.Truncated(2, 5, 1, List.of(1), GradientSteps.Memory.STORE);
        int[] drawn = new int[7];
        for (int step = 0; step < 4000; step++) {
            drawn[truncated.before(7 + step * 0x9E3779B97F4A7C15L)]++;
        }
        for (int n = 0; n < drawn.length; n++) {
            // 1000 each; five standard deviations are 137
            assertEquals(n >= 2 && n <= 5 ? 1000 : 0, drawn[n], 137, Integer.toString(n));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new Estimator.Truncated(3, 2, 1, List.of(1), GradientSteps.Memory.STORE));
    }

    @ParameterizedTest
    @EnumSource(Jacobian.class)
    void implicitGradientsAreThoseOfTheAdjointTimesOneStep(Jacobian jacobian) {
        int adjointSteps = 3;
        Estimator implicit =
                new Estimator.Implicit(
                        FixedPointIteration.of(SOLVED),
                        FixedPointIteration.of(adjointSteps),
                        jacobian);
        run(Objective.of(LossKind.L2, implicit, new Weighting.Constant(1)), 0);
        double[] solution = solution();
        double[] z = f(solution);
        double[] g = adjoint(jacobian == Jacobian.NEW_STATE ? z : solution, slope(z), adjointSteps);
        check(
                () -> {
                    map.inject();
                    double[] next = f(solution);
                    double sum = loss(z);
                    for (int i = 0; i < size; i++) {
                        sum += g[i] * next[i];
                    }
                    return sum;
                },
                CLOSE);
    }

    @Test
    void theJacobianPenaltyAddsItsGradientAtTheLastState() {
        Estimator unrolled = Estimator.Unrolled.of(SOLVED);
        Weighting weighting = new Weighting.Constant(1);
        double[] without = run(new Objective(LossKind.L2, unrolled, 1, weighting, 0), 5);
        double[] with = run(new Objective(LossKind.L2, unrolled, 1, weighting, 3), 5);
        for (int i = 0; i < with.length; i++) {
            DoubleBuffer.set(gradients.flat(), i, with[i] - without[i]);
        }
        map.inject();
        double[] z = start;
        for (int step = 0; step < SOLVED; step++) {
            z = f(z);
        }
        Tensor state = backend.allocate(map.state().shape());
        put(state, z);
        JacobianPenalty penalty = JacobianPenalty.prepare(map, state);
        check(
                () -> {
                    map.inject();
                    return 3 * penalty.estimate(5);
                },
                PENALTY,
                "deq_blocks.0.attn.qkv.weight",
                "deq_blocks.1.mlp.fc1.weight",
                "qkv_inj.weight",
                "blocks.0.mlp.fc2.weight",
                "y_embedder.embedding_table.weight");
    }

    // leaves the gradient of the objective in gradients
    private double[] run(Objective objective, long seed) {
        TrainingPass pass = new TrainingPass(network, gradients, objective, BATCH, false);
        pass.noise().set(noise);
        pass.target().set(target);
        pass.labels().set(2, 0);
        put(pass.start().orElseThrow(), start);
        pass.run(seed);
        return get(gradients.flat());
    }

    // the iterate of lowest residual of SOLVED plain steps
    private double[] solution() {
        map.inject();
        var solve = FixedPointIteration.of(SOLVED).prepare(evaluation);
        put(evaluation.state(), start);
        solve.run();
        return get(solve.best());
    }

    private double[] f(double[] z) {
        put(evaluation.state(), z);
        evaluation.apply();
        return get(evaluation.next());
    }

    // mean squared distance of the decoded images from the target
    private double loss(double[] z) {
        put(decoded, z);
        decode.run();
        double sum = 0;
        for (int i = 0; i < target.length; i++) {
            double difference = DoubleBuffer.get(decoder.image(), i) - target[i];
            sum += difference * difference;
        }
        return sum / target.length;
    }

    // ∂loss/∂z
    private double[] slope(double[] z) {
        double[] slope = new double[size];
        double[] moved = z.clone();
        for (int i = 0; i < size; i++) {
            moved[i] = z[i] + STEP;
            double above = loss(moved);
            moved[i] = z[i] - STEP;
            slope[i] = (above - loss(moved)) / (2 * STEP);
            moved[i] = z[i];
        }
        return slope;
    }

    // g ← Jᵀ g + slope, from 0; of each sample the iterate after the step of lowest residual
    private double[] adjoint(double[] z, double[] slope, int steps) {
        double[][] jacobian = jacobian(z);
        double[] g = new double[size];
        double[] best = new double[size];
        double[] lowest = new double[BATCH];
        Arrays.fill(lowest, Double.POSITIVE_INFINITY);
        for (int step = 0; step < steps; step++) {
            double[] next = slope.clone();
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    next[j] += g[i] * jacobian[i][j];
                }
            }
            for (int b = 0; b < BATCH; b++) {
                int from = b * config.stateSize();
                int to = from + config.stateSize();
                double residual = 0;
                for (int i = from; i < to; i++) {
                    residual += (next[i] - g[i]) * (next[i] - g[i]);
                }
                if (residual < lowest[b]) {
                    lowest[b] = residual;
                    System.arraycopy(next, from, best, from, to - from);
                }
            }
            g = next;
        }
        return best;
    }

    // ∂f_i/∂z_j
    private double[][] jacobian(double[] z) {
        double[][] jacobian = new double[size][size];
        double[] moved = z.clone();
        for (int j = 0; j < size; j++) {
            moved[j] = z[j] + STEP;
            double[] above = f(moved);
            moved[j] = z[j] - STEP;
            double[] below = f(moved);
            moved[j] = z[j];
            for (int i = 0; i < size; i++) {
                jacobian[i][j] = (above[i] - below[i]) / (2 * STEP);
            }
        }
        return jacobian;
    }

    private void check(DoubleSupplier value, double close) {
        check(
                value,
                close,
                weights.table().trainedEntries().stream()
                        .map(ParameterTable.Entry::name)
                        .toArray(String[]::new));
    }

    private void check(DoubleSupplier value, double close, String... names) {
        Random random = new Random(4);
        for (String name : names) {
            ParameterTable.Entry entry = weights.table().entry(name);
            Tensor gradient = gradients.tensor(name);
            double largest = 0;
            for (int i = 0; i < gradient.size(); i++) {
                largest = Math.max(largest, Math.abs(DoubleBuffer.get(gradient, i)));
            }
            assertTrue(largest > 0, "no gradient reaches " + name);
            for (int n = 0; n < 3; n++) {
                int at = random.nextInt(entry.size());
                Tensor tensor = weights.tensor(name);
                double before = DoubleBuffer.get(tensor, at);
                DoubleBuffer.set(tensor, at, before + STEP);
                double above = value.getAsDouble();
                DoubleBuffer.set(tensor, at, before - STEP);
                double below = value.getAsDouble();
                DoubleBuffer.set(tensor, at, before);
                assertEquals(
                        (above - below) / (2 * STEP),
                        DoubleBuffer.get(gradient, at),
                        close * Math.max(largest, 1e-3),
                        () -> name + " at " + at);
            }
        }
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    private static double[] get(Tensor tensor) {
        double[] values = new double[tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = DoubleBuffer.get(tensor, i);
        }
        return values;
    }

    private static void put(Tensor tensor, double[] values) {
        for (int i = 0; i < values.length; i++) {
            DoubleBuffer.set(tensor, i, values[i]);
        }
    }
}
