package dev.getj.train;

import dev.getj.io.GetjException;

import java.util.Optional;

/**
 * What a student learns from.
 *
 * @param pairs where the pair set lies; empty if they are made
 * @param fresh how they are made, if they are not of a set
 * @param heldOut pairs that are not learned from, but measured on: those at the end of the set
 * @param evalEvery steps between measurements, if pairs are held out
 */
public record Source(String pairs, Optional<Fresh> fresh, long heldOut, long evalEvery) {
    /** Steps between measurements unless told otherwise. */
    public static final long EVAL_EVERY = 500;

    /**
     * @throws IllegalArgumentException naming the first value outside its range
     */
    public Source {
        RunSettings.require(evalEvery, "the steps between measurements");
        if (heldOut < 0) {
            throw new IllegalArgumentException(
                    "the number of pairs held out must be at least 0, not " + heldOut);
        }
    }

    /** All pairs of a set. */
    public Source(String pairs) {
        this(pairs, Optional.empty(), 0, EVAL_EVERY);
    }

    /**
     * How many of a set's pairs are learned from: the first ones.
     *
     * @param count pairs of the set
     * @throws GetjException if all are held out
     */
    public long learned(long count) {
        if (heldOut >= count) {
            throw new GetjException(
                    "--held-out %s leaves none of %s pairs to learn from"
                            .formatted(heldOut, count));
        }
        return count - heldOut;
    }
}
