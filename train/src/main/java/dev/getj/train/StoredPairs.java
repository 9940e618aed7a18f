package dev.getj.train;

import dev.getj.data.DataDigest;
import dev.getj.data.ImageShape;
import dev.getj.data.Pairs;
import dev.getj.data.Shuffle;

/** The pairs of a set on disk; every epoch visits each of those to learn from once. */
public final class StoredPairs implements Lessons {
    private final Pairs pairs;
    private final long learned;
    private final Shuffle shuffle;

    /**
     * @param pairs stays the caller's to close
     * @throws dev.getj.io.GetjException if all are held out
     */
    public StoredPairs(Pairs pairs, RunConfig config) {
        this.pairs = pairs;
        learned = config.source().learned(pairs.count());
        shuffle = new Shuffle(learned, config.seed());
    }

    @Override
    public ImageShape shape() {
        return ImageShape.of(pairs);
    }

    @Override
    public int classes() {
        return pairs.classes();
    }

    @Override
    public int elements() {
        return pairs.elements();
    }

    @Override
    public long count() {
        return learned;
    }

    @Override
    public String digest() {
        return DataDigest.of(pairs);
    }

    @Override
    public void learn(long position, float[] noise, float[] image, int[] labels) {
        long[] indices = new long[labels.length];
        for (int b = 0; b < indices.length; b++) {
            indices[b] = shuffle.index(position + b);
        }
        read(indices, noise, image, labels);
    }

    @Override
    public void read(long[] indices, float[] noise, float[] image, int[] labels) {
        pairs.read(indices, noise, image, labels);
    }
}
