package dev.getj.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.ModelConfig;
import dev.getj.model.Parameters;
import dev.getj.model.TinyNetworks;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.stream.Stream;

/** Images that are led away from those of the null class. */
class GuidanceTest {
    private static final String TABLE = "y_embedder.embedding_table.weight";
    private static final float W = 2.5f;

    private Backend backend;

    static Stream<ModelConfig> networks() {
        return Stream.of(
                TinyNetworks.conditional().withNullClass(),
                TinyNetworks.fromInjection().withNullClass(),
                TinyNetworks.vit().withNullClass());
    }

    @BeforeEach
    void open() {
        backend = Backends.jvm(2);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private Sampler sampler(ModelConfig config, Parameters weights) {
        return new Sampler(backend, config, weights, 4);
    }

    /** Whose every class is the null class. */
    private Parameters unlabelled(ModelConfig config) {
        Parameters weights = TinyNetworks.weights(backend, config, 8);
        Tensor table = weights.tensor(TABLE);
        float[] rows = table.get();
        int width = 3 * config.width();
        for (int label = 0; label < config.classes(); label++) {
            System.arraycopy(rows, config.classes() * width, rows, label * width, width);
        }
        table.set(rows);
        return weights;
    }

    private static float[] led(float[] from, float[] to) {
        float[] led = new float[to.length];
        for (int i = 0; i < led.length; i++) {
            led[i] = from[i] + W * (to[i] - from[i]);
        }
        return led;
    }

    @ParameterizedTest
    @MethodSource("networks")
    void anImageIsExtrapolatedFromThatOfTheNullClass(ModelConfig config) {
        SampleRequest request = SampleRequest.of(6).withSeed(3);
        Sampler sampler = sampler(config, TinyNetworks.weights(backend, config, 8));
        Samples plain = sampler.sample(request);
        Samples none = sampler(config, unlabelled(config)).sample(request);
        assertFalse(Arrays.equals(plain.pixels(), none.pixels()));
        Samples guided = sampler.sample(request.withGuidance(W));
        assertArrayEquals(led(none.pixels(), plain.pixels()), guided.pixels());
        assertArrayEquals(plain.labels(), guided.labels());
        for (int i = 0; i < guided.count(); i++) {
            assertEquals(
                    Math.max(plain.residuals()[i], none.residuals()[i]), guided.residuals()[i]);
            assertEquals(2 * plain.evaluations()[i], guided.evaluations()[i]);
        }
        assertEquals(plain, sampler.sample(request.withGuidance(1)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void sequencesAndNoiseOfOnesOwnAreGuidedAlike(ModelConfig config) {
        Sampler sampler = sampler(config, TinyNetworks.weights(backend, config, 8));
        Sampler none = sampler(config, unlabelled(config));
        SampleRequest request =
                SampleRequest.of(3)
                        .withLabels(2, 0, 0)
                        .withIterations(1)
                        .withStart(SampleRequest.Start.PREVIOUS);
        float[] noise = TinyNetworks.normal(3 * config.pixels(), 5);
        assertArrayEquals(
                led(none.sample(noise, request).pixels(), sampler.sample(noise, request).pixels()),
                sampler.sample(noise, request.withGuidance(W)).pixels());
    }

    @Test
    void whereThereIsNoNullClassOnlyGuidanceOneIsPossible() {
        ModelConfig config = TinyNetworks.conditional();
        Sampler sampler = sampler(config, TinyNetworks.weights(backend, config, 8));
        SampleRequest request = SampleRequest.of(2);
        assertEquals(sampler.sample(request), sampler.sample(request.withGuidance(1)));
        assertEquals(
                "guidance 2.5: this network knows no null class to be led away from, as it was"
                        + " trained without label dropout",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> sampler.sample(request.withGuidance(W)))
                        .getMessage());
        assertEquals(
                "the guidance must be at least 0 and finite, not -1.0",
                assertThrows(IllegalArgumentException.class, () -> request.withGuidance(-1))
                        .getMessage());
    }
}
