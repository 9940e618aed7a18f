package dev.getj.train;

import dev.getj.data.ImageShape;
import dev.getj.data.PairReader;

/**
 * The pairs of a run: those that are learned from, by their place in it, and those that are measured
 * on. As a {@link PairReader}, pairs 0 … {@link #count} − 1 are learned from and those behind them
 * held out.
 */
public interface Lessons extends PairReader {
    ImageShape shape();

    /** K of labels 0…K−1, 0 if there are none. */
    int classes();

    /** Pairs that are learned from; their order depends on it. */
    long count();

    /** A check sum that differs where pairs do. */
    String digest();

    /**
     * The pairs at {@code position}, {@code position + 1}, … of the run, of which every step takes
     * as many as its batch has. Positions never fall within a session.
     *
     * @param noise receives [n, C, S, S]
     * @param image as {@code noise}
     * @param labels receives [n] classes, if there are any; n pairs are asked for
     */
    void learn(long position, float[] noise, float[] image, int[] labels);
}
