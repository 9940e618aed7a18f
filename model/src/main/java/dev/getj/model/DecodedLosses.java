package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.LossKind;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.StateLoss;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decodes supervised states, measures how far each image is off, and goes back to the state. */
final class DecodedLosses implements StateLoss {
    private final Backend backend;
    private final Decoder decoder;
    private final Parameters gradients;
    private final LossKind kind;
    private final double[] weights;
    private final Tensor target;
    private final Tensor losses;
    private final Decoder.Activations<Output.Saved> decoding;
    private final Tensor dImage;
    private final List<Tensor> images = new ArrayList<>();
    private final Optional<FeatureLossPass> features;
    private final Optional<Program> targetFeatures;

    /**
     * @param weights of the losses of the supervised states, in order
     * @param feature a loss beside that of the pixels
     */
    DecodedLosses(
            Decoder decoder,
            Space space,
            Parameters gradients,
            LossKind kind,
            double[] weights,
            Optional<FeatureLoss> feature) {
        backend = space.backend();
        this.decoder = decoder;
        this.gradients = gradients;
        this.kind = kind;
        this.weights = weights.clone();
        target = space.images();
        losses = backend.allocate(weights.length);
        decoding = Decoder.Activations.saved(space);
        dImage = space.images();
        for (int i = 0; i < weights.length; i++) {
            images.add(space.images());
        }
        features = feature.map(each -> new FeatureLossPass(each, space, weights.length));
        targetFeatures =
                features.map(
                        each -> backend.record("target features", k -> each.target(k, target)));
    }

    /** Computes what all states of a batch are compared with, once its target is there. */
    void begin() {
        targetFeatures.ifPresent(Program::run);
    }

    /** The teacher's images, [B, C, S, S]. */
    Tensor target() {
        return target;
    }

    /** The image of supervised state {@code i}, [B, C, S, S]. */
    Tensor image(int i) {
        return images.get(i);
    }

    /**
     * Records forward and backward of supervised state {@code i}.
     *
     * @param z [B, N, D]
     * @param dZ receives, added to what it holds, the gradient of z
     */
    @Override
    public List<Program> record(int i, Tensor z, Tensor dZ) {
        Tensor image = images.get(i);
        // the loss has its weight compiled in; what it stands between is the same each time
        return List.of(
                backend.record("decode", k -> decoder.forward(k, z, decoding, image)),
                backend.record(
                        "loss",
                        k -> {
                            k.loss(
                                    kind,
                                    image,
                                    target,
                                    (float) weights[i],
                                    losses.view(i, 1),
                                    dImage);
                            features.ifPresent(each -> each.add(k, i, image, weights[i], dImage));
                        }),
                backend.record(
                        "decode backward",
                        k -> decoder.backward(k, z, decoding, dImage, gradients, dZ)));
    }

    /**
     * The same losses, with each gradient computed apart and then added.
     *
     * @param gradient [B, N, D], overwritten
     */
    StateLoss separately(Tensor gradient) {
        return (i, z, dZ) -> {
            List<Program> programs = new ArrayList<>();
            programs.add(backend.record("clear cotangent", k -> k.fill(0, gradient)));
            programs.addAll(record(i, z, gradient));
            programs.add(backend.record("add cotangent", k -> k.add(gradient, dZ)));
            return programs;
        };
    }

    /** The unweighted loss of each supervised state, first to last. */
    float[] losses() {
        return losses.get();
    }

    /** The weighted sum of {@link #losses}, and of those of features. */
    double objective() {
        float[] values = losses();
        float[] more =
                features.map(FeatureLossPass::losses).orElseGet(() -> new float[values.length]);
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += ((double) values[i] + more[i]) * weights[i];
        }
        return sum;
    }
}
