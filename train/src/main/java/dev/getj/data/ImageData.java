package dev.getj.data;

import dev.getj.io.GetjException;

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

    /** What was taken and what was left out. After {@link #check} it may tell more. */
    default DataSummary summary() {
        return DataSummary.of(name(), count(), classes());
    }

    /**
     * Reads the first {@code count} images once, so that bad ones are found before hours of work,
     * not in the middle. Data that cannot be bad is not read.
     *
     * @throws GetjException naming a few of the bad images and counting the others, or saying why
     *     the values as a whole are no images in [−1, 1]
     */
    default void check(long count, Progress progress) {
        float[] image = new float[elements()];
        BadImages bad = new BadImages();
        for (long i = 0; i < count; i++) {
            try {
                read(i, image, 0);
            } catch (GetjException e) {
                bad.add(e);
            }
            progress.at(i + 1, count);
        }
        bad.report(count);
    }

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
