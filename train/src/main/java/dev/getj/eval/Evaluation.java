package dev.getj.eval;

import dev.getj.data.FeatureStatistics;
import dev.getj.data.ImageData;
import dev.getj.data.ImageShape;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;

/**
 * Everything that is told of a set of samples. What was not asked for or is unavailable is null.
 *
 * @param count samples
 * @param frechet Fréchet distance of their features to those of the data or of the statistics
 * @param inceptionScore as {@link FeatureSet} if the features tell classes, else as {@link
 *     ClassScores}
 * @param classAccuracy as {@link ClassScores}
 * @param precision as {@link PrecisionRecall}
 * @param recall as {@link PrecisionRecall}
 * @param copies as {@link Memorisation}
 * @param nearest mean distance in pixels to the nearest image of the data
 * @param nearestData the same of the data to itself
 */
public record Evaluation(
        int count,
        Double frechet,
        Double inceptionScore,
        Double classAccuracy,
        Double precision,
        Double recall,
        Double copies,
        Double nearest,
        Double nearestData) {

    /**
     * Fréchet distance to the statistics of other features of the same network, and nothing else.
     *
     * @param scores or null
     */
    public static Evaluation against(
            FeatureStatistics statistics, FeatureSet samples, ClassScores scores) {
        Moments moments = samples.moments();
        double frechet =
                FrechetDistance.between(
                        moments.mean(),
                        moments.covariance(),
                        statistics.mean(),
                        statistics.covariance());
        return new Evaluation(
                (int) moments.count(),
                frechet,
                score(samples, scores),
                accuracy(scores),
                null,
                null,
                null,
                null,
                null);
    }

    /**
     * All comparisons with data.
     *
     * @param samples with the vector of each
     * @param data with vectors for precision and recall, best as many as there are samples
     * @param scores or null
     * @param memorisation of the samples
     */
    public static Evaluation against(
            Backend backend,
            FeatureSet data,
            FeatureSet samples,
            ClassScores scores,
            Memorisation memorisation) {
        double frechet = FrechetDistance.between(samples.moments(), data.moments());
        PrecisionRecall manifold =
                PrecisionRecall.of(
                        backend, samples.vectors(), data.vectors(), samples.moments().dimensions());
        return new Evaluation(
                (int) samples.moments().count(),
                frechet,
                score(samples, scores),
                accuracy(scores),
                manifold.precision(),
                manifold.recall(),
                memorisation.copies(),
                memorisation.distance(),
                memorisation.dataDistance());
    }

    /**
     * @param source of the statistics
     * @throws GetjException if they have another number of features
     */
    public static void requireSameFeatures(
            FeatureStatistics statistics, String source, Features features) {
        if (statistics.features() != features.dimensions()) {
            throw new GetjException(
                    "%s has statistics of %s features, %s has %s; they must be of the same features"
                            .formatted(
                                    source,
                                    statistics.features(),
                                    features.name(),
                                    features.dimensions()));
        }
    }

    /** The first {@code count} images, [count, C, S, S]. */
    public static float[] pixels(ImageData images, int count) {
        float[] pixels = new float[Math.multiplyExact(count, images.elements())];
        for (int i = 0; i < count; i++) {
            images.read(i, pixels, i * images.elements());
        }
        return pixels;
    }

    /**
     * @throws GetjException saying what of the sizes differs
     */
    public static void requireSameShape(ImageData samples, ImageData data) {
        ImageShape.of(samples).require(ImageShape.of(data), "the samples are %s, the data is %s");
    }

    private static Double score(FeatureSet samples, ClassScores scores) {
        if (samples.inceptionScore() != null) {
            return samples.inceptionScore();
        }
        return scores == null ? null : scores.inceptionScore();
    }

    private static Double accuracy(ClassScores scores) {
        return scores == null || Double.isNaN(scores.accuracy()) ? null : scores.accuracy();
    }
}
