package dev.getj.model;

import static dev.getj.solver.ImplicitGradient.Jacobian.NEW_STATE;
import static dev.getj.solver.ImplicitGradient.Jacobian.TRACKED_STEP;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.op.LossKind;
import dev.getj.kernels.reference.DoubleBuffer;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.Anderson;
import dev.getj.solver.FixedPointIteration;
import dev.getj.solver.ImplicitGradient;
import dev.getj.solver.Ridge;
import dev.getj.solver.Solver;
import dev.getj.solver.StopMeasure;
import dev.getj.solver.Weighting;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

class TrainingPassTest {
    private static final int BATCH = 3;

    /** Step of the central differences in double. */
    private static final double STEP = 1e-5;

    /**
     * Truncation STEP² and cancellation 1e-16 / STEP, times the depth of the network; relative to a
     * parameter's largest.
     */
    private static final double FINITE_DIFFERENCE = 1e-6;

    private static final int CHECKED_ELEMENTS = 3;

    static Stream<ModelConfig> networks() {
        return Stream.of(
                TinyNetworks.conditional(),
                TinyNetworks.unconditional(),
                TinyNetworks.postNorm(),
                TinyNetworks.fromInjection(),
                TinyNetworks.vit());
    }

    static Stream<Arguments> networksAndLosses() {
        return networks()
                .flatMap(
                        config ->
                                Stream.of(LossKind.values())
                                        .map(loss -> Arguments.of(config, loss)));
    }

    static Stream<Objective> objectives() {
        Solver forward = FixedPointIteration.of(2);
        Solver backward = new Anderson(3, 0, StopMeasure.ABSOLUTE, 2, Ridge.relative(1e-6), 1);
        Weighting weighting = new Weighting.Linear(0.9);
        Estimator phantom = Estimator.Phantom.at(forward, 3, 0.6, List.of(1, 3));
        return Stream.of(
                Objective.of(LossKind.L2, Estimator.Unrolled.every(2, 3), weighting),
                new Objective(LossKind.L2, Estimator.Unrolled.of(2), 2, weighting, 0),
                Objective.of(LossKind.L1, phantom, weighting),
                new Objective(LossKind.L1, phantom, 2, new Weighting.Constant(0.5), 0.1),
                Objective.of(LossKind.L1, implicit(forward, backward, NEW_STATE), weighting),
                new Objective(
                        LossKind.L1, implicit(forward, backward, TRACKED_STEP), 2, weighting, 0.1));
    }

    private static Estimator implicit(
            Solver forward, Solver backward, ImplicitGradient.Jacobian jacobian) {
        return new Estimator.Implicit(forward, backward, jacobian);
    }

    /** One network with its gradients, on a batch that is the same wherever it is made. */
    private static final class Fixture {
        final Objective objective;
        final Parameters weights;
        final Parameters gradients;
        final TrainingPass pass;

        Fixture(Backend backend, ModelConfig config, LossKind loss, boolean recompute) {
            this(backend, config, Objective.unrolled(loss, 3, 0.8), recompute);
        }

        Fixture(Backend backend, ModelConfig config, Objective objective, boolean recompute) {
            this.objective = objective;
            weights = TinyNetworks.weights(backend, config, 11);
            gradients = new Parameters(backend, weights.table());
            pass =
                    new TrainingPass(
                            new Network(backend, config, weights),
                            gradients,
                            objective,
                            BATCH,
                            recompute);
            pass.noise().set(TinyNetworks.normal(pass.noise().size(), 1));
            float[] target = TinyNetworks.normal(pass.target().size(), 2);
            for (int i = 0; i < target.length; i++) {
                target[i] +=
                        target[i] < 0
                                ? -20
                                : 20; // out of reach, so that no difference crosses L1's kink
            }
            pass.target().set(target);
            pass.start().ifPresent(z0 -> z0.set(TinyNetworks.normal(z0.size(), 3)));
            pass.labels().set(2, 0, 2);
        }

        // the objective from the decoded images, in double; pass.objective() is rounded to floats
        double objective(ModelConfig config) {
            pass.run();
            double[] weights =
                    config.kind() instanceof ModelConfig.Get
                            ? objective.weights()
                            : new double[] {1};
            double sum = 0;
            for (int k = 0; k < weights.length; k++) {
                sum += (float) weights[k] * distance(pass.image(k), pass.target());
            }
            return sum;
        }

        private double distance(Tensor image, Tensor target) {
            double sum = 0;
            if (objective.loss() == LossKind.PSEUDO_HUBER) {
                int length = image.size() / BATCH;
                for (int b = 0; b < BATCH; b++) {
                    double squares = 0;
                    for (int i = b * length; i < (b + 1) * length; i++) {
                        double e = DoubleBuffer.get(image, i) - DoubleBuffer.get(target, i);
                        squares += e * e;
                    }
                    double c = LossKind.WIDTH;
                    sum += Math.sqrt(squares / length + c * c) - c;
                }
                return sum / BATCH;
            }
            for (int i = 0; i < image.size(); i++) {
                double difference = DoubleBuffer.get(image, i) - DoubleBuffer.get(target, i);
                sum +=
                        objective.loss() == LossKind.L1
                                ? Math.abs(difference)
                                : difference * difference;
            }
            return sum / image.size();
        }
    }

    @ParameterizedTest
    @MethodSource("networksAndLosses")
    void gradientsOfTheWholeNetworkAgreeWithFiniteDifferences(ModelConfig config, LossKind loss) {
        gradientsAgreeWithFiniteDifferences(config, Objective.unrolled(loss, 3, 0.8));
    }

    @Test
    void likewiseWithFewerSupervisedStates() {
        gradientsAgreeWithFiniteDifferences(
                TinyNetworks.conditional(),
                Objective.of(
                        LossKind.L2,
                        Estimator.Unrolled.at(5, List.of(2, 3)),
                        new Weighting.Linear(0.5)));
    }

    private static void gradientsAgreeWithFiniteDifferences(
            ModelConfig config, Objective objective) {
        try (Backend backend = new ReferenceBackend()) {
            Fixture fixture = new Fixture(backend, config, objective, false);
            double before = fixture.objective(config);
            assertEquals(before, fixture.pass.objective(), 1e-6 * before);
            double[] gradient = new double[fixture.gradients.flat().size()];
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = DoubleBuffer.get(fixture.gradients.flat(), i);
            }
            Random random = new Random(4);
            for (ParameterTable.Entry entry : fixture.weights.table().trainedEntries()) {
                double largest = 0;
                for (int i = 0; i < entry.size(); i++) {
                    largest = Math.max(largest, Math.abs(gradient[entry.offset() + i]));
                }
                assertTrue(largest > 0, "no gradient reaches " + entry.name());
                for (int n = 0; n < CHECKED_ELEMENTS; n++) {
                    int at = entry.offset() + random.nextInt(entry.size());
                    double expected = slope(fixture, config, at);
                    assertEquals(
                            expected,
                            gradient[at],
                            FINITE_DIFFERENCE * Math.max(largest, 1e-3),
                            () -> entry.name() + " at " + (at - entry.offset()));
                }
            }
            for (int i = fixture.weights.table().trainedSize(); i < gradient.length; i++) {
                assertEquals(0, gradient[i], "positions are not trained");
            }
        }
    }

    private static double slope(Fixture fixture, ModelConfig config, int at) {
        Tensor flat = fixture.weights.flat();
        double value = DoubleBuffer.get(flat, at);
        DoubleBuffer.set(flat, at, value + STEP);
        double above = fixture.objective(config);
        DoubleBuffer.set(flat, at, value - STEP);
        double below = fixture.objective(config);
        DoubleBuffer.set(flat, at, value);
        return (above - below) / (2 * STEP);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void recomputationAndThreadsDoNotChangeABit(ModelConfig config) {
        float[] expected = gradients(config, 1, false);
        assertArrayEquals(expected, gradients(config, 2, false), "2 threads");
        assertArrayEquals(expected, gradients(config, 1, true), "recomputation");
        assertArrayEquals(expected, gradients(config, 2, true), "recomputation with 2 threads");
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void norDoTheyWithOtherObjectives(Objective objective) {
        ModelConfig config = TinyNetworks.conditional();
        float[] expected = gradients(config, objective, 1, false);
        assertArrayEquals(expected, gradients(config, objective, 2, false), "2 threads");
        assertArrayEquals(expected, gradients(config, objective, 2, true), "recomputation");
    }

    private static float[] gradients(ModelConfig config, int threads, boolean recompute) {
        return gradients(config, Objective.unrolled(LossKind.L1, 3, 0.8), threads, recompute);
    }

    private static float[] gradients(
            ModelConfig config, Objective objective, int threads, boolean recompute) {
        try (Backend backend = Backends.jvm(threads)) {
            Fixture fixture = new Fixture(backend, config, objective, recompute);
            fixture.pass.run();
            return fixture.gradients.flat().get();
        }
    }

    // through the solver's library the loss of a state is added after its step, not before: what
    // keeps one state a step has the gradient of what keeps all but for rounding
    @ParameterizedTest
    @MethodSource("networks")
    void whereStepsAreRecomputedGradientsAreTheSame(ModelConfig config) {
        Estimator.Unrolled steps = Estimator.Unrolled.of(3);
        Weighting weighting = new Weighting.Exponential(0.8);
        Objective stored = Objective.of(LossKind.L1, steps, weighting);
        Objective recomputed = Objective.of(LossKind.L1, steps.recomputing(), weighting);
        float[] expected = gradients(config, stored, 1, false);
        float[] actual = gradients(config, recomputed, 2, false);
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertArrayEquals(expected, actual, 1e-6f * largest);
        assertArrayEquals(actual, gradients(config, recomputed, 1, true), "and blocks, too");
    }

    @Test
    void withPhantomGradientsToTheBit() {
        Estimator.Phantom phantom =
                Estimator.Phantom.at(FixedPointIteration.of(2), 3, 0.6, List.of(1));
        Weighting weighting = new Weighting.Constant(1);
        assertArrayEquals(
                gradients(
                        TinyNetworks.conditional(),
                        Objective.of(LossKind.L2, phantom, weighting),
                        1,
                        false),
                gradients(
                        TinyNetworks.conditional(),
                        Objective.of(LossKind.L2, phantom.recomputing(), weighting),
                        2,
                        true));
    }

    static Stream<Objective> allObjectives() {
        return Stream.concat(Stream.of(Objective.unrolled(LossKind.L2, 3, 0.8)), objectives());
    }

    @ParameterizedTest
    @MethodSource("allObjectives")
    void aSecondRunForgetsTheFirst(Objective objective) {
        try (Backend backend = Backends.jvm(2)) {
            Fixture fixture = new Fixture(backend, TinyNetworks.conditional(), objective, false);
            fixture.pass.run();
            float[] gradients = fixture.gradients.flat().get();
            float[] losses = fixture.pass.losses();
            fixture.pass.run();
            assertArrayEquals(gradients, fixture.gradients.flat().get());
            assertArrayEquals(losses, fixture.pass.losses());
            assertEquals(objective.states(), losses.length);
        }
    }

    // what is unrolled through the solver's library is what is unrolled in place
    @Test
    void slicesOfOneStateAreUnrolledStepsWithoutGradientsBetween() {
        try (Backend backend = new ReferenceBackend()) {
            ModelConfig config = TinyNetworks.conditional();
            Weighting weighting = new Weighting.Constant(1);
            Objective slices =
                    new Objective(LossKind.L2, Estimator.Unrolled.of(1), 3, weighting, 0);
            Objective steps = Objective.of(LossKind.L2, Estimator.Unrolled.of(3), weighting);
            Fixture sliced = new Fixture(backend, config, slices, false);
            Fixture unrolled = new Fixture(backend, config, steps, false);
            sliced.pass.run();
            unrolled.pass.run();
            assertArrayEquals(unrolled.pass.losses(), sliced.pass.losses());
            String decoder = "final_layer.linear.weight";
            assertArrayEquals(
                    unrolled.gradients.tensor(decoder).get(),
                    sliced.gradients.tensor(decoder).get(),
                    1e-6f);
            assertFalse(
                    Arrays.equals(unrolled.gradients.flat().get(), sliced.gradients.flat().get()));
        }
    }

    // what is trained is what is sampled: the last decoded state after three steps from the same
    // start
    @ParameterizedTest
    @MethodSource("networks")
    void trainingAndSamplingComputeTheSameImages(ModelConfig config) {
        try (Backend backend = Backends.jvm(2)) {
            Fixture fixture = new Fixture(backend, config, LossKind.L1, false);
            fixture.pass.run();
            SamplingPass sampling =
                    new SamplingPass(new Network(backend, config, fixture.weights), BATCH);
            sampling.noise().set(fixture.pass.noise().get());
            sampling.labels().set(2, 0, 2);
            sampling.start().ifPresent(z -> z.set(fixture.pass.start().orElseThrow().get()));
            sampling.inject();
            Tensor state =
                    switch (sampling.state()) {
                        case SamplingPass.Direct(Tensor h) -> h;
                        case SamplingPass.Solved(EquilibriumPass map) -> {
                            for (int k = 0; k < 3; k++) {
                                map.apply();
                                map.state().set(map.next().get());
                            }
                            yield map.state();
                        }
                    };
            sampling.decoderOf(state).run();
            int last = fixture.pass.losses().length - 1;
            assertArrayEquals(fixture.pass.image(last).get(), sampling.image().get());
        }
    }
}
