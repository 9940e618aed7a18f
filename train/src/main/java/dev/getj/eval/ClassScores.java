package dev.getj.eval;

import dev.getj.data.ImageData;

/**
 * What a classifier thinks of samples.
 *
 * @param inceptionScore as {@link InceptionScore}, with this classifier in the place of Inception
 * @param accuracy share of the samples that it takes for the class they should be; NaN if they have
 *     no labels
 */
public record ClassScores(double inceptionScore, double accuracy) {
    /**
     * Asks a classifier about the first {@code count} images.
     *
     * @param splits parts of the score, see {@link InceptionScore}
     */
    public static ClassScores of(Classifier classifier, ImageData images, int count, int splits) {
        int classes = classifier.classes();
        InceptionScore score = new InceptionScore(classes, count, splits);
        float[] batch = new float[Math.min(FeatureSet.BATCH, count) * images.elements()];
        int right = 0;
        for (int first = 0; first < count; first += FeatureSet.BATCH) {
            int some = Math.min(FeatureSet.BATCH, count - first);
            for (int i = 0; i < some; i++) {
                images.read(first + i, batch, i * images.elements());
            }
            double[] logits = classifier.answers(batch, some).logits();
            for (int i = 0; i < some; i++) {
                int row = i * classes;
                double[] probabilities = Softmax.of(classes, c -> logits[row + c]);
                score.add(probabilities);
                right += likeliest(probabilities) == images.label(first + i) ? 1 : 0;
            }
        }
        double accuracy = images.classes() == 0 ? Double.NaN : (double) right / count;
        return new ClassScores(score.value(), accuracy);
    }

    private static int likeliest(double[] probabilities) {
        int best = 0;
        for (int c = 1; c < probabilities.length; c++) {
            if (probabilities[c] > probabilities[best]) {
                best = c;
            }
        }
        return best;
    }
}
