package dev.getj.model;

/** A ViT conditioned on a noise level, {@code F(x; c_noise, label)}. */
record Denoiser(Trunk trunk, NoiseEmbedding levels, Decoder decoder) {
    /**
     * @param weights with a {@link ParameterTable#denoiser} table
     * @param factors of these weights
     */
    static Denoiser of(ModelConfig config, Parameters weights, Factors factors) {
        return new Denoiser(
                new Trunk(config, weights, factors.parameters()),
                new NoiseEmbedding(config, weights),
                new Decoder(weights));
    }
}
