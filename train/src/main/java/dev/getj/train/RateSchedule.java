package dev.getj.train;

/** The learning rate after the warm-up. */
public enum RateSchedule {
    /** It stays. */
    CONSTANT,
    /** It falls to 0 at the last step in a straight line. */
    LINEAR,
    /** It falls to 0 at the last step along half a cosine. */
    COSINE;

    /**
     * The learning rate of step {@code step}, counted from 1, of {@code steps}.
     *
     * @param settings peak rate and warm-up
     */
    public double rate(OptimizerSettings settings, long step, long steps) {
        if (this == CONSTANT || step <= settings.warmup()) {
            return settings.rate(step);
        }
        double gone = (double) (step - settings.warmup()) / (steps - settings.warmup());
        double left = this == LINEAR ? 1 - gone : 0.5 * (1 + StrictMath.cos(StrictMath.PI * gone));
        return settings.learningRate() * left;
    }

    /** True if the rate depends on the number of steps, which then cannot change. */
    public boolean ends() {
        return this != CONSTANT;
    }
}
