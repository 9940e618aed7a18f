package dev.getj.model;

import dev.getj.kernels.Backend;

/** The stages of a GET or ViT over one set of weights. */
public final class Network {
    /** The stages in front of the decoder. */
    sealed interface Body {
        Trunk trunk();
    }

    /** {@code noise → h}, which is decoded. */
    record Vit(Trunk trunk) implements Body {}

    /** {@code noise → u}; {@code z → block₁ … block_M → z} with u, whose fixed point is decoded. */
    record Get(Injection injection, BlockStack equilibrium) implements Body {
        @Override
        public Trunk trunk() {
            return injection.trunk();
        }
    }

    private final Backend backend;
    private final ModelConfig config;
    private final Body body;
    private final Decoder decoder;

    /**
     * @param weights on {@code backend}, with the table of {@code config}
     */
    public Network(Backend backend, ModelConfig config, Parameters weights) {
        this.backend = backend;
        this.config = config;
        Trunk trunk = new Trunk(config, weights);
        body =
                switch (config.kind()) {
                    case ModelConfig.Vit _ -> new Vit(trunk);
                    case ModelConfig.Get _ ->
                            new Get(
                                    Injection.of(trunk, weights),
                                    BlockStack.equilibrium(config, weights));
                };
        decoder = new Decoder(weights);
    }

    public ModelConfig config() {
        return config;
    }

    public Backend backend() {
        return backend;
    }

    Space space(int batch) {
        return new Space(backend, config, batch);
    }

    Body body() {
        return body;
    }

    Decoder decoder() {
        return decoder;
    }
}
