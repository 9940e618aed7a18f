package dev.getj.eval;

import dev.getj.train.ImageComparison;

import java.util.Optional;

/** The Fréchet distance of the {@link FeatureMap}'s features. */
public final class FixedFeatureDistance implements ImageComparison {
    private final FeatureMap features;

    private FixedFeatureDistance(FeatureMap features) {
        this.features = features;
    }

    /** For images [C, S, S]; none if they are too small for these features. */
    public static Optional<ImageComparison> of(int channels, int size) {
        return size < FeatureMap.LEAST_SIZE
                ? Optional.empty()
                : Optional.of(new FixedFeatureDistance(new FeatureMap(channels, size)));
    }

    @Override
    public double distance(float[] made, float[] wanted, int count) {
        return FrechetDistance.between(
                features.moments(made, count), features.moments(wanted, count));
    }
}
