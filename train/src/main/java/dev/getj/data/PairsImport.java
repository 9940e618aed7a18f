package dev.getj.data;

import dev.getj.io.GetjException;

import java.nio.file.Path;

/** Copies a pair set in the reference's layout into one of ours, a few pairs at a time. */
public final class PairsImport {
    private static final int CHUNK_FLOATS = 1 << 20;

    private final ReferencePairs pairs;

    /**
     * Reads the pickles of all files, not their data.
     *
     * @throws GetjException naming the file and what is wrong
     */
    public PairsImport(Path source) {
        if (!ReferencePairs.at(source)) {
            throw new GetjException(
                    source
                            + " is not in the reference's layout: it has no folders latent and"
                            + " image of .pkl files");
        }
        pairs = ReferencePairs.open(source);
    }

    /** What the set will be. */
    public PairsDescription description() {
        return pairs.description();
    }

    /**
     * Reads every pair, comparing check sums, and writes it to {@code out}. Float64 images are
     * rounded to float32.
     *
     * @param progress counts pairs
     * @throws GetjException naming the file and what is wrong; an unfinished set is deleted
     */
    public void copyTo(Path out, Progress progress) {
        PairsDescription description = pairs.description();
        int elements = description.elements();
        int capacity = Math.max(1, CHUNK_FLOATS / elements);
        float[] noise = new float[capacity * elements];
        float[] image = new float[capacity * elements];
        int[] labels = new int[capacity];
        long done = 0;
        try (PairsWriter writer = new PairsWriter(out, description)) {
            for (ReferenceShard shard : pairs.shards()) {
                shard.check();
                for (long first = 0; first < shard.count(); first += capacity) {
                    int count = (int) Math.min(capacity, shard.count() - first);
                    shard.noise(first, noise, 0, count);
                    shard.image(first, image, 0, count);
                    for (int i = 0; i < count && description.classes() > 0; i++) {
                        labels[i] = shard.label(first + i);
                    }
                    writer.add(noise, image, labels, count);
                    done += count;
                    progress.at(done, description.count());
                }
            }
            writer.finish();
        }
    }
}
