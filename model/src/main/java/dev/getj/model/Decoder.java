package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.op.PatchOrder;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;

/** {@code x̂ = unpatchify(LN(z) W_f + b_f)}: a state back to pixels, not clamped. */
public final class Decoder {
    private static final String NORM = "final_layer.norm_final";
    private static final String LINEAR = "final_layer.linear";

    /** What decoding computes besides the image; statistics only when training. */
    public record Activations(Tensor normed, Tensor statistics, Tensor features) {
        public static Activations allocate(
                Backend backend, ModelConfig config, int batch, boolean training) {
            int[] state = {batch, config.tokens(), config.width()};
            Tensor features = backend.allocate(batch, config.tokens(), config.patchFeatures());
            if (!training) {
                return new Activations(backend.allocate(state), null, features);
            }
            List<Tensor> normed =
                    backend.allocateTogether(state, new int[] {batch, config.tokens(), 2});
            return new Activations(normed.get(0), normed.get(1), features);
        }
    }

    private final NormLayer norm;
    private final LinearLayer linear;

    Decoder(Parameters weights) {
        norm = NormLayer.of(weights, NORM);
        linear = LinearLayer.of(weights, LINEAR);
    }

    // z is [B, N, D], image [B, C, S, S]
    public void forward(Kernels k, Tensor z, Activations a, Tensor image) {
        k.layerNorm(z, norm.gamma(), norm.beta(), a.normed, a.statistics);
        k.linear(a.normed, linear.weight(), linear.bias(), a.features);
        k.unpatchify(a.features, PatchOrder.CHANNEL_LAST, image);
    }

    // dImage is [B, C, S, S]; the gradient of z is added to dZ [B, N, D]; overwrites the
    // activations with gradients
    public void backward(
            Kernels k, Tensor z, Activations a, Tensor dImage, Parameters gradients, Tensor dZ) {
        NormLayer dNorm = NormLayer.of(gradients, NORM);
        LinearLayer dLinear = LinearLayer.of(gradients, LINEAR);
        // image = unpatchify(features)
        k.patchify(dImage, PatchOrder.CHANNEL_LAST, a.features);
        // features = normed · Wᵀ + b
        k.linearBackwardWeight(a.features, a.normed, dLinear.weight(), dLinear.bias());
        k.linearBackwardInput(a.features, linear.weight(), a.normed);
        // normed = LN(z)
        k.layerNormBackward(
                a.normed, z, norm.gamma(), a.statistics, dZ, dNorm.gamma(), dNorm.beta());
    }
}
