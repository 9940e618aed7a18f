package dev.getj.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.op.LossKind;
import dev.getj.kernels.profile.DryBackend;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.solver.Weighting;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/** Training with factors of 16 bits, on the reference backend, which has all types. */
class MixedTrainingPassTest {
    private static final int BATCH = 3;

    /**
     * How far gradients may be off, in the norm of a parameter's. A bfloat16 is off by at most 2⁻⁸
     * of itself, 0.4 %, and some ten values that are rounded lie between a loss and a weight, in
     * each of three iterations.
     */
    private static final double NEAR = 10 * 0x1p-8;

    static Stream<ModelConfig> networks() {
        return Stream.of(
                TinyNetworks.conditional(), TinyNetworks.unconditional(), TinyNetworks.vit());
    }

    static Stream<Objective> objectives() {
        Estimator.Unrolled steps = Estimator.Unrolled.of(3);
        Weighting weighting = new Weighting.Exponential(0.8);
        return Stream.of(
                Objective.of(LossKind.L2, steps.recomputing(), weighting),
                new Objective(LossKind.L2, Estimator.Unrolled.of(2), 2, weighting, 0));
    }

    private record Gradients(Parameters flat, float[] losses) {}

    private static Gradients gradients(
            Backend backend,
            ModelConfig config,
            Objective objective,
            Precision precision,
            boolean recompute) {
        Parameters weights = TinyNetworks.weights(backend, config, 11);
        Parameters gradients = new Parameters(backend, weights.table());
        Factors factors = Factors.trained(backend, config, weights, precision);
        factors.round();
        Network network = new Network(backend, config, weights, factors);
        TrainingPass pass = new TrainingPass(network, gradients, objective, BATCH, recompute);
        pass.noise().set(TinyNetworks.normal(pass.noise().size(), 1));
        pass.target().set(TinyNetworks.normal(pass.target().size(), 2));
        pass.start().ifPresent(z0 -> z0.set(TinyNetworks.normal(z0.size(), 3)));
        pass.labels().set(2, 0, 2);
        pass.run();
        return new Gradients(gradients, pass.losses());
    }

    @ParameterizedTest
    @MethodSource("networks")
    void gradientsAreNearThoseInFloats(ModelConfig config) {
        assertNear(config, Objective.unrolled(LossKind.L2, 3, 0.8));
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void withOtherObjectivesToo(Objective objective) {
        assertNear(TinyNetworks.conditional(), objective);
    }

    private static void assertNear(ModelConfig config, Objective objective) {
        try (Backend backend = new ReferenceBackend()) {
            Gradients exact = gradients(backend, config, objective, Precision.FLOAT32, false);
            Gradients mixed = gradients(backend, config, objective, Precision.MIXED, false);
            assertNear(exact.flat, mixed.flat);
            for (int i = 0; i < exact.losses.length; i++) {
                assertEquals(exact.losses[i], mixed.losses[i], 0x1p-8 * exact.losses[i]);
            }
        }
    }

    /** Parameter by parameter, and not all the same. */
    static void assertNear(Parameters exact, Parameters mixed) {
        double worst = 0;
        for (ParameterTable.Entry entry : exact.table().trainedEntries()) {
            float[] expected = exact.tensor(entry.name()).get();
            float[] actual = mixed.tensor(entry.name()).get();
            double norm = 0;
            double difference = 0;
            for (int i = 0; i < expected.length; i++) {
                norm += (double) expected[i] * expected[i];
                difference += Math.pow((double) expected[i] - actual[i], 2);
            }
            double off = Math.sqrt(difference / norm);
            assertTrue(off <= NEAR, entry.name() + " is off by " + off);
            worst = Math.max(worst, off);
        }
        assertTrue(worst > 0x1p-12, "nothing was rounded: " + worst);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void recomputationDoesNotChangeABit(ModelConfig config) {
        Objective objective = Objective.unrolled(LossKind.L1, 3, 0.8);
        try (Backend backend = new ReferenceBackend()) {
            Gradients kept = gradients(backend, config, objective, Precision.MIXED, false);
            Gradients again = gradients(backend, config, objective, Precision.MIXED, true);
            assertArrayEquals(kept.flat.flat().get(), again.flat.flat().get());
            assertArrayEquals(kept.losses, again.losses);
        }
    }

    @Test
    void whatIsSavedTakesLessMemory() {
        ModelConfig config =
                new ModelConfig(
                        "few parameters, many tokens",
                        new ModelConfig.Images(32, 3, 3),
                        new ModelConfig.Token(2, 32, 1),
                        new ModelConfig.Stack(2, 4),
                        new ModelConfig.Get(new ModelConfig.Stack(2, 4)));
        List<Long> bytes =
                Stream.of(Precision.FLOAT32, Precision.MIXED)
                        .map(
                                precision -> {
                                    DryBackend meter = new DryBackend();
                                    gradients(
                                            meter,
                                            config,
                                            Objective.unrolled(LossKind.L1, 3, 0.8),
                                            precision,
                                            false);
                                    return meter.bytes();
                                })
                        .toList();
        assertTrue(bytes.get(1) < 0.65 * bytes.get(0), bytes.toString());
    }

    @Test
    void headsThatAttentionDoesNotTakeInSixteenBitsAreRefused() {
        ModelConfig config =
                new ModelConfig(
                        "deep heads",
                        new ModelConfig.Images(4, 2, 0),
                        new ModelConfig.Token(2, 68, 1),
                        new ModelConfig.Stack(1, 2),
                        new ModelConfig.Vit());
        refused(
                new ReferenceBackend(),
                config,
                "--precision mixed trains heads whose depth is a multiple of 4 up to 64, those of"
                        + " this network are 68 deep: use --precision float32");
    }

    @Test
    void aBackendWithoutTensorCoresRefuses() {
        try (Backend backend = Backends.jvm(1)) {
            refused(
                    backend,
                    TinyNetworks.conditional(),
                    "--precision mixed needs tensor cores, of NVIDIA's Ampere or later with"
                            + " --device cuda; jvm computes in float32");
        }
    }

    private static void refused(Backend backend, ModelConfig config, String message) {
        ParameterTable table = new ParameterTable(config);
        GetjException refusal =
                assertThrows(
                        GetjException.class,
                        () -> Precision.MIXED.requireTrainable(backend, config, table));
        assertEquals(message, refusal.getMessage());
        Precision.FLOAT32.requireTrainable(backend, config, table);
    }
}
