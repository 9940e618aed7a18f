package dev.getj.eval;

import dev.getj.data.ImageData;
import dev.getj.data.ImageShape;
import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.model.ParameterTable;
import dev.getj.model.WeightsFile;
import dev.getj.train.SettingsJson;

/**
 * The size of a {@link Classifier}: pixels → hidden → features → classes, GELU in between.
 *
 * @param channels C of the images [C, S, S]
 * @param imageSize S
 * @param hidden width of the first layer
 * @param features F, width of the second layer
 * @param classes K, at least 2
 */
public record ClassifierForm(int channels, int imageSize, int hidden, int features, int classes) {
    /** Metadata that tells a classifier's size. */
    static final String KEY = WeightsFile.CLASSIFIER;

    private static final int LARGEST = 1 << 13;

    /**
     * @throws IllegalArgumentException naming the first size that cannot be
     */
    public ClassifierForm {
        require(channels, 1, "channels");
        require(imageSize, 1, "image size");
        require(hidden, 1, "hidden width");
        require(features, 1, "features");
        require(classes, 2, "classes");
        if ((long) channels * imageSize * imageSize * hidden > Integer.MAX_VALUE / 2) {
            throw new IllegalArgumentException(
                    "a classifier of %s×%s×%s images and hidden width %s is too large"
                            .formatted(imageSize, imageSize, channels, hidden));
        }
    }

    private static void require(int value, int least, String what) {
        if (value < least || value > LARGEST) {
            throw new IllegalArgumentException(
                    "%s must lie in %s…%s, not %s".formatted(what, least, LARGEST, value));
        }
    }

    /** Floats of one image. */
    int pixels() {
        return channels * imageSize * imageSize;
    }

    ParameterTable table() {
        return ParameterTable.layers(pixels(), hidden, features, classes);
    }

    /** Sizes in words. */
    public String describe() {
        return "classifier of %s×%s×%s images: %s hidden, %s features, %s classes"
                .formatted(imageSize, imageSize, channels, hidden, features, classes);
    }

    /** What is told of images that it does not take. */
    public GetjException misfit(ImageData images) {
        return new GetjException(
                "%s: %s images of %s classes do not fit the %s"
                        .formatted(
                                images.name(),
                                ImageShape.of(images),
                                images.classes(),
                                describe()));
    }

    /**
     * The form of the classifier that a file holds.
     *
     * @throws GetjException if it holds none
     */
    static ClassifierForm of(SafetensorsFile file) {
        String json = file.metadata().get(KEY);
        if (json == null) {
            throw new GetjException(
                    file.path() + " holds no classifier; getj classifier train makes one");
        }
        return SettingsJson.parse(ClassifierForm.class, json, file.path().toString());
    }
}
