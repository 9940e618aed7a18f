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
    static final String INJECTION = "qkv_inj.weight";

    private final ModelConfig config;
    private final Backend backend;
    private final Precision precision;
    private final Factors factors;
    private final Embedder embedder;
    private final List<Block> injectionBlocks;
    private final Tensor injection;
    private final List<Block> equilibriumBlocks;
    private final Decoder decoder;

    /** In floats. */
    public Network(Backend backend, ModelConfig config, Parameters weights) {
        this(backend, config, weights, Precision.FLOAT32);
    }

    /**
     * @param precision mixed for sampling alone; {@link #round} says when weights are taken over
     * @throws dev.getj.io.GetjException if the backend or the sizes of the network do not allow it
     */
    public Network(Backend backend, ModelConfig config, Parameters weights, Precision precision) {
        this.config = config;
        this.backend = backend;
        this.precision = precision;
        factors = new Factors(backend, weights, precision);
        embedder = new Embedder(config, weights);
        injectionBlocks = blocks(weights, "blocks.", config.depth());
        injection = config.equilibrium() ? factors.parameters().tensor(INJECTION) : null;
        equilibriumBlocks = blocks(weights, "deq_blocks.", config.equilibriumDepth());
        decoder = new Decoder(weights);
    }

    private List<Block> blocks(Parameters weights, String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(
                        i ->
                                new Block(
                                        weights,
                                        factors.parameters(),
                                        prefix + i + ".",
                                        config.heads()))
                .toList();
    }

    /**
     * Takes over the weights as they are now, where products read rounded ones: before the first
     * pass, and after weights have changed.
     */
    public void round() {
        factors.round();
    }

    public Precision precision() {
        return precision;
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

    // h is [B, N, D], u [B, N, 3D·M]; where h must be rounded first, it goes to rounded [B, N, D]
    void inject(Kernels k, Tensor h, Tensor rounded, Tensor u) {
        k.linear(factors.of(k, h, rounded), injection, null, u);
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

    /** For a forward pass and its backward pass, which are in floats. */
    Block.Activations activations(int batch, int hidden) {
        return Block.Activations.allocate(
                backend, batch, config.tokens(), config.width(), config.heads(), hidden);
    }

    /** For a forward pass alone. */
    Block.Activations forwardActivations(int batch, int hidden) {
        return Block.Activations.allocate(
                backend, factors, batch, config.tokens(), config.width(), hidden);
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
