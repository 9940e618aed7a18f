package dev.getj.data;

import java.nio.file.Path;

/** Consecutive pairs of a set that lie together on disk. Pairs are counted within the shard. */
interface PairShard extends AutoCloseable {
    /** Pairs. */
    long count();

    /** The file that a pair's noise lies in, for error messages. */
    Path noiseFile();

    /** The file that a pair's image lies in. */
    Path imageFile();

    /** Reads noise of pairs {@code first … first + count} to {@code target[at …]}. */
    void noise(long first, float[] target, int at, int count);

    /** As {@link #noise}, of images. */
    void image(long first, float[] target, int at, int count);

    /** Class of a pair; not asked in an unconditional set. */
    int label(long pair);

    @Override
    void close();
}
