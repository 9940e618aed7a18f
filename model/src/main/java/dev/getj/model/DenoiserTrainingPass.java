package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.LossKind;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Loss and gradient of a {@link DenoiserPass} on batches of one size: {@code mean (F(x; c_noise,
 * label) − target)²}.
 */
public final class DenoiserTrainingPass {
    private final Trunk.Pass<Output.Saved> trunk;
    private final Tensor features;
    private final float[] hostFeatures;
    private final DecodedLosses decoded;
    private final List<Program> programs = new ArrayList<>();

    /**
     * @param weights with a {@link ParameterTable#denoiser} table
     * @param factors of these weights
     * @param gradients receives the gradient of each batch, overwritten by {@link #run}
     * @param recompute trade time for memory
     */
    public DenoiserTrainingPass(
            Backend backend,
            ModelConfig config,
            Parameters weights,
            Factors factors,
            Parameters gradients,
            int batch,
            boolean recompute) {
        Denoiser denoiser = Denoiser.of(config, weights, factors);
        Space space = new Space(backend, config, batch, factors.type());
        TrainingWorkspace workspace = new TrainingWorkspace(space, gradients, recompute);
        Tensor condition = space.condition();
        Tensor dCondition = space.condition();
        trunk = new Trunk.Pass<>(denoiser.trunk(), space, Optional.of(condition), workspace);
        decoded =
                new DecodedLosses(
                        denoiser.decoder(),
                        space,
                        gradients,
                        LossKind.L2,
                        new double[] {1},
                        Optional.empty());
        features = backend.allocate(batch, NoiseEmbedding.FEATURES);
        hostFeatures = new float[features.size()];
        int[] hidden = {batch, config.width()};
        Output.Saved level = Output.Saved.allocate(space, hidden, hidden);
        Tensor dHidden = backend.allocate(hidden);
        Tensor d = space.state();
        NoiseEmbedding levels = denoiser.levels();
        programs.add(
                backend.record(
                        "clear gradients",
                        k -> {
                            k.fill(0, gradients.flat());
                            k.fill(0, d);
                            k.fill(0, dCondition);
                        }));
        programs.add(
                backend.record(
                        "embed",
                        k -> {
                            trunk.embed(k);
                            levels.forward(k, features, level, condition);
                        }));
        programs.addAll(trunk.blocks().record(backend, "block", 1));
        programs.addAll(decoded.record(0, trunk.h(), d));
        Optional<Tensor> dC = Optional.of(dCondition);
        programs.addAll(workspace.backward(trunk.blocks(), Block.Injections.ofCondition(dC), d));
        programs.add(
                backend.record(
                        "embed backward",
                        k -> {
                            trunk.embedBackward(k, d, dC, gradients);
                            levels.backward(k, features, level, dCondition, dHidden, gradients);
                        }));
    }

    /** What the network sees, [B, C, S, S]. */
    public Tensor input() {
        return trunk.images();
    }

    /** What it should say, [B, C, S, S]. */
    public Tensor target() {
        return decoded.target();
    }

    /** What it said in the last {@link #run}, [B, C, S, S]. */
    public Tensor output() {
        return decoded.image(0);
    }

    /** Class labels, [B]; not read by an unconditional network. */
    public IntTensor labels() {
        return trunk.labels();
    }

    /**
     * Sets the noise level of each image.
     *
     * @param cNoise [B]
     */
    public void setLevels(double[] cNoise) {
        for (int b = 0; b < cNoise.length; b++) {
            NoiseEmbedding.features(cNoise[b], hostFeatures, b * NoiseEmbedding.FEATURES);
        }
        features.set(hostFeatures);
    }

    /** Computes loss and gradients of the batch that the input tensors hold. */
    public void run() {
        programs.forEach(Program::run);
    }

    /** The loss of the last {@link #run}. */
    public float loss() {
        return decoded.losses()[0];
    }
}
