package dev.getj.model;

/**
 * A distance of images by what a small frozen network makes of them, to be added to that of their
 * pixels: {@code λ · mean (φ(x̂) − φ(x))²} with {@code φ(x) = W₂ gelu(W₁ x + b₁) + b₂}, the mean being
 * over batch and features. See {@code docs/kernels/loss.md}.
 *
 * @param weight λ
 * @param layers {@code fc1} and {@code fc2} in the names of {@link ParameterTable#layers}; on the
 *     device that trains, and not changed
 */
public record FeatureLoss(double weight, Parameters layers) {
    /**
     * @throws IllegalArgumentException if the weight is not positive
     */
    public FeatureLoss {
        if (!(weight > 0 && Double.isFinite(weight))) {
            throw new IllegalArgumentException(
                    "the weight of a feature loss must be positive, not " + weight);
        }
    }

    /**
     * @throws IllegalArgumentException if the network takes images of another size
     */
    void requireFit(ModelConfig config) {
        int pixels = layers.tensor("fc1.weight").dim(1);
        if (pixels != config.pixels()) {
            throw new IllegalArgumentException(
                    "the network of the feature loss takes images of %s values, the student makes some of %s"
                            .formatted(pixels, config.pixels()));
        }
    }
}
