package dev.getj.data;

/**
 * What {@code getj pairs inspect} tells about a pair set, from one pass over all of it.
 *
 * @param count pairs
 * @param channels C of the images [C, S, S]
 * @param size S
 * @param labels number of pairs of each class; empty for an unconditional set
 * @param classes K, 0 for an unconditional set
 * @param noiseMean over all elements of all noise; near 0 for a sound set
 * @param noiseStd population standard deviation of the noise; near 1 for a sound set
 * @param imageMin smallest element of all images
 * @param imageMax largest
 */
public record PairStatistics(
        long count,
        int channels,
        int size,
        long[] labels,
        int classes,
        double noiseMean,
        double noiseStd,
        float imageMin,
        float imageMax) {

    /**
     * Reads a whole set; sums are taken in double.
     *
     * @throws dev.getj.io.GetjException if the set holds NaN or infinities
     */
    public static PairStatistics of(Pairs pairs, Progress progress) {
        float[] noise = new float[pairs.elements()];
        float[] image = new float[pairs.elements()];
        long[] labels = new long[pairs.classes()];
        double sum = 0;
        double squares = 0;
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (long pair = 0; pair < pairs.count(); pair++) {
            pairs.read(pair, 0, noise, image);
            for (int i = 0; i < noise.length; i++) {
                sum += noise[i];
                squares += (double) noise[i] * noise[i];
                min = Math.min(min, image[i]);
                max = Math.max(max, image[i]);
            }
            if (labels.length > 0) {
                labels[pairs.label(pair)]++;
            }
            if ((pair + 1) % 1024 == 0 || pair + 1 == pairs.count()) {
                progress.at(pair + 1, pairs.count());
            }
        }
        double elements = (double) pairs.count() * pairs.elements();
        double mean = sum / elements;
        double std = Math.sqrt(Math.max(0, squares / elements - mean * mean));
        return new PairStatistics(
                pairs.count(),
                pairs.channels(),
                pairs.size(),
                labels,
                pairs.classes(),
                mean,
                std,
                min,
                max);
    }
}
