package dev.getj.data;

import dev.getj.io.DType;
import dev.getj.io.FileFormat;
import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsWriter;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/**
 * Writes a pair set as a folder of shards, see {@link Pairs}. One shard is kept on the heap. The
 * set counts as complete once {@link #finish} has written {@code pairs.json}.
 *
 * <p>What happens to a set that is closed before that depends on how it was opened: {@link
 * #PairsWriter(Path, PairsDescription)} deletes it, {@link #resuming} keeps it and resumes it
 * the next time. A resuming writer also saves the shard that is being filled every half minute, so
 * that little is lost to a process that is killed.
 *
 * <p>Several processes may write a set together, each every n-th shard ({@link #sharing}): the
 * shards are those that one process would write.
 */
public final class PairsWriter implements AutoCloseable {
    private static final int MAX_PAIRS = 4096;
    private static final int MAX_FLOATS = 1 << 23;
    private static final Duration SAVE_INTERVAL = Duration.ofSeconds(30);

    private final Path folder;
    private final PairsDescription description;
    private final UnfinishedPairs unfinished;
    private final Duration saveInterval;
    private final int capacity;
    private final int stride;
    private final float[] noise;
    private final float[] image;
    private final long[] labels;
    private int filled;
    private int saved;
    private long savedAt = System.nanoTime();
    private int shards;
    private long written;
    private boolean finished;

    /**
     * Starts a set with shards of at most 4096 pairs and 64 MiB. One of the same description that
     * was not finished is deleted.
     *
     * @param description of the complete set
     * @throws GetjException if {@code folder} holds a finished set already, an unfinished one of
     *     another description, or shards of neither; if another process is writing there, or it
     *     cannot be made
     */
    public PairsWriter(Path folder, PairsDescription description) {
        this(folder, description, capacity(description), null);
    }

    /**
     * Starts a set, or resumes one of the same description that was not finished.
     *
     * @throws GetjException as above, or if what is there is damaged
     */
    public static PairsWriter resuming(Path folder, PairsDescription description) {
        return new PairsWriter(folder, description, capacity(description), SAVE_INTERVAL);
    }

    /**
     * As {@link #resuming}, by one of several processes. The first claims the folder, before the
     * others open it, and finishes the set, after they have closed it.
     *
     * @param number of this process, from 0
     * @param processes in all
     */
    public static PairsWriter sharing(
            Path folder, PairsDescription description, int number, int processes) {
        return new PairsWriter(
                folder,
                description,
                capacity(description),
                SAVE_INTERVAL,
                new Share(number, processes));
    }

    /** Shards {@code first}, {@code first + stride}, … */
    private record Share(int first, int stride) {}

    private static int capacity(PairsDescription description) {
        return Math.clamp(MAX_FLOATS / description.elements(), 1, MAX_PAIRS);
    }

    /**
     * @param capacity pairs of a shard
     * @param saveInterval how often a resuming writer saves; null for one that does not resume
     */
    PairsWriter(Path folder, PairsDescription description, int capacity, Duration saveInterval) {
        this(folder, description, capacity, saveInterval, new Share(0, 1));
    }

    private PairsWriter(
            Path folder,
            PairsDescription description,
            int capacity,
            Duration saveInterval,
            Share share) {
        this.folder = folder;
        this.description = description;
        this.saveInterval = saveInterval;
        this.capacity = (int) Math.min(capacity, description.count());
        this.noise = new float[Math.multiplyExact(this.capacity, description.elements())];
        this.image = new float[noise.length];
        this.labels = new long[this.capacity];
        shards = share.first;
        stride = share.stride;
        this.unfinished =
                share.first == 0
                        ? UnfinishedPairs.claim(folder, description, saveInterval != null)
                        : UnfinishedPairs.claimedByAnother(folder);
        try {
            if (saveInterval == null) {
                unfinished.deleteShards();
            } else {
                resume();
            }
        } catch (RuntimeException | Error e) {
            unfinished.close();
            throw e;
        }
    }

    // counts full shards and takes the pairs of one that is not
    private void resume() {
        while (filled == 0 && Files.exists(folder.resolve(Pairs.shardName(shards)))) {
            try (SafetensorsShard shard =
                    SafetensorsShard.open(folder.resolve(Pairs.shardName(shards)))) {
                shard.require(description);
                int count = (int) Math.min(shard.count(), Integer.MAX_VALUE);
                if (count > capacity || next() + count > description.count()) {
                    throw new GetjException(
                            "%s has %s pairs, more than were written to it; delete the folder"
                                    .formatted(shard.noiseFile(), shard.count()));
                }
                written += count;
                if (count == capacity) {
                    shards += stride;
                    continue;
                }
                shard.noise(0, noise, 0, count);
                shard.image(0, image, 0, count);
                for (int i = 0; i < count && description.classes() > 0; i++) {
                    labels[i] = shard.label(i);
                }
                filled = count;
                saved = count;
            }
        }
    }

    /** Pairs so far, those of an unfinished resumed set included; of this process alone. */
    public long written() {
        return written;
    }

    /** Number of the pair that is to be added next; the set's count or more when all are there. */
    public long next() {
        return (long) shards * capacity + filled;
    }

    /** Pairs until the shard is full. */
    public int room() {
        return capacity - filled;
    }

    /**
     * Appends pairs.
     *
     * @param noise [≥ count, C, S, S]
     * @param image as {@code noise}
     * @param labels [≥ count]; may be null if the set is unconditional
     * @throws GetjException if a value is NaN or infinite, or a shard cannot be written
     * @throws IllegalArgumentException if a label is out of range
     */
    public void add(float[] noise, float[] image, int[] labels, int count) {
        int elements = description.elements();
        for (int i = 0; i < count; i++) {
            requireFinite("noise", noise, i * elements);
            requireFinite("image", image, i * elements);
            System.arraycopy(noise, i * elements, this.noise, filled * elements, elements);
            System.arraycopy(image, i * elements, this.image, filled * elements, elements);
            if (description.classes() > 0) {
                if (labels[i] < 0 || labels[i] >= description.classes()) {
                    throw new IllegalArgumentException(
                            "label "
                                    + labels[i]
                                    + " is outside 0 to "
                                    + (description.classes() - 1));
                }
                this.labels[filled] = labels[i];
            }
            filled++;
            written++;
            if (filled == capacity) {
                save();
                shards += stride;
                filled = 0;
                saved = 0;
            }
        }
        if (saveInterval != null && System.nanoTime() - savedAt >= saveInterval.toNanos()) {
            save();
        }
    }

    /**
     * Writes the last shard and the description.
     *
     * @throws IllegalStateException if the number of pairs added is not the one described
     */
    public void finish() {
        if (next() < description.count()) {
            throw new IllegalStateException(
                    written + " of " + description.count() + " pairs were added");
        }
        save();
        description.write(folder, Math.toIntExact((description.count() + capacity - 1) / capacity));
        finished = true;
        unfinished.end();
    }

    /** Writes the pairs of the shard that is being filled, unless that was done. */
    public void save() {
        if (filled > saved) {
            writeShard();
            saved = filled;
        }
        savedAt = System.nanoTime();
    }

    private void writeShard() {
        long[] shape = {filled, description.channels(), description.size(), description.size()};
        SafetensorsWriter writer =
                new SafetensorsWriter()
                        .format(FileFormat.PAIRS)
                        .add(SafetensorsShard.NOISE, DType.F32, from(noise), shape)
                        .add(SafetensorsShard.IMAGE, DType.F32, from(image), shape);
        if (description.classes() > 0) {
            writer.add(SafetensorsShard.LABEL, Arrays.copyOf(labels, filled), filled);
        }
        writer.write(folder.resolve(Pairs.shardName(shards)));
    }

    private static SafetensorsWriter.FloatSource from(float[] values) {
        return (first, target, count) -> System.arraycopy(values, (int) first, target, 0, count);
    }

    private void requireFinite(String name, float[] values, int from) {
        for (int i = from; i < from + description.elements(); i++) {
            if (!Float.isFinite(values[i])) {
                throw new GetjException(
                        "%s of pair %s is %s; %s"
                                .formatted(
                                        name,
                                        next(),
                                        values[i],
                                        saveInterval == null
                                                ? "nothing was written to " + folder
                                                : "the pairs before it are in " + folder));
            }
        }
    }

    /** Unless the set is finished, deletes it, or saves it to be resumed; then ends the claim. */
    @Override
    public void close() {
        try (unfinished) {
            if (finished) {
                return;
            }
            if (saveInterval == null) {
                unfinished.deleteShards();
                unfinished.end();
            } else {
                save();
            }
        }
    }
}
