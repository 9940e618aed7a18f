package dev.getj.train;

/**
 * A feature loss as settings have it.
 *
 * @param classifier weights of the network, or its run
 * @param weight of the loss beside that of the pixels
 */
public record FeatureTerm(String classifier, double weight) {
    /**
     * @throws IllegalArgumentException if the weight is not positive
     */
    public FeatureTerm {
        if (!(weight > 0 && Double.isFinite(weight))) {
            throw new IllegalArgumentException(
                    "the weight of a feature loss must be positive, not " + weight);
        }
    }

    /** The same by a classifier that lies elsewhere. */
    public FeatureTerm at(String newClassifier) {
        return new FeatureTerm(newClassifier, weight);
    }
}
