package dev.getj.diffusion;

/**
 * Estimates clean images: given {@code x = image + σ · noise}, the mean of all images that could be
 * behind it. Called by one thread at a time. An image's result does not depend on the others in its
 * batch.
 */
public interface Denoiser {
    /** Floats of one image: C·S·S. */
    int elements();

    /** K if it is told classes 0…K−1, 0 if it is unconditional. */
    int classes();

    /**
     * Denoises a batch.
     *
     * @param noisy [≥ count, C, S, S]
     * @param sigma noise level of all images, above 0
     * @param labels [≥ count], a class for each image; ignored, and may be null, if unconditional
     * @param denoised [≥ count, C, S, S], overwritten; not {@code noisy} itself
     */
    void denoise(float[] noisy, double sigma, int[] labels, int count, float[] denoised);
}
