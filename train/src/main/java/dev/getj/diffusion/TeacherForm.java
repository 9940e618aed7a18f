package dev.getj.diffusion;

/** What a model's file computes of a noisy image x of noise level σ. */
public enum TeacherForm {
    /** The clean image, {@code D(x; σ)}: EDM's preconditioning is inside. */
    DENOISER,

    /** The bare network, {@code F(c_in x; c_noise)}: preconditioning is left to {@link Edm}. */
    NETWORK
}
