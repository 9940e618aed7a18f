package dev.getj.eval;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * The file of a feature network, what is said about it beside what it says itself, and the images
 * it is to see.
 *
 * @param path the file
 * @param names of its tensors, for roles that are unclear from their names
 * @param range of the values that it takes, or null for the usual one
 * @param resize side of the images that it takes, or 0 if the file tells or leaves it to the images
 * @param channels C of the images there are, 1 or 3
 * @param imageSize S of the images there are
 * @param threads to run it on
 */
public record FeatureFile(
        Path path,
        Map<Role, String> names,
        Range range,
        int resize,
        int channels,
        int imageSize,
        int threads) {
    /** What an output is for. */
    public enum Role {
        /** What is compared, [B, F] or [B, F, 1, 1]. */
        FEATURES,
        /** Logarithms of the likelihood of classes, up to a constant: [B, K]. */
        LOGITS
    }

    /**
     * What the darkest and the lightest level of a picture become.
     *
     * @param low of level 0
     * @param high of level 255
     */
    public record Range(double low, double high) {
        /**
         * @throws IllegalArgumentException if they are not finite or the same
         */
        public Range {
            if (!(Double.isFinite(high - low) && high > low)) {
                throw new IllegalArgumentException(
                        "values from %s to %s are no range".formatted(low, high));
            }
        }
    }

    public FeatureFile {
        Map<Role, String> copy = new EnumMap<>(Role.class);
        copy.putAll(names);
        names = copy;
    }
}
