package dev.getj.eval;

/**
 * Mean and covariance of feature vectors that arrive a few at a time. Everything is summed in
 * double by Welford's recurrence, which stays exact when the mean is large beside the spread; the
 * order of arrival decides the last bits.
 */
public final class Moments {
    private final int dimensions;
    private final double[] mean;
    private final double[] scatter;
    private final double[] before;
    private long count;

    /**
     * @param dimensions F, length of a feature vector
     */
    public Moments(int dimensions) {
        if (dimensions < 1) {
            throw new IllegalArgumentException(
                    "features have at least 1 dimension, not " + dimensions);
        }
        this.dimensions = dimensions;
        this.mean = new double[dimensions];
        this.scatter = new double[dimensions * dimensions];
        this.before = new double[dimensions];
    }

    /**
     * Takes in {@code rows} feature vectors.
     *
     * @param features [≥ rows, F]
     */
    public Moments add(double[] features, int rows) {
        for (int row = 0; row < rows; row++) {
            accumulate(features, row * dimensions);
        }
        return this;
    }

    /**
     * {@code scatter += (x − mean before)(x − mean after)ᵀ}; the two differences are parallel, so
     * it stays symmetric.
     */
    private void accumulate(double[] features, int at) {
        count++;
        for (int i = 0; i < dimensions; i++) {
            before[i] = features[at + i] - mean[i];
            mean[i] += before[i] / count;
        }
        double share = (count - 1.0) / count;
        for (int i = 0; i < dimensions; i++) {
            double scaled = share * before[i];
            for (int j = 0; j <= i; j++) {
                scatter[i * dimensions + j] += scaled * before[j];
            }
        }
    }

    public int dimensions() {
        return dimensions;
    }

    /** Vectors taken in so far. */
    public long count() {
        return count;
    }

    /**
     * The mean, [F].
     *
     * @throws IllegalStateException before the first vector
     */
    public double[] mean() {
        requireCount(1);
        return mean.clone();
    }

    /**
     * The sample covariance (divided by count − 1), row-major [F, F].
     *
     * @throws IllegalStateException before the second vector
     */
    public double[] covariance() {
        requireCount(2);
        double[] covariance = new double[dimensions * dimensions];
        for (int i = 0; i < dimensions; i++) {
            for (int j = 0; j <= i; j++) {
                double value = scatter[i * dimensions + j] / (count - 1);
                covariance[i * dimensions + j] = value;
                covariance[j * dimensions + i] = value;
            }
        }
        return covariance;
    }

    private void requireCount(int needed) {
        if (count < needed) {
            throw new IllegalStateException(
                    "needs at least " + needed + " feature vectors, has " + count);
        }
    }
}
