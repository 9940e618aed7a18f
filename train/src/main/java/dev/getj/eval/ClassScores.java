package dev.getj.eval;

import dev.getj.data.ImageData;

/**
 * What a classifier thinks of samples.
 *
 * @param inceptionScore {@code exp(mean over x of KL(p(y|x) ‖ p(y)))} (Salimans et al. 2016, with
 *     this classifier in the place of Inception): 1 if all samples look alike or like nothing, the
 *     number of classes if each is surely of a class and all classes are equally frequent
 * @param accuracy share of the samples that it takes for the class they should be; NaN if they have
 *     no labels
 */
public record ClassScores(double inceptionScore, double accuracy) {
    /** Asks a classifier about the first {@code count} images. */
    public static ClassScores of(Classifier classifier, ImageData images, int count) {
        int classes = classifier.form().classes();
        double[] all = new double[Math.multiplyExact(count, classes)];
        float[] batch = new float[Features.BATCH * images.elements()];
        int right = 0;
        for (int first = 0; first < count; first += Features.BATCH) {
            int some = Math.min(Features.BATCH, count - first);
            for (int i = 0; i < some; i++) {
                images.read(first + i, batch, i * images.elements());
            }
            double[] probabilities = classifier.probabilities(batch, some);
            System.arraycopy(probabilities, 0, all, first * classes, some * classes);
            for (int i = 0; i < some; i++) {
                int label = images.label(first + i);
                right += likeliest(probabilities, i * classes, classes) == label ? 1 : 0;
            }
        }
        double accuracy = images.classes() == 0 ? Double.NaN : (double) right / count;
        return new ClassScores(inceptionScore(all, classes), accuracy);
    }

    private static int likeliest(double[] probabilities, int at, int classes) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
            if (probabilities[at + c] > probabilities[at + best]) {
                best = c;
            }
        }
        return best;
    }

    /**
     * The inception score of class probabilities.
     *
     * @param probabilities [n, classes]
     */
    static double inceptionScore(double[] probabilities, int classes) {
        int count = probabilities.length / classes;
        double[] marginal = new double[classes];
        for (int e = 0; e < probabilities.length; e++) {
            marginal[e % classes] += probabilities[e] / count;
        }
        double divergence = 0;
        for (int e = 0; e < probabilities.length; e++) {
            double p = probabilities[e];
            if (p > 0) {
                divergence += p * (Math.log(p) - Math.log(marginal[e % classes])) / count;
            }
        }
        return Math.exp(divergence);
    }
}
