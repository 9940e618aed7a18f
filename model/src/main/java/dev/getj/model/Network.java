package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

import java.util.Optional;

/** The stages of a GET or ViT over one set of weights. */
public final class Network {
    /** The stages in front of the decoder. */
    sealed interface Body {
        Trunk trunk();
    }

    /** {@code noise → h}, which is decoded. */
    record Vit(Trunk trunk) implements Body {}

    /**
     * {@code noise → u}; {@code z → block₁ … block_M → z} with u, whose fixed point is decoded.
     *
     * @param norm of the state that leaves the blocks, if there is one
     * @param start of z
     */
    record Get(
            Injection injection,
            BlockStack equilibrium,
            Optional<StateNorm> norm,
            ModelConfig.Start start)
            implements Body {
        @Override
        public Trunk trunk() {
            return injection.trunk();
        }

        /**
         * Computes what is injected from h, [B, N, D].
         *
         * @param rounded for h where weights have 16 bits, [B, N, D]
         */
        void inject(Kernels k, Tensor h, Tensor rounded, Block.Injections injected) {
            if (injected.sums().isEmpty()) {
                injection.forward(k, h, rounded, injected.u().orElseThrow());
                return;
            }
            k.cast(h, rounded);
            for (int i = 0; i < injected.sums().size(); i++) {
                Tensor sum = injected.sums().get(i);
                equilibrium.blocks().get(i).sum(k, rounded, injection.weight(), injected.c(), sum);
            }
        }
    }

    private final Backend backend;
    private final ModelConfig config;
    private final Body body;
    private final Decoder decoder;
    private final Factors factors;

    /**
     * In floats.
     *
     * @param weights on {@code backend}, with the table of {@code config}
     */
    public Network(Backend backend, ModelConfig config, Parameters weights) {
        this(backend, config, weights, Precision.FLOAT32);
    }

    /**
     * To be sampled.
     *
     * @param weights on {@code backend}, with the table of {@code config}
     * @param precision {@link #round} says when weights are taken over
     * @throws dev.getj.io.GetjException if the backend or the sizes of the network do not allow it
     */
    public Network(Backend backend, ModelConfig config, Parameters weights, Precision precision) {
        this(backend, config, weights, Factors.sampled(backend, weights, precision));
    }

    /**
     * @param weights on {@code backend}, with the table of {@code config}
     * @param factors of these weights
     */
    public Network(Backend backend, ModelConfig config, Parameters weights, Factors factors) {
        this.backend = backend;
        this.config = config;
        this.factors = factors;
        Parameters rounded = factors.parameters();
        Trunk trunk = new Trunk(config, weights, rounded);
        body =
                switch (config.kind()) {
                    case ModelConfig.Vit _ -> new Vit(trunk);
                    case ModelConfig.Get _ ->
                            new Get(
                                    Injection.of(trunk, rounded),
                                    BlockStack.equilibrium(config, weights, rounded),
                                    StateNorm.of(config, weights),
                                    config.kind().start());
                };
        decoder = new Decoder(weights);
    }

    /** Its sizes. */
    public ModelConfig config() {
        return config;
    }

    /** Where its weights are. */
    public Backend backend() {
        return backend;
    }

    /**
     * Takes over the weights as they are now, where products read rounded ones: before the first
     * pass, and after weights have changed.
     */
    public void round() {
        factors.round();
    }

    /** True if products take factors of 16 bits. */
    public boolean mixed() {
        return factors.type().isHalf();
    }

    Space space(int batch) {
        return new Space(backend, config, batch, factors.type());
    }

    Body body() {
        return body;
    }

    Decoder decoder() {
        return decoder;
    }
}
