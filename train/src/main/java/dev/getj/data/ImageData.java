package dev.getj.data;

/**
 * Square images, with classes or without, to train a teacher on or to compare samples with. Threads
 * may read at the same time.
 */
public interface ImageData extends AutoCloseable {
    /** One line for people: what this is. */
    String name();

    long count();

    /** C, 1 or 3. */
    int channels();

    /** S, side in pixels. */
    int size();

    /** K of the classes 0…K−1; 0 if there are none. */
    int classes();

    /**
     * Reads one image, nominally in [−1, 1].
     *
     * @param target receives [C, S, S] from position {@code at}
     * @throws dev.getj.io.GetjException naming the file, if it cannot be read
     */
    void read(long index, float[] target, int at);

    /** Class of an image; 0 if there are no classes. */
    int label(long index);

    /** Floats of one image: C·S·S. */
    default int elements() {
        return channels() * size() * size();
    }

    @Override
    void close();

    /**
     * Opens what a user named, see {@link DataSpec}.
     *
     * @throws IllegalArgumentException if there is no such kind of data or option
     * @throws dev.getj.io.GetjException if it cannot be read
     */
    static ImageData open(String spec) {
        return DataSpec.parse(spec).open();
    }

    /** The level 0…255 of a picture as a float in [−1, 1]. */
    static float ofLevel(float level) {
        return level / 127.5f - 1;
    }
}
