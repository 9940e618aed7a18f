package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The layers of a GET or ViT over one set of weights: {@code noise → embedder → injection blocks →
 * h}; {@code u = W_u h}; {@code f(z) = equilibrium blocks with u}; {@code decoder(z) → image}.
 */
public final class Network {
    private static final String INJECTION = "qkv_inj.weight";

    private final ModelConfig config;
    private final Backend backend;
    private final Embedder embedder;
    private final List<Block> injectionBlocks;
    private final Tensor injection;
    private final List<Block> equilibriumBlocks;
    private final Decoder decoder;

    public Network(Backend backend, ModelConfig config, Parameters weights) {
        this.config = config;
        this.backend = backend;
        embedder = new Embedder(config, weights);
        injectionBlocks = blocks(weights, "blocks.", config.depth());
        injection = config.equilibrium() ? weights.tensor(INJECTION) : null;
        equilibriumBlocks = blocks(weights, "deq_blocks.", config.equilibriumDepth());
        decoder = new Decoder(weights);
    }

    private List<Block> blocks(Parameters weights, String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Block(weights, prefix + i + ".", config.heads()))
                .toList();
    }

    public ModelConfig config() {
        return config;
    }

    public Backend backend() {
        return backend;
    }

    Embedder embedder() {
        return embedder;
    }

    List<Block> injectionBlocks() {
        return injectionBlocks;
    }

    List<Block> equilibriumBlocks() {
        return equilibriumBlocks;
    }

    public Decoder decoder() {
        return decoder;
    }

    // h is [B, N, D], u [B, N, 3D·M]
    void inject(Kernels k, Tensor h, Tensor u) {
        k.linear(h, injection, null, u);
    }

    // overwrites d [B, N, D] with the gradient of h
    void injectBackward(Kernels k, Tensor dU, Tensor h, Parameters gradients, Tensor d) {
        k.linearBackwardWeight(dU, h, gradients.tensor(INJECTION), null);
        k.linearBackwardInput(dU, injection, d);
    }

    /** The injections that equilibrium block {@code m} sees, or their gradients. */
    Block.Injections injections(Tensor u, int m, Tensor condition) {
        return new Block.Injections(u, 3 * config.width() * m, condition);
    }

    Block.Activations activations(int batch, int hidden, boolean training) {
        return Block.Activations.allocate(
                backend, batch, config.tokens(), config.width(), config.heads(), hidden, training);
    }

    Tensor allocateState(int batch) {
        return backend.allocate(batch, config.tokens(), config.width());
    }

    Tensor allocateImages(int batch) {
        return backend.allocate(batch, config.channels(), config.imageSize(), config.imageSize());
    }

    Tensor allocateCondition(int batch) {
        return config.conditional() ? backend.allocate(batch, 3 * config.width()) : null;
    }

    Tensor allocateInjection(int batch) {
        return config.equilibrium()
                ? backend.allocate(
                        batch, config.tokens(), 3 * config.width() * config.equilibriumDepth())
                : null;
    }
}
