package dev.getj.diffusion;

/**
 * The design of Karras et al., "Elucidating the design space of diffusion-based generative models"
 * (2022), Table 1, column "EDM": how a network F becomes a denoiser {@code D(x; σ) = c_skip x +
 * c_out F(c_in x; c_noise)}, the noise levels it is trained on, and the noise levels a sampler
 * visits.
 *
 * @param sigmaData standard deviation of the data
 */
public record Edm(double sigmaData) {
    /** σ_data = 0.5. */
    public static final Edm STANDARD = new Edm(0.5);

    /** Mean and standard deviation of ln σ in training. */
    public static final double P_MEAN = -1.2;

    public static final double P_STD = 1.2;

    /**
     * Largest and smallest noise level of the sampler, and the exponent that spaces those between.
     */
    public static final double SIGMA_MAX = 80;

    public static final double SIGMA_MIN = 0.002;
    public static final double RHO = 7;

    /** {@code σd² / (σ² + σd²)}. */
    public double cSkip(double sigma) {
        return sigmaData * sigmaData / (sigma * sigma + sigmaData * sigmaData);
    }

    /** {@code σ σd / √(σ² + σd²)}. */
    public double cOut(double sigma) {
        return sigma * sigmaData / Math.sqrt(sigma * sigma + sigmaData * sigmaData);
    }

    /** {@code 1 / √(σ² + σd²)}. */
    public double cIn(double sigma) {
        return 1 / Math.sqrt(sigma * sigma + sigmaData * sigmaData);
    }

    /** {@code ln(σ) / 4}. */
    public static double cNoise(double sigma) {
        return StrictMath.log(sigma) / 4;
    }

    /**
     * Weight of a training example: {@code (σ² + σd²) / (σ σd)²}, which makes F's loss weight one.
     */
    public double lossWeight(double sigma) {
        return (sigma * sigma + sigmaData * sigmaData) / (sigma * sigmaData * sigma * sigmaData);
    }

    /**
     * Noise level of a training example, {@code exp(P_mean + P_std · normal)}, for a standard
     * normal variate.
     */
    public static double trainingSigma(double normal) {
        return StrictMath.exp(P_MEAN + P_STD * normal);
    }

    /**
     * Makes a training example for F of an image: with {@code x = image + σ · noise}, the weighted
     * loss {@code λ(σ) (D(x; σ) − image)²} (equation 8) is {@code (F(input; c_noise) − target)²}
     * for {@code input = c_in x}, {@code target = (image − c_skip x) / c_out}.
     *
     * @param from first element of the image in all four arrays
     * @param to element after its last
     * @param input receives what F sees
     * @param target receives what it should say
     */
    void example(
            float[] image,
            float[] noise,
            double sigma,
            int from,
            int to,
            float[] input,
            float[] target) {
        double in = cIn(sigma);
        double skip = cSkip(sigma);
        double out = cOut(sigma);
        for (int e = from; e < to; e++) {
            double x = image[e] + sigma * noise[e];
            input[e] = (float) (in * x);
            target[e] = (float) ((image[e] - skip * x) / out);
        }
    }

    /**
     * The sampler's noise levels (equation 5): {@code t_i = (σmax^(1/ρ) + i/(n−1) · (σmin^(1/ρ) −
     * σmax^(1/ρ)))^ρ} for i = 0…n−1, then 0.
     *
     * @param steps n, at least 2
     * @return n + 1 levels, falling
     */
    public static double[] schedule(int steps) {
        if (steps < 2) {
            throw new IllegalArgumentException("a schedule has at least 2 steps, not " + steps);
        }
        double[] levels = new double[steps + 1];
        double high = StrictMath.pow(SIGMA_MAX, 1 / RHO);
        double low = StrictMath.pow(SIGMA_MIN, 1 / RHO);
        for (int i = 0; i < steps; i++) {
            levels[i] = StrictMath.pow(high + (double) i / (steps - 1) * (low - high), RHO);
        }
        return levels;
    }
}
