package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.op.LossKind;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;

/** A {@link FeatureLoss} on batches of one size. */
final class FeatureLossPass {
    private final LinearLayer first;
    private final LinearLayer second;
    private final float weight;
    private final int batch;
    private final Tensor pre;
    private final Tensor hidden;
    private final Tensor wanted;
    private final Tensor features;
    private final Tensor dFeatures;
    private final Tensor dPre;
    private final Tensor dInput;
    private final Tensor losses;

    /**
     * @param states images of a batch, of which each has a loss
     */
    FeatureLossPass(FeatureLoss loss, Space space, int states) {
        loss.requireFit(space.config());
        first = LinearLayer.of(loss.layers(), "fc1");
        second = LinearLayer.of(loss.layers(), "fc2");
        weight = (float) loss.weight();
        batch = space.batch();
        Backend backend = space.backend();
        int[] inner = {batch, first.weight().dim(0)};
        int[] outer = {batch, second.weight().dim(0)};
        List<Tensor> layer = backend.allocateTogether(inner, inner);
        pre = layer.get(0);
        hidden = layer.get(1);
        dPre = backend.allocate(inner);
        wanted = backend.allocate(outer);
        features = backend.allocate(outer);
        dFeatures = backend.allocate(outer);
        dInput = backend.allocate(batch, space.config().pixels());
        losses = backend.allocate(states);
    }

    /** What the teacher's images are to be compared by; once a batch, before any {@link #add}. */
    void target(Kernels k, Tensor images) {
        forward(k, flat(images), wanted);
    }

    /**
     * Forward and backward of one batch of images.
     *
     * @param stateWeight of the state that was decoded to them
     * @param dImages [B, C, S, S], to which the gradient is added
     */
    void add(Kernels k, int state, Tensor images, double stateWeight, Tensor dImages) {
        forward(k, flat(images), features);
        k.loss(
                LossKind.L2,
                features,
                wanted,
                (float) (stateWeight * weight),
                losses.view(state, 1),
                dFeatures);
        // features = gelu(pre) W₂ᵀ + b₂
        k.linearGeluBackwardInput(dFeatures, second.weight(), pre, dPre);
        // pre = images W₁ᵀ + b₁
        k.linearBackwardInput(dPre, first.weight(), dInput);
        k.add(dInput, flat(dImages));
    }

    // x is [B, E], y [B, F]
    private void forward(Kernels k, Tensor x, Tensor y) {
        k.linearGelu(x, first.weight(), first.bias(), pre, hidden);
        k.linear(hidden, second.weight(), second.bias(), y);
    }

    private Tensor flat(Tensor images) {
        return images.reshape(batch, images.size() / batch);
    }

    /** {@code λ · mean (φ(x̂) − φ(x))²} of each state. */
    float[] losses() {
        float[] values = losses.get();
        for (int i = 0; i < values.length; i++) {
            values[i] *= weight;
        }
        return values;
    }
}
