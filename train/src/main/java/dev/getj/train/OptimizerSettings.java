package dev.getj.train;

/**
 * How weights follow gradients.
 *
 * @param learningRate constant rate after the warm-up
 * @param warmup steps over which the rate rises linearly from {@code learningRate / warmup}; 0 for
 *     none
 * @param emaDecay share that the average keeps in each step
 * @param clip longest gradient, in the 2-norm over all parameters; longer ones are scaled down to
 *     it. 0 for no limit
 */
public record OptimizerSettings(
        double learningRate,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay,
        int warmup,
        double emaDecay,
        double clip) {

    /**
     * @throws IllegalArgumentException naming the first value outside its range
     */
    public OptimizerSettings {
        require(
                learningRate > 0 && Double.isFinite(learningRate),
                "the learning rate must be positive",
                learningRate);
        require(beta1 >= 0 && beta1 < 1, "beta1 must lie in [0, 1)", beta1);
        require(beta2 >= 0 && beta2 < 1, "beta2 must lie in [0, 1)", beta2);
        require(epsilon > 0 && Double.isFinite(epsilon), "epsilon must be positive", epsilon);
        require(
                weightDecay >= 0 && Double.isFinite(weightDecay),
                "the weight decay must be at least 0",
                weightDecay);
        require(warmup >= 0, "the warm-up must be at least 0 steps", warmup);
        require(emaDecay >= 0 && emaDecay < 1, "the EMA decay must lie in [0, 1)", emaDecay);
        require(
                clip >= 0 && Double.isFinite(clip),
                "the longest gradient must be at least 0",
                clip);
    }

    /** Gradients of any length. */
    public OptimizerSettings(
            double learningRate,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            int warmup,
            double emaDecay) {
        this(learningRate, beta1, beta2, epsilon, weightDecay, warmup, emaDecay, 0);
    }

    private static void require(boolean condition, String message, Number value) {
        if (!condition) {
            throw new IllegalArgumentException(message + ", not " + value);
        }
    }

    /** As the paper ran it: AdamW 1e-4, betas 0.9 and 0.999, no decay, no warm-up, EMA 0.9999. */
    public static OptimizerSettings paper() {
        return new OptimizerSettings(1e-4, 0.9, 0.999, 1e-8, 0, 0, 0.9999);
    }

    public OptimizerSettings withLearningRate(double rate) {
        return new OptimizerSettings(
                rate, beta1, beta2, epsilon, weightDecay, warmup, emaDecay, clip);
    }

    public OptimizerSettings withEma(double decay) {
        return new OptimizerSettings(
                learningRate, beta1, beta2, epsilon, weightDecay, warmup, decay, clip);
    }

    /** The rate of step {@code step}, counted from 1. */
    public double rate(long step) {
        return step >= warmup ? learningRate : learningRate * step / warmup;
    }
}
