package dev.getj.model;

import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.op.StateOp;

/**
 * What random numbers are for. Each purpose has a stream of the generator of its own, so none
 * depends on another.
 */
public enum NoiseStream {
    /** Input noise of samples and of pairs. */
    NOISE,
    /** z₀ when sampling. */
    START,
    /** Initial weights. */
    WEIGHTS,
    /** z₀ when training. */
    TRAINING_START,
    /** Noise that a teacher is trained to remove. */
    TEACHER_NOISE;

    /**
     * The key under which {@link Kernels#normal} draws samples {@code first}, {@code first + 1}, …
     * of this stream.
     *
     * @return [5], as {@link StateOp#NORMAL_KEY} tells
     */
    public int[] key(long seed, long first) {
        return new int[] {
            (int) seed, (int) (seed >>> 32), ordinal(), (int) first, (int) (first >>> 32)
        };
    }
}
