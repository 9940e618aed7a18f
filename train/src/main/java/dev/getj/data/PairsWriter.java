package dev.getj.data;

import dev.getj.io.DType;
import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsWriter;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Writes a pair set as a folder of shards, see {@link Pairs}. One shard is kept on the heap. The
 * set counts as complete once {@link #finish} has written {@code pairs.json}; closing without that
 * deletes what was written.
 */
public final class PairsWriter implements AutoCloseable {
    private static final int MAX_PAIRS = 4096;
    private static final int MAX_FLOATS = 1 << 23;

    private final Path folder;
    private final PairsDescription description;
    private final int capacity;
    private final float[] noise;
    private final float[] image;
    private final long[] labels;
    private int filled;
    private int shards;
    private long written;
    private boolean finished;

    /**
     * Starts a set with shards of at most 4096 pairs and 64 MiB. The remains of an unfinished set
     * in {@code folder} are deleted.
     *
     * @param description of the complete set
     * @throws GetjException if {@code folder} holds a finished set already or cannot be made
     */
    public PairsWriter(Path folder, PairsDescription description) {
        this(folder, description, Math.clamp(MAX_FLOATS / description.elements(), 1, MAX_PAIRS));
    }

    PairsWriter(Path folder, PairsDescription description, int capacity) {
        this.folder = folder;
        this.description = description;
        this.capacity = (int) Math.min(capacity, description.count());
        if (Files.exists(folder.resolve(PairsDescription.FILE))) {
            throw new GetjException(
                    folder + " already holds a pair set; delete it or choose another folder");
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw GetjException.writing(folder, e);
        }
        deleteShards();
        this.noise = new float[Math.multiplyExact(this.capacity, description.elements())];
        this.image = new float[noise.length];
        this.labels = new long[this.capacity];
    }

    /**
     * Appends pairs.
     *
     * @param noise [≥ count, C, S, S]
     * @param image likewise
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
                flush();
            }
        }
    }

    /**
     * Writes the last shard and the description.
     *
     * @throws IllegalStateException if the number of pairs added is not the one described
     */
    public void finish() {
        if (written != description.count()) {
            throw new IllegalStateException(
                    written + " of " + description.count() + " pairs were added");
        }
        if (filled > 0) {
            flush();
        }
        description.write(folder, shards);
        finished = true;
    }

    private void flush() {
        long[] shape = {filled, description.channels(), description.size(), description.size()};
        SafetensorsWriter writer =
                new SafetensorsWriter()
                        .add(SafetensorsShard.NOISE, DType.F32, from(noise), shape)
                        .add(SafetensorsShard.IMAGE, DType.F32, from(image), shape);
        if (description.classes() > 0) {
            writer.add(SafetensorsShard.LABEL, Arrays.copyOf(labels, filled), filled);
        }
        writer.write(folder.resolve(Pairs.shardName(shards)));
        shards++;
        filled = 0;
    }

    private static SafetensorsWriter.FloatSource from(float[] values) {
        return (first, target, count) -> System.arraycopy(values, (int) first, target, 0, count);
    }

    private void requireFinite(String name, float[] values, int from) {
        for (int i = from; i < from + description.elements(); i++) {
            if (!Float.isFinite(values[i])) {
                throw new GetjException(
                        "%s of pair %d is %s; nothing was written to %s"
                                .formatted(name, written, values[i], folder));
            }
        }
    }

    private void deleteShards() {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(folder, "pairs-[0-9]*.safetensors")) {
            for (Path file : files) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw GetjException.writing(folder, e);
        }
    }

    /** Deletes the shards unless the set is finished. */
    @Override
    public void close() {
        if (!finished) {
            deleteShards();
        }
    }
}
