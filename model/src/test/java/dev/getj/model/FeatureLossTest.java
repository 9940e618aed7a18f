package dev.getj.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.op.LossKind;
import dev.getj.kernels.reference.DoubleBuffer;
import dev.getj.kernels.reference.Gelu;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** A loss of features beside that of pixels, against finite differences and plain loops in double. */
class FeatureLossTest {
    private static final int BATCH = 3;
    private static final int HIDDEN = 7;
    private static final int FEATURES = 5;
    private static final float WEIGHT = 0.7f;

    /** As in {@link TrainingPassTest}. */
    private static final double STEP = 1e-5;

    private static final double FINITE_DIFFERENCE = 1e-6;

    static Stream<ModelConfig> networks() {
        return Stream.of(TinyNetworks.conditional(), TinyNetworks.vit());
    }

    private static Parameters layers(Backend backend, int pixels) {
        Parameters layers =
                new Parameters(backend, ParameterTable.layers(pixels, HIDDEN, FEATURES, 2));
        float[] values = TinyNetworks.normal(layers.flat().size(), 5);
        for (int i = 0; i < values.length; i++) {
            values[i] *= 0.3f;
        }
        layers.flat().set(values);
        return layers;
    }

    /** Pixels by L2, and features. */
    private static final class Fixture {
        final Objective objective = Objective.unrolled(LossKind.L2, 3, 0.8);
        final ModelConfig config;
        final Parameters weights;
        final Parameters gradients;
        final Parameters layers;
        final TrainingPass pass;

        Fixture(Backend backend, ModelConfig config) {
            this.config = config;
            weights = TinyNetworks.weights(backend, config, 11);
            gradients = new Parameters(backend, weights.table());
            layers = layers(backend, config.pixels());
            pass =
                    new TrainingPass(
                            new Network(backend, config, weights),
                            gradients,
                            objective,
                            Optional.of(new FeatureLoss(WEIGHT, layers)),
                            BATCH,
                            false);
            pass.noise().set(TinyNetworks.normal(pass.noise().size(), 1));
            pass.target().set(TinyNetworks.normal(pass.target().size(), 2));
            pass.start().ifPresent(z0 -> z0.set(TinyNetworks.normal(z0.size(), 3)));
            pass.labels().set(2, 0, 2);
        }

        double objective() {
            pass.run();
            double[] states =
                    config.kind() instanceof ModelConfig.Get
                            ? objective.weights()
                            : new double[] {1};
            double sum = 0;
            for (int k = 0; k < states.length; k++) {
                sum += (float) states[k] * distance(pass.image(k));
            }
            return sum;
        }

        private double distance(Tensor image) {
            int pixels = config.pixels();
            double sum = 0;
            for (int i = 0; i < image.size(); i++) {
                double e = DoubleBuffer.get(image, i) - DoubleBuffer.get(pass.target(), i);
                sum += e * e / image.size();
            }
            for (int b = 0; b < BATCH; b++) {
                double[] made = features(image, b * pixels);
                double[] wanted = features(pass.target(), b * pixels);
                for (int f = 0; f < FEATURES; f++) {
                    double e = made[f] - wanted[f];
                    sum += WEIGHT * e * e / (BATCH * FEATURES);
                }
            }
            return sum;
        }

        private double[] features(Tensor images, int at) {
            double[] x = new double[config.pixels()];
            for (int i = 0; i < x.length; i++) {
                x[i] = DoubleBuffer.get(images, at + i);
            }
            double[] hidden = linear(x, "fc1", HIDDEN);
            for (int i = 0; i < HIDDEN; i++) {
                hidden[i] = Gelu.value(hidden[i]);
            }
            return linear(hidden, "fc2", FEATURES);
        }

        private double[] linear(double[] x, String name, int outputs) {
            Tensor weight = layers.tensor(name + ".weight");
            Tensor bias = layers.tensor(name + ".bias");
            double[] y = new double[outputs];
            for (int o = 0; o < outputs; o++) {
                y[o] = DoubleBuffer.get(bias, o);
                for (int i = 0; i < x.length; i++) {
                    y[o] += DoubleBuffer.get(weight, o * x.length + i) * x[i];
                }
            }
            return y;
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void gradientsAgreeWithFiniteDifferences(ModelConfig config) {
        try (Backend backend = new ReferenceBackend()) {
            Fixture fixture = new Fixture(backend, config);
            double before = fixture.objective();
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
                int at = entry.offset() + random.nextInt(entry.size());
                assertEquals(
                        slope(fixture, at),
                        gradient[at],
                        FINITE_DIFFERENCE * Math.max(largest, 1e-3),
                        () -> entry.name() + " at " + (at - entry.offset()));
            }
        }
    }

    private static double slope(Fixture fixture, int at) {
        Tensor weights = fixture.weights.flat();
        double value = DoubleBuffer.get(weights, at);
        DoubleBuffer.set(weights, at, value + STEP);
        double above = fixture.objective();
        DoubleBuffer.set(weights, at, value - STEP);
        double below = fixture.objective();
        DoubleBuffer.set(weights, at, value);
        return (above - below) / (2 * STEP);
    }

    @Test
    void aNetworkOfOtherImagesAndAWeightOfNothingAreRefused() {
        try (Backend backend = new ReferenceBackend()) {
            ModelConfig config = TinyNetworks.vit();
            Parameters weights = TinyNetworks.weights(backend, config, 1);
            FeatureLoss other = new FeatureLoss(1, layers(backend, 16));
            assertEquals(
                    "the network of the feature loss takes images of 16 values, the student makes"
                            + " some of 32",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () ->
                                            new TrainingPass(
                                                    new Network(backend, config, weights),
                                                    new Parameters(backend, weights.table()),
                                                    Objective.paper(),
                                                    Optional.of(other),
                                                    BATCH,
                                                    false))
                            .getMessage());
            assertThrows(IllegalArgumentException.class, () -> new FeatureLoss(0, other.layers()));
        }
    }
}
