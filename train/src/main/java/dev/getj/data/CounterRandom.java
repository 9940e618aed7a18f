package dev.getj.data;

/**
 * Random numbers without a state: a number is a function of a seed and two counters, so item i of
 * seed s is the same whatever was drawn before it. The mixing function is SplitMix64's (Steele, Lea
 * and Flood 2014).
 */
public final class CounterRandom {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private CounterRandom() {}

    /** 64 random bits for draw number {@code draw} of item {@code item}. */
    public static long bits(long seed, long item, long draw) {
        return mix(mix(mix(seed + GOLDEN) + item * GOLDEN) + (draw + 1) * GOLDEN);
    }

    /** Uniform in [0, 1), a multiple of 2⁻⁵³. */
    public static double uniform(long seed, long item, long draw) {
        return (bits(seed, item, draw) >>> 11) * 0x1p-53;
    }

    /** Uniform in [low, high). */
    public static double uniform(long seed, long item, long draw, double low, double high) {
        return low + (high - low) * uniform(seed, item, draw);
    }

    static long mix(long z) {
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
