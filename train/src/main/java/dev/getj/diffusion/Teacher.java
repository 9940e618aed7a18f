package dev.getj.diffusion;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A denoiser of images of a known shape, good enough to make pairs with. */
public interface Teacher extends Denoiser, AutoCloseable {
    /** One line: what it is. */
    String name();

    /** C. */
    int channels();

    /** S, side in pixels. */
    int size();

    /** Names of the K classes; empty if they have none. */
    default List<String> classNames() {
        return List.of();
    }

    /**
     * The same without being told classes, for one that learned to do without. Closing it does
     * nothing.
     */
    default Optional<Teacher> unlabelled() {
        return Optional.empty();
    }

    /** Whatever else is needed to find or make it again, for {@code pairs.json}. */
    Map<String, String> settings();

    @Override
    default int elements() {
        return channels() * size() * size();
    }

    @Override
    void close();
}
