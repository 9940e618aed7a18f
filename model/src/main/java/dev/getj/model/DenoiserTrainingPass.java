package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.op.LossKind;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Loss and gradient of a {@link DenoiserPass} on batches of one size: {@code mean (F(x; c_noise,
 * label) − target)²}.
 */
public final class DenoiserTrainingPass {
    private final Parameters gradients;
    private final Tensor input;
    private final IntTensor labels;
    private final Tensor features;
    private final float[] hostFeatures;
    private final Tensor dCondition;
    private final DecodedLosses decoded;
    private final List<Program> programs = new ArrayList<>();

    /**
     * @param weights with a {@link ParameterTable#denoiser} table
     * @param gradients receives the gradient of each batch, overwritten by {@link #run}
     * @param recompute trade time for memory
     */
    public DenoiserTrainingPass(
            Backend backend,
            ModelConfig config,
            Parameters weights,
            Parameters gradients,
            int batch,
            boolean recompute) {
        this.gradients = gradients;
        Network network = new Network(backend, config, weights);
        NoiseEmbedding levels = new NoiseEmbedding(config, weights);
        BlockApplications blocks = new BlockApplications(network, gradients, batch, recompute);
        decoded = new DecodedLosses(network, gradients, LossKind.L2, new double[] {1}, batch);
        input = network.allocateImages(batch);
        labels = backend.allocateInts(batch);
        features = backend.allocate(batch, NoiseEmbedding.FEATURES);
        hostFeatures = new float[features.size()];
        Tensor patches = backend.allocate(batch, config.tokens(), config.patchFeatures());
        Tensor condition = backend.allocate(batch, 3 * config.width());
        dCondition = backend.allocate(batch, 3 * config.width());
        Tensor embedded = network.allocateState(batch);
        Tensor d = network.allocateState(batch);
        Tensor dHidden = backend.allocate(batch, config.width());
        NoiseEmbedding.Activations level =
                NoiseEmbedding.Activations.allocate(backend, batch, config.width(), true);
        programs.add(backend.record("clear gradients", k -> clear(k, d)));
        programs.add(
                backend.record(
                        "embed",
                        k -> {
                            network.embedder()
                                    .forward(k, input, labels, patches, condition, embedded);
                            levels.forward(k, features, level, condition);
                        }));
        List<BlockApplications.Application> applications = new ArrayList<>();
        Tensor x = embedded;
        for (int i = 0; i < config.depth(); i++) {
            BlockApplications.Application each = blocks.injection(i, x, condition, dCondition);
            applications.add(each);
            programs.add(blocks.forward(each));
            x = each.y();
        }
        programs.addAll(decoded.record(0, x, d));
        applications.reversed().forEach(each -> programs.add(blocks.backward(each, d)));
        programs.add(
                backend.record(
                        "embed backward",
                        k -> {
                            levels.backward(k, features, level, dCondition, dHidden, gradients);
                            network.embedder()
                                    .backward(k, patches, labels, d, dCondition, gradients);
                        }));
    }

    private void clear(Kernels k, Tensor d) {
        k.fill(0, gradients.flat());
        k.fill(0, d);
        k.fill(0, dCondition);
    }

    /** What the network sees, [B, C, S, S]. */
    public Tensor input() {
        return input;
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
        return labels;
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
