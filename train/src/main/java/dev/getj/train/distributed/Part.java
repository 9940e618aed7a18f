package dev.getj.train.distributed;

/**
 * A rank's part of the items of a step, or of any range.
 *
 * @param first number of its first item within the whole
 * @param count its items
 * @param whole items of all parts
 */
public record Part(long first, int count, long whole) {
    /**
     * The part of rank {@code rank} of {@code ranks}: parts differ by one item at most, the larger
     * come first.
     *
     * @throws IllegalArgumentException if there is less than an item for each rank
     */
    public static Part of(long whole, int rank, int ranks) {
        if (whole < ranks) {
            throw new IllegalArgumentException(
                    "%s is less than one example for each of %s processes".formatted(whole, ranks));
        }
        long first = begin(whole, rank, ranks);
        return new Part(first, Math.toIntExact(begin(whole, rank + 1, ranks) - first), whole);
    }

    private static long begin(long whole, int rank, int ranks) {
        return whole / ranks * rank + Math.min(rank, whole % ranks);
    }

    /** What the mean over this part counts for in the mean over all. */
    public double weight() {
        return (double) count / whole;
    }
}
