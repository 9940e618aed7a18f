package dev.getj.model;

import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

import java.util.Optional;

/** What {@link ModelConfig.Norm#POST} adds to the equilibrium map: {@code f(z) = LN(y)}. */
record StateNorm(NormLayer layer) {
    /** Of its parameters. */
    static final String NAME = "deq_norm";

    /** None if the state is not normalised. */
    static Optional<StateNorm> of(ModelConfig config, Parameters weights) {
        return switch (config.kind().norm()) {
            case PRE -> Optional.empty();
            case POST -> Optional.of(new StateNorm(NormLayer.of(weights, NAME)));
        };
    }

    // y and f are [B, N, D]
    void forward(Kernels k, Tensor y, Output f) {
        k.layerNorm(y, layer.gamma(), layer.beta(), f.value(), f.savedOrNull());
    }

    // d holds the gradient of f and receives, in place, that of y; dF [B, N, D] is scratch
    void backward(Kernels k, Tensor y, Output.Saved f, NormLayer gradients, Tensor dF, Tensor d) {
        k.copy(d, dF);
        k.fill(0, d);
        // f = LN(y)
        k.layerNormBackward(
                dF, y, layer.gamma(), f.saved(), d, gradients.gamma(), gradients.beta());
    }
}
