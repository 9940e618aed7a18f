package dev.getj.kernels.tornado.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.runtime.EmulatedBackend;

import org.junit.jupiter.api.Test;

import java.util.Random;

/**
 * Gradients where all keys have much in common. Softmax does not see that, but scores of 10⁵ are
 * rounded to 0.01, and so are log-sums: probabilities that do not add up to 1 give gradients many
 * times too large.
 */
class LargeScoresTest {
    private static final int HEADS = 2;
    private static final int DEPTH = 32;
    private static final int WIDTH = HEADS * DEPTH;
    private static final int TOKENS = 49;

    @Test
    void gradientsOnTheJvmAreThoseInDouble() {
        try (Backend jvm = Backends.jvm(2)) {
            assertEquals(0, distance(jvm), 0.1);
        }
    }

    @Test
    void gradientsOfDeviceKernelsAreThoseInDouble() {
        assertEquals(0, distance(new EmulatedBackend(EmulatedBackend.Tiles.LARGE)), 0.1);
    }

    private static double distance(Backend backend) {
        float[] exact = gradients(new ReferenceBackend());
        float[] computed = gradients(backend);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < exact.length; i++) {
            difference += Math.pow((double) computed[i] - exact[i], 2);
            norm += Math.pow(exact[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    private static float[] gradients(Backend backend) {
        Tensor qkv = backend.allocate(1, TOKENS, 3 * WIDTH);
        Tensor y = backend.allocate(1, TOKENS, WIDTH);
        Tensor logSums = backend.allocate(1, HEADS, TOKENS);
        Tensor dY = backend.allocate(1, TOKENS, WIDTH);
        Tensor dQkv = backend.allocate(1, TOKENS, 3 * WIDTH);
        Random random = new Random(1);
        float[] values = new float[qkv.size()];
        for (int i = 0; i < values.length; i++) {
            float common =
                    switch (i / WIDTH % 3) {
                        case 0 -> 20;
                        case 1 -> 500;
                        default -> 5;
                    };
            values[i] = (float) random.nextGaussian() + common;
        }
        qkv.set(values);
        float[] slopes = new float[dY.size()];
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] = (float) random.nextGaussian();
        }
        dY.set(slopes);
        backend.record(
                        "attention",
                        k -> {
                            k.attention(qkv, HEADS, y, logSums);
                            k.attentionBackward(dY, qkv, y, logSums, HEADS, dQkv);
                        })
                .run();
        return dQkv.get();
    }
}
