package dev.getj.sample;

/**
 * Noise between noise. What is normally distributed in many dimensions lies near a sphere, and a
 * straight line between two points of it leaves it; so these go along the great circle (Shoemake,
 * "Animating rotation with quaternion curves", 1985), and each point on the way is as likely as its
 * ends.
 *
 * <pre>{@code
 * float[] noise = NoisePath.between(sampler.noise(1, 0), sampler.noise(2, 0), 9);
 * Samples frames = sampler.sample(noise, SampleRequest.of(9).withLabel(7));
 * }</pre>
 */
public final class NoisePath {
    /** Where the angle is so small, or so near half a turn, a straight line is taken. */
    private static final double SMALLEST_SINE = 1e-6;

    private NoisePath() {}

    /**
     * The point at {@code t} on the way: {@code (sin((1 − t)θ)·from + sin(tθ)·to) / sin θ}, with
     * the angle θ between the two.
     *
     * @param from at t = 0, exactly; finite and not all zero, as {@code to}
     * @param to at t = 1, exactly; as long as {@code from}
     * @param t in 0 to 1
     * @throws IllegalArgumentException if an argument is not like this
     */
    public static float[] at(float[] from, float[] to, double t) {
        if (from.length != to.length) {
            throw new IllegalArgumentException(
                    "noise of %s values and noise of %s have nothing between them"
                            .formatted(from.length, to.length));
        }
        if (!(t >= 0 && t <= 1)) {
            throw new IllegalArgumentException("t must lie in 0…1, not " + t);
        }
        double cosine = product(from, to) / Math.sqrt(product(from, from) * product(to, to));
        if (!Double.isFinite(cosine)) {
            throw new IllegalArgumentException("noise must be finite and not all zero");
        }
        double angle = Math.acos(Math.clamp(cosine, -1, 1));
        double sine = Math.sin(angle);
        double a = sine < SMALLEST_SINE ? 1 - t : Math.sin((1 - t) * angle) / sine;
        double b = sine < SMALLEST_SINE ? t : Math.sin(t * angle) / sine;
        float[] between = new float[from.length];
        for (int i = 0; i < between.length; i++) {
            between[i] = t == 0 ? from[i] : t == 1 ? to[i] : (float) (a * from[i] + b * to[i]);
        }
        return between;
    }

    /**
     * {@code count} points from one end to the other, at equal angles, one after the other: noise
     * for as many images.
     *
     * @param count at least 2
     * @throws IllegalArgumentException as {@link #at}, and if the count is below 2
     */
    public static float[] between(float[] from, float[] to, int count) {
        if (count < 2) {
            throw new IllegalArgumentException("a path has at least its 2 ends, not " + count);
        }
        float[] path = new float[Math.multiplyExact(count, from.length)];
        for (int i = 0; i < count; i++) {
            float[] point = at(from, to, i / (count - 1.0));
            System.arraycopy(point, 0, path, i * point.length, point.length);
        }
        return path;
    }

    private static double product(float[] x, float[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (double) x[i] * y[i];
        }
        return sum;
    }
}
