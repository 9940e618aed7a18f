package dev.getj.eval;

import dev.getj.data.ImageData;
import dev.getj.data.Progress;

/**
 * What is known of the features of a set of images, from one look at each.
 *
 * @param moments of all of them
 * @param vectors of the first ones, [kept, F]
 * @param inceptionScore by the classes that the network tells; null if it tells none
 */
public record FeatureSet(Moments moments, float[] vectors, Double inceptionScore) {
    /** Images looked at together. */
    static final int BATCH = 250;

    /**
     * Looks at the first {@code count} images, a few at a time.
     *
     * @param kept vectors to keep, at most {@code count}
     * @param splits parts of the inception score
     */
    public static FeatureSet of(
            Features features,
            ImageData images,
            int count,
            int kept,
            int splits,
            Progress progress) {
        int dimensions = features.dimensions();
        int classes = features.classes();
        Moments moments = new Moments(dimensions);
        float[] vectors = new float[Math.multiplyExact(kept, dimensions)];
        InceptionScore score = classes == 0 ? null : new InceptionScore(classes, count, splits);
        float[] batch = new float[Math.min(BATCH, count) * images.elements()];
        for (int first = 0; first < count; first += BATCH) {
            int some = Math.min(BATCH, count - first);
            for (int i = 0; i < some; i++) {
                images.read(first + i, batch, i * images.elements());
            }
            Features.Answers answers = features.answers(batch, some);
            moments.add(answers.features(), some);
            for (int i = 0; i < Math.min(some, kept - first); i++) {
                for (int f = 0; f < dimensions; f++) {
                    vectors[(first + i) * dimensions + f] =
                            (float) answers.features()[i * dimensions + f];
                }
            }
            for (int i = 0; i < some && score != null; i++) {
                int row = i * classes;
                score.add(Softmax.of(classes, c -> answers.logits()[row + c]));
            }
            progress.at(first + some, count);
        }
        return new FeatureSet(moments, vectors, score == null ? null : score.value());
    }
}
