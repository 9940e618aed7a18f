package dev.getj.model;

import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

/**
 * Tells a denoiser its noise level: Fourier features of c_noise through a small MLP, {@code c +=
 * fc2(gelu(fc1(features)))}, added where the class embedding is added.
 *
 * <p>The features are {@code [sin | cos]} of {@code 2π f c_noise} at 32 frequencies from 1/8 to 8,
 * spaced geometrically: c_noise = ln(σ)/4 spans less than three over all levels that are sampled,
 * so the lowest tells the ends apart and the highest tells levels apart that differ by a third.
 */
final class NoiseEmbedding {
    static final String FC1 = "noise_embedder.fc1";
    static final String FC2 = "noise_embedder.fc2";

    /** Features of a noise level. */
    static final int FEATURES = 64;

    private static final int FREQUENCIES = FEATURES / 2;
    private static final double LOWEST = 1.0 / 8;
    private static final double HIGHEST = 8;

    private final LinearLayer fc1;
    private final LinearLayer fc2;
    private final boolean conditional;

    NoiseEmbedding(ModelConfig config, Parameters weights) {
        fc1 = LinearLayer.of(weights, FC1);
        fc2 = LinearLayer.of(weights, FC2);
        conditional = config.conditional();
    }

    /**
     * Features of one noise level.
     *
     * @param target receives {@link #FEATURES} values from position {@code at}
     */
    static void features(double cNoise, float[] target, int at) {
        double ratio = HIGHEST / LOWEST;
        for (int i = 0; i < FREQUENCIES; i++) {
            double frequency = LOWEST * StrictMath.pow(ratio, (double) i / (FREQUENCIES - 1));
            double angle = 2 * StrictMath.PI * frequency * cNoise;
            target[at + i] = (float) StrictMath.sin(angle);
            target[at + FREQUENCIES + i] = (float) StrictMath.cos(angle);
        }
    }

    // features is [B, 64]; condition is [B, 3D] and holds the class embedding if there are classes;
    // hidden is [B, D], saved before GELU
    void forward(Kernels k, Tensor features, Output hidden, Tensor condition) {
        k.linearGelu(features, fc1.weight(), fc1.bias(), hidden.savedOrNull(), hidden.value());
        if (conditional) {
            k.linearResidual(hidden.value(), fc2.weight(), fc2.bias(), condition, condition);
        } else {
            k.linear(hidden.value(), fc2.weight(), fc2.bias(), condition);
        }
    }

    // dCondition is [B, 3D]; dHidden [B, D] is overwritten
    void backward(
            Kernels k,
            Tensor features,
            Output.Saved hidden,
            Tensor dCondition,
            Tensor dHidden,
            Parameters gradients) {
        LinearLayer dFc1 = LinearLayer.of(gradients, FC1);
        LinearLayer dFc2 = LinearLayer.of(gradients, FC2);
        // c += hidden · fc2ᵀ + b
        k.linearBackwardWeight(dCondition, hidden.value(), dFc2.weight(), dFc2.bias());
        // hidden = gelu(preActivation)
        k.linearGeluBackwardInput(dCondition, fc2.weight(), hidden.saved(), dHidden);
        // preActivation = features · fc1ᵀ + b
        k.linearBackwardWeight(dHidden, features, dFc1.weight(), dFc1.bias());
    }
}
