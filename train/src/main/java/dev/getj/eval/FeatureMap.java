package dev.getj.eval;

import dev.getj.data.CounterRandom;

/**
 * A fixed map from a small image to 128 numbers, for Fréchet distances where no Inception network
 * makes sense. Half of them say where there is light: the grey image averaged down to 8×8. Half say
 * what there is: sixteen fixed random 5×5 filters, rectified and averaged over each quarter of the
 * image, which respond to strokes and edges and tell noise from structure. Nothing is trained;
 * {@code docs/evaluation.md} defines the map exactly.
 */
public final class FeatureMap implements Features {
    /** F. */
    public static final int DIMENSIONS = 128;

    private static final int POOLED = 8;
    private static final int FILTERS = 16;
    private static final int KERNEL = 5;
    private static final int QUARTERS = 4;

    /** S of the smallest images. */
    static final int LEAST_SIZE = POOLED;

    private static final long SEED = 20240101;

    private final int channels;
    private final int size;
    private final double[] filters;

    /**
     * @param channels C of the images [C, S, S]
     * @param size S, at least 8
     * @throws IllegalArgumentException for smaller images
     */
    public FeatureMap(int channels, int size) {
        if (channels < 1 || size < POOLED) {
            throw new IllegalArgumentException(
                    "features need images of at least 1×%s×%s, not %s×%s×%s"
                            .formatted(POOLED, POOLED, channels, size, size));
        }
        this.channels = channels;
        this.size = size;
        this.filters = filters(channels);
    }

    /** Moments of the features of {@code count} images [≥ count, C, S, S]. */
    public Moments moments(float[] images, int count) {
        return new Moments(DIMENSIONS).add(features(images, count), count);
    }

    @Override
    public String name() {
        return "the fixed map of small images";
    }

    @Override
    public int dimensions() {
        return DIMENSIONS;
    }

    @Override
    public Answers answers(float[] images, int count) {
        return new Answers(features(images, count), null);
    }

    /**
     * Features of images.
     *
     * @param images [≥ count, C, S, S], clipped to [−1, 1] here
     * @return [count, 128]
     */
    public double[] features(float[] images, int count) {
        int elements = channels * size * size;
        double[] image = new double[elements];
        double[] features = new double[count * DIMENSIONS];
        for (int i = 0; i < count; i++) {
            for (int e = 0; e < elements; e++) {
                image[e] = Math.clamp(images[i * elements + e], -1f, 1f);
            }
            pool(image, features, i * DIMENSIONS);
            respond(image, features, i * DIMENSIONS + POOLED * POOLED);
        }
        return features;
    }

    /**
     * Averages over all channels and the pixels from ⌊i·S/8⌋ to ⌈(i+1)·S/8⌉ in either direction.
     */
    private void pool(double[] image, double[] features, int at) {
        for (int row = 0; row < POOLED; row++) {
            for (int column = 0; column < POOLED; column++) {
                int top = row * size / POOLED;
                int bottom = Math.ceilDiv((row + 1) * size, POOLED);
                int left = column * size / POOLED;
                int right = Math.ceilDiv((column + 1) * size, POOLED);
                double sum = 0;
                for (int channel = 0; channel < channels; channel++) {
                    for (int y = top; y < bottom; y++) {
                        for (int x = left; x < right; x++) {
                            sum += image[(channel * size + y) * size + x];
                        }
                    }
                }
                features[at + row * POOLED + column] =
                        sum / (channels * (bottom - top) * (right - left));
            }
        }
    }

    /**
     * Means of the rectified filter responses over the four quarters; filters stay inside the
     * image.
     */
    private void respond(double[] image, double[] features, int at) {
        int positions = size - KERNEL + 1;
        int half = (positions + 1) / 2;
        for (int filter = 0; filter < FILTERS; filter++) {
            double[] sums = new double[QUARTERS];
            int[] counts = new int[QUARTERS];
            for (int y = 0; y < positions; y++) {
                for (int x = 0; x < positions; x++) {
                    int quarter = 2 * (y / half) + x / half;
                    sums[quarter] += Math.max(0, response(image, filter, y, x));
                    counts[quarter]++;
                }
            }
            for (int quarter = 0; quarter < QUARTERS; quarter++) {
                features[at + filter * QUARTERS + quarter] = sums[quarter] / counts[quarter];
            }
        }
    }

    private double response(double[] image, int filter, int top, int left) {
        double sum = 0;
        int weight = filter * channels * KERNEL * KERNEL;
        for (int channel = 0; channel < channels; channel++) {
            for (int y = top; y < top + KERNEL; y++) {
                for (int x = left; x < left + KERNEL; x++) {
                    sum += filters[weight++] * image[(channel * size + y) * size + x];
                }
            }
        }
        return sum;
    }

    /** [16, C, 5, 5]: uniform weights, each filter shifted to sum 0 and scaled to norm 1. */
    private static double[] filters(int channels) {
        int taps = channels * KERNEL * KERNEL;
        double[] filters = new double[FILTERS * taps];
        for (int filter = 0; filter < FILTERS; filter++) {
            double mean = 0;
            for (int tap = 0; tap < taps; tap++) {
                filters[filter * taps + tap] = CounterRandom.uniform(SEED, filter, tap, -1, 1);
                mean += filters[filter * taps + tap] / taps;
            }
            double squares = 0;
            for (int tap = 0; tap < taps; tap++) {
                filters[filter * taps + tap] -= mean;
                squares += filters[filter * taps + tap] * filters[filter * taps + tap];
            }
            for (int tap = 0; tap < taps; tap++) {
                filters[filter * taps + tap] /= Math.sqrt(squares);
            }
        }
        return filters;
    }
}
