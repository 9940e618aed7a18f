package dev.getj.model;

import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.op.PatchOrder;
import dev.getj.kernels.tensor.Tensor;

/** {@code x̂ = unpatchify(LN(z) W_f + b_f)}: a state back to pixels, not clamped. */
final class Decoder {
    private static final String NORM = "final_layer.norm_final";
    private static final String LINEAR = "final_layer.linear";

    /** What decoding computes besides the image. */
    record Activations<A extends Output>(A normed, Tensor features) {
        static Activations<Output.Value> values(Space space) {
            return new Activations<>(new Output.Value(space.state()), space.patches());
        }

        static Activations<Output.Saved> saved(Space space) {
            int n = space.config().tokens();
            int[] state = {space.batch(), n, space.config().width()};
            int[] statistics = {space.batch(), n, 2};
            return new Activations<>(
                    Output.Saved.allocate(space, state, statistics), space.patches());
        }
    }

    private final NormLayer norm;
    private final LinearLayer linear;

    Decoder(Parameters weights) {
        norm = NormLayer.of(weights, NORM);
        linear = LinearLayer.of(weights, LINEAR);
    }

    // z is [B, N, D], image [B, C, S, S]
    void forward(Kernels k, Tensor z, Activations<?> a, Tensor image) {
        k.layerNorm(z, norm.gamma(), norm.beta(), a.normed.value(), a.normed.savedOrNull());
        k.linear(a.normed.value(), linear.weight(), linear.bias(), a.features);
        k.unpatchify(a.features, PatchOrder.CHANNEL_LAST, image);
    }

    // dImage is [B, C, S, S]; the gradient of z is added to dZ [B, N, D]; overwrites the
    // activations with gradients
    void backward(
            Kernels k,
            Tensor z,
            Activations<Output.Saved> a,
            Tensor dImage,
            Parameters gradients,
            Tensor dZ) {
        NormLayer dNorm = NormLayer.of(gradients, NORM);
        LinearLayer dLinear = LinearLayer.of(gradients, LINEAR);
        Tensor normed = a.normed.value();
        // image = unpatchify(features)
        k.patchify(dImage, PatchOrder.CHANNEL_LAST, a.features);
        // features = normed · Wᵀ + b
        k.linearBackwardWeight(a.features, normed, dLinear.weight(), dLinear.bias());
        k.linearBackwardInput(a.features, linear.weight(), normed);
        // normed = LN(z)
        k.layerNormBackward(
                normed, z, norm.gamma(), a.normed.saved(), dZ, dNorm.gamma(), dNorm.beta());
    }
}
