package dev.getj.data;

import dev.getj.io.GetjException;
import dev.getj.model.ModelConfig;

import java.util.Locale;

/**
 * Of square images.
 *
 * @param size S, side in pixels
 * @param channels C
 */
public record ImageShape(int size, int channels) {
    public static ImageShape of(ImageData images) {
        return new ImageShape(images.size(), images.channels());
    }

    public static ImageShape of(Pairs pairs) {
        return new ImageShape(pairs.size(), pairs.channels());
    }

    public static ImageShape of(ModelConfig model) {
        return new ImageShape(model.imageSize(), model.channels());
    }

    /**
     * @param message what to say if it is another shape, with a place for each of the two
     * @throws GetjException saying that
     */
    public void require(ImageShape expected, String message) {
        if (!equals(expected)) {
            throw new GetjException(String.format(Locale.ROOT, message, this, expected));
        }
    }

    /** {@code 32×32×3}. */
    @Override
    public String toString() {
        return "%s×%s×%s".formatted(size, size, channels);
    }
}
