package dev.getj.model;

/** A ViT conditioned on a noise level, {@code F(x; c_noise, label)}. */
record Denoiser(Trunk trunk, NoiseEmbedding levels, Decoder decoder) {
    /**
     * @param weights with a {@link ParameterTable#denoiser} table
     */
    static Denoiser of(ModelConfig config, Parameters weights) {
        return new Denoiser(
                new Trunk(config, weights),
                new NoiseEmbedding(config, weights),
                new Decoder(weights));
    }
}
