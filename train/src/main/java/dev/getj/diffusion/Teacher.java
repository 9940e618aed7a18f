package dev.getj.diffusion;

import java.util.Map;

/** A denoiser of images of a known shape, good enough to make pairs with. */
public interface Teacher extends Denoiser, AutoCloseable {
    /** One line: what it is. */
    String name();

    /** C. */
    int channels();

    /** S, side in pixels. */
    int size();

    /** Whatever else is needed to find or make it again, for {@code pairs.json}. */
    Map<String, String> settings();

    @Override
    default int elements() {
        return channels() * size() * size();
    }

    @Override
    void close();
}
