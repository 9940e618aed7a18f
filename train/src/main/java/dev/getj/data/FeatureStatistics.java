package dev.getj.data;

import dev.getj.io.GetjException;
import dev.getj.io.NumpyFile;
import dev.getj.io.StridedTensor;

import java.nio.file.Path;

/**
 * Mean and covariance of features, as FID implementations keep them: an {@code .npz} of {@code mu}
 * [F] and {@code sigma} [F, F].
 *
 * @param mean [F]
 * @param covariance [F, F], symmetric
 */
public record FeatureStatistics(double[] mean, double[] covariance) {
    private static final double ASYMMETRY = 1e-4;

    /**
     * @throws GetjException if the arrays are missing, of other shapes, not finite, or {@code
     *     sigma} is not symmetric
     */
    public static FeatureStatistics read(Path path) {
        try (NumpyFile file = NumpyFile.open(path)) {
            StridedTensor mu = file.array("mu");
            StridedTensor sigma = file.array("sigma");
            boolean fit =
                    mu.shape().length == 1
                            && mu.size() >= 1
                            && sigma.shape().length == 2
                            && sigma.shape()[0] == mu.size()
                            && sigma.shape()[1] == mu.size();
            if (!fit) {
                throw new GetjException(
                        "%s: mu has shape %s and sigma %s; [F] and [F, F] are expected"
                                .formatted(path, mu.shapeText(), sigma.shapeText()));
            }
            FeatureStatistics read = new FeatureStatistics(mu.doubles(), sigma.doubles());
            read.requireSound(path);
            return read;
        }
    }

    private void requireSound(Path path) {
        int features = mean.length;
        for (double value : mean) {
            if (!Double.isFinite(value)) {
                throw new GetjException("%s: mu holds %s".formatted(path, value));
            }
        }
        for (int i = 0; i < features; i++) {
            for (int j = 0; j <= i; j++) {
                double value = covariance[i * features + j];
                double mirrored = covariance[j * features + i];
                double scale =
                        Math.sqrt(
                                Math.abs(
                                        covariance[i * features + i]
                                                * covariance[j * features + j]));
                if (!(Math.abs(value - mirrored) <= ASYMMETRY * scale + 1e-12)) {
                    throw new GetjException(
                            "%s: sigma is no covariance: [%s, %s] is %s, but [%s, %s] is %s"
                                    .formatted(path, i, j, value, j, i, mirrored));
                }
            }
        }
    }

    /** F, length of a feature vector. */
    public int features() {
        return mean.length;
    }
}
