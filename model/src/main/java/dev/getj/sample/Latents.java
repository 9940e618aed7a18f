package dev.getj.sample;

/** What the images of a request are made from. */
sealed interface Latents {
    /** Noise and z₀ of the request's seed. */
    record Drawn() implements Latents {}

    /**
     * Noise of the caller, and z₀ of the request's seed.
     *
     * @param noise [count, C, S, S]
     */
    record Noise(float[] noise) implements Latents {}

    /**
     * Both of the caller.
     *
     * @param noise [count, C, S, S]
     * @param start [count, N, D]; not read by a ViT
     */
    record NoiseAndStart(float[] noise, float[] start) implements Latents {}
}
