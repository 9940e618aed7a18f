package dev.getj.eval;

import dev.getj.data.ImageData;

/** What of an image a distance between sets of images compares. */
public interface Features {
    /** One line: what they are. */
    String name();

    /** F. */
    int dimensions();

    /**
     * Features of images.
     *
     * @param images [≥ count, C, S, S], nominally in [−1, 1]
     * @return [count, F]
     */
    double[] features(float[] images, int count);

    /** Images read at once. */
    int BATCH = 250;

    /** Moments of the features of the first {@code count} images, a few at a time. */
    default Moments moments(ImageData images, long count) {
        Moments moments = new Moments(dimensions());
        float[] batch = new float[BATCH * images.elements()];
        for (long first = 0; first < count; first += BATCH) {
            int some = (int) Math.min(BATCH, count - first);
            for (int i = 0; i < some; i++) {
                images.read(first + i, batch, i * images.elements());
            }
            moments.add(features(batch, some), some);
        }
        return moments;
    }

    /** Features of the first {@code count} images, [count, F], as floats. */
    default float[] all(ImageData images, int count) {
        float[] all = new float[Math.multiplyExact(count, dimensions())];
        float[] batch = new float[BATCH * images.elements()];
        for (int first = 0; first < count; first += BATCH) {
            int some = Math.min(BATCH, count - first);
            for (int i = 0; i < some; i++) {
                images.read(first + i, batch, i * images.elements());
            }
            double[] features = features(batch, some);
            for (int e = 0; e < some * dimensions(); e++) {
                all[first * dimensions() + e] = (float) features[e];
            }
        }
        return all;
    }
}
