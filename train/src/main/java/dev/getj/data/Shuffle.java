package dev.getj.data;

/**
 * The seeded order in which epochs visit a data set: every epoch visits each item once, in an order
 * of its own. An order is never stored; it is computed, position by position, so that training
 * resumes from its position alone.
 *
 * <p>A Feistel network permutes the numbers of 2h bits, the fewest that cover the data set; a
 * result outside the data set is permuted again until it falls inside (cycle walking: Black and
 * Rogaway 2002), which takes fewer than four rounds on average and keeps the mapping a bijection.
 */
public final class Shuffle {
    private static final int ROUNDS = 6;

    private final long count;
    private final long seed;
    private final int halfBits;

    /**
     * @param count items in the data set
     * @throws IllegalArgumentException if {@code count} is not in 1…2⁶⁰
     */
    public Shuffle(long count, long seed) {
        if (count < 1 || count > 1L << 60) {
            throw new IllegalArgumentException("cannot shuffle " + count + " items");
        }
        this.count = count;
        this.seed = seed;
        int bits = Long.SIZE - Long.numberOfLeadingZeros(count - 1);
        this.halfBits = Math.max(1, (bits + 1) / 2);
    }

    /**
     * The item visited at a position counted from the start of training: {@code position / count}
     * is the epoch.
     *
     * @return in 0…count−1
     */
    public long index(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("position " + position + " is negative");
        }
        long epoch = position / count;
        long value = position % count;
        do {
            value = permute(epoch, value);
        } while (value >= count);
        return value;
    }

    private long permute(long epoch, long value) {
        long mask = (1L << halfBits) - 1;
        long left = value >>> halfBits;
        long right = value & mask;
        for (int round = 0; round < ROUNDS; round++) {
            long next = left ^ CounterRandom.bits(seed ^ right, epoch, round) & mask;
            left = right;
            right = next;
        }
        return left << halfBits | right;
    }
}
