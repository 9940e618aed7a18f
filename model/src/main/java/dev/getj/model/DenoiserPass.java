package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A ViT that is told a noise level, {@code F(x; c_noise, label)}, made ready for batches of one
 * size: {@code x → embed → blocks, each with the condition → decode}.
 */
public final class DenoiserPass {
    private final Backend backend;
    private final Tensor input;
    private final IntTensor labels;
    private final Tensor features;
    private final Tensor output;
    private final List<Program> programs = new ArrayList<>();

    /**
     * @param weights with a {@link ParameterTable#denoiser} table
     */
    public DenoiserPass(Backend backend, ModelConfig config, Parameters weights, int batch) {
        this.backend = backend;
        Network network = new Network(backend, config, weights);
        NoiseEmbedding levels = new NoiseEmbedding(config, weights);
        input = network.allocateImages(batch);
        output = network.allocateImages(batch);
        labels = backend.allocateInts(batch);
        features = backend.allocate(batch, NoiseEmbedding.FEATURES);
        Tensor patches = backend.allocate(batch, config.tokens(), config.patchFeatures());
        Tensor condition = backend.allocate(batch, 3 * config.width());
        Tensor x = network.allocateState(batch);
        NoiseEmbedding.Activations level =
                NoiseEmbedding.Activations.allocate(backend, batch, config.width(), false);
        Block.Activations a = network.activations(batch, config.hidden(), false);
        Decoder.Activations decoding = Decoder.Activations.allocate(backend, config, batch, false);
        Block.Injections injected = new Block.Injections(null, 0, condition);
        record(
                "embed",
                k -> {
                    network.embedder().forward(k, input, labels, patches, condition, x);
                    levels.forward(k, features, level, condition);
                });
        // a program a block: on a device, blocks of one shape are compiled once
        for (Block block : network.injectionBlocks()) {
            record("block", k -> block.forward(k, x, injected, a, x));
        }
        record("decode", k -> network.decoder().forward(k, x, decoding, output));
    }

    private void record(String name, Consumer<Kernels> launches) {
        programs.add(backend.record(name, launches));
    }

    /** What the network sees, [B, C, S, S]. */
    public Tensor input() {
        return input;
    }

    /** Class labels, [B]; not read by an unconditional network. */
    public IntTensor labels() {
        return labels;
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

    public void run() {
        programs.forEach(Program::run);
    }
}
