package dev.getj.diffusion;

/**
 * EDM's deterministic sampler (Karras et al. 2022, algorithm 1): Heun's second-order method along
 * {@code dx/dσ = (x − D(x; σ)) / σ} from the largest noise level to 0, the last step being Euler's.
 * The state is kept in double, the denoiser sees floats, as in the reference.
 */
public final class HeunSampler {
    /** Steps of the reference: 18, which take 35 evaluations. */
    public static final int STEPS = 18;

    private final double[] levels;

    /**
     * @param steps at least 2
     */
    public HeunSampler(int steps) {
        this(Edm.schedule(steps));
    }

    /**
     * @param levels falling noise levels, the last of which is 0
     */
    HeunSampler(double[] levels) {
        this.levels = levels.clone();
    }

    public int steps() {
        return levels.length - 1;
    }

    /** Denoiser calls for one batch. */
    public int evaluations() {
        return 2 * steps() - 1;
    }

    /**
     * Turns latents into images.
     *
     * @param latents [≥ count, C, S, S], standard normal
     * @param labels [≥ count], or null if the denoiser is unconditional
     * @return [count, C, S, S], unclipped
     */
    public double[] sample(Denoiser denoiser, float[] latents, int[] labels, int count) {
        double[] x = new double[count * denoiser.elements()];
        for (int e = 0; e < x.length; e++) {
            x[e] = levels[0] * latents[e];
        }
        float[] noisy = new float[x.length];
        float[] denoised = new float[x.length];
        double[] slope = new double[x.length];
        double[] euler = new double[x.length];
        for (int i = 0; i < steps(); i++) {
            double sigma = levels[i];
            double next = levels[i + 1];
            denoise(denoiser, x, sigma, labels, count, noisy, denoised);
            for (int e = 0; e < x.length; e++) {
                slope[e] = (x[e] - denoised[e]) / sigma;
                euler[e] = x[e] + (next - sigma) * slope[e];
            }
            if (next == 0) {
                x = euler;
            } else {
                denoise(denoiser, euler, next, labels, count, noisy, denoised);
                for (int e = 0; e < x.length; e++) {
                    double slopeThere = (euler[e] - denoised[e]) / next;
                    x[e] += (next - sigma) * (0.5 * slope[e] + 0.5 * slopeThere);
                }
            }
        }
        return x;
    }

    private static void denoise(
            Denoiser denoiser,
            double[] x,
            double sigma,
            int[] labels,
            int count,
            float[] noisy,
            float[] denoised) {
        for (int e = 0; e < x.length; e++) {
            noisy[e] = (float) x[e];
        }
        denoiser.denoise(noisy, sigma, labels, count, denoised);
    }
}
