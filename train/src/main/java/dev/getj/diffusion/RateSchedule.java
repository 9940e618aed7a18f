package dev.getj.diffusion;

import dev.getj.train.OptimizerSettings;

/** The learning rate after the warm-up. */
public enum RateSchedule {
    /** It stays. */
    CONSTANT,
    /** It falls to 0 at the last step along half a cosine. */
    COSINE;

    /**
     * The learning rate of step {@code step}, counted from 1, of {@code steps}.
     *
     * @param settings peak rate and warm-up
     */
    double rate(OptimizerSettings settings, long step, long steps) {
        if (this == CONSTANT || step <= settings.warmup()) {
            return settings.rate(step);
        }
        double gone = (double) (step - settings.warmup()) / (steps - settings.warmup());
        return settings.learningRate() * 0.5 * (1 + StrictMath.cos(StrictMath.PI * gone));
    }
}
