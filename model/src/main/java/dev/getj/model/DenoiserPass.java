package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A denoiser made ready for batches of one size: {@code x → embed → blocks, each with the condition
 * → decode}.
 */
public final class DenoiserPass {
    private final Trunk.Pass<Output.Value> trunk;
    private final Tensor features;
    private final Tensor output;
    private final Factors factors;
    private final List<Program> programs = new ArrayList<>();

    /**
     * @param weights with a {@link ParameterTable#denoiser} table
     * @param precision {@link #round} says when weights are taken over
     * @throws dev.getj.io.GetjException if the backend or the sizes of the network do not allow it
     */
    public DenoiserPass(
            Backend backend,
            ModelConfig config,
            Parameters weights,
            int batch,
            Precision precision) {
        factors = Factors.sampled(backend, weights, precision);
        Denoiser denoiser = Denoiser.of(config, weights, factors);
        Space space = new Space(backend, config, batch, factors.type());
        Tensor condition = space.condition();
        trunk =
                new Trunk.Pass<>(
                        denoiser.trunk(),
                        space,
                        Optional.of(condition),
                        new BlockStack.Reused(
                                Block.Activations.values(space, config.widestHidden()),
                                space.state()));
        features = backend.allocate(batch, NoiseEmbedding.FEATURES);
        output = space.images();
        Output level = new Output.Value(backend.allocate(batch, config.width()));
        Decoder.Activations<?> decoding = Decoder.Activations.values(space);
        programs.add(
                backend.record(
                        "embed",
                        k -> {
                            trunk.embed(k);
                            denoiser.levels().forward(k, features, level, condition);
                        }));
        programs.addAll(trunk.blocks().record(backend, "block", 1));
        programs.add(
                backend.record(
                        "decode", k -> denoiser.decoder().forward(k, trunk.h(), decoding, output)));
    }

    /** What the network sees, [B, C, S, S]. */
    public Tensor input() {
        return trunk.images();
    }

    /** Class labels, [B]; not read by an unconditional network. */
    public IntTensor labels() {
        return trunk.labels();
    }

    /** Sets the noise level of all images. */
    public void setLevel(double cNoise) {
        float[] values = new float[features.size()];
        for (int at = 0; at < values.length; at += NoiseEmbedding.FEATURES) {
            NoiseEmbedding.features(cNoise, values, at);
        }
        features.set(values);
    }

    /** F, [B, C, S, S]. */
    public Tensor output() {
        return output;
    }

    /**
     * Takes over the weights as they are now, where products read rounded ones: before the first
     * {@link #run}, and after weights have changed.
     */
    public void round() {
        factors.round();
    }

    /** Denoises the batch that was set. */
    public void run() {
        programs.forEach(Program::run);
    }
}
