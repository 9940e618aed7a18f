package dev.getj.eval;

/**
 * The score of Salimans et al. (2016) of class probabilities that arrive one after the other:
 * {@code exp(mean over x of KL(p(y|x) ‖ p(y)))}, which is 1 if all images look alike or like
 * nothing, and the number of classes if each is surely of a class and all classes are equally
 * frequent. The mean of the divergence is the mean of {@code Σ p ln p} less {@code Σ p̄ ln p̄} of
 * the mean probabilities, so nothing is kept of an image.
 */
final class InceptionScore {
    private final int count;
    private final int splits;
    private final double[] sums;
    private double entropy;
    private int seen;
    private int before;
    private double scores;

    /**
     * @param classes K
     * @param count images that will come
     * @param splits parts, one after the other, whose scores are averaged; published figures have
     *     10, and a score falls with the size of a part
     * @throws IllegalArgumentException unless there are as many images as parts
     */
    InceptionScore(int classes, int count, int splits) {
        if (splits < 1 || splits > count) {
            throw new IllegalArgumentException(
                    "%s images cannot be split into %s parts".formatted(count, splits));
        }
        this.count = count;
        this.splits = splits;
        sums = new double[classes];
    }

    /**
     * Takes in one image.
     *
     * @param probabilities [K], sum 1
     */
    void add(double[] probabilities) {
        for (int c = 0; c < sums.length; c++) {
            sums[c] += probabilities[c];
            entropy += timesLog(probabilities[c]);
        }
        seen++;
        int part = (int) ((long) (seen - 1) * splits / count);
        if (seen == count || (long) seen * splits / count > part) {
            finish();
        }
    }

    private void finish() {
        int images = seen - before;
        double divergence = entropy / images;
        for (int c = 0; c < sums.length; c++) {
            divergence -= timesLog(sums[c] / images);
            sums[c] = 0;
        }
        scores += Math.exp(divergence);
        entropy = 0;
        before = seen;
    }

    private static double timesLog(double p) {
        return p > 0 ? p * Math.log(p) : 0;
    }

    /**
     * The score, once all images have come.
     *
     * @throws IllegalStateException before
     */
    double value() {
        if (seen != count) {
            throw new IllegalStateException("%s of %s images have come".formatted(seen, count));
        }
        return scores / splits;
    }
}
