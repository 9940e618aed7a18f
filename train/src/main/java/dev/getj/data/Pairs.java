package dev.getj.data;

import dev.getj.io.GetjException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A pair set on disk: noise, the image that a teacher makes of it, and, in a conditional set, the
 * class it was told. Read through memory mapping, so that sets far larger than the heap can be
 * trained on. Threads may read at the same time.
 *
 * <p>A folder holds {@code pairs-00000.safetensors}, … with {@code noise} and {@code image} [n, C,
 * S, S] and, in a conditional set, {@code label} [n]; {@code pairs.json} ({@link PairsDescription})
 * is written last, so a folder without it is incomplete. A single safetensors file with these
 * tensors is a pair set, too; the metadata entries {@code classes}, {@code teacher} and {@code
 * seed} describe it. The third form is the reference's: folders {@code latent} and {@code image} of
 * torch files, read in place, a pair at a time.
 */
public final class Pairs implements PairReader, AutoCloseable {
    private final PairsDescription description;
    private final List<PairShard> shards;
    private final long[] firsts;

    private Pairs(PairsDescription description, List<? extends PairShard> shards) {
        this.description = description;
        this.shards = List.copyOf(shards);
        this.firsts = new long[shards.size()];
        for (int i = 1; i < firsts.length; i++) {
            firsts[i] = firsts[i - 1] + shards.get(i - 1).count();
        }
    }

    /**
     * Opens a set and checks it: every part is there, whole, and of the promised shape; labels are
     * in range. Values are checked as they are read.
     *
     * @param path folder of a set, folder in the reference's layout, or single file
     * @throws GetjException naming the file and what is wrong
     */
    public static Pairs open(Path path) {
        if (Files.isDirectory(path) && ReferencePairs.at(path)) {
            return of(ReferencePairs.open(path));
        }
        List<SafetensorsShard> shards = new ArrayList<>();
        try {
            PairsDescription description;
            if (Files.isDirectory(path)) {
                PairsDescription.Stored stored = PairsDescription.read(path);
                description = stored.description();
                for (int i = 0; i < stored.shards(); i++) {
                    shards.add(openShard(path, i, stored.shards()));
                }
            } else {
                shards.add(SafetensorsShard.open(path));
                description = shards.getFirst().describe();
            }
            long count = 0;
            for (SafetensorsShard shard : shards) {
                shard.require(description);
                count += shard.count();
            }
            if (count != description.count()) {
                throw new GetjException(
                        "%s promises %s pairs, but its shards hold %s"
                                .formatted(
                                        path.resolve(PairsDescription.FILE),
                                        description.count(),
                                        count));
            }
            return new Pairs(description, shards);
        } catch (RuntimeException e) {
            shards.forEach(SafetensorsShard::close);
            throw e;
        }
    }

    /** True if a folder holds a set of ours that was finished, whatever it is worth now. */
    public static boolean isFinished(Path folder) {
        return Files.exists(folder.resolve(PairsDescription.FILE)) && !UnfinishedPairs.in(folder);
    }

    static Pairs of(ReferencePairs pairs) {
        return new Pairs(pairs.description(), pairs.shards());
    }

    static String shardName(int shard) {
        return String.format(Locale.ROOT, "pairs-%05d.safetensors", shard);
    }

    private static SafetensorsShard openShard(Path folder, int shard, int shards) {
        Path file = folder.resolve(shardName(shard));
        if (!Files.exists(file)) {
            throw new GetjException(
                    folder
                            + " lacks "
                            + shardName(shard)
                            + ", one of the "
                            + shards
                            + " files it should hold; copy the whole folder or generate it again");
        }
        return SafetensorsShard.open(file);
    }

    public PairsDescription description() {
        return description;
    }

    public long count() {
        return description.count();
    }

    /** C of the images [C, S, S]. */
    public int channels() {
        return description.channels();
    }

    /** S of the images [C, S, S]. */
    public int size() {
        return description.size();
    }

    /** K of labels 0…K−1, 0 for an unconditional set. */
    public int classes() {
        return description.classes();
    }

    @Override
    public int elements() {
        return description.elements();
    }

    /**
     * @throws GetjException naming file and pair, if a value is NaN or infinite
     */
    @Override
    public void read(long[] indices, float[] noise, float[] image, int[] labels) {
        for (int row = 0; row < indices.length; row++) {
            read(indices[row], row, noise, image);
            if (classes() > 0) {
                labels[row] = label(indices[row]);
            }
        }
    }

    /**
     * Reads pair {@code index} into row {@code row} of [·, C, S, S] arrays; see {@link
     * #read(long[], float[], float[], int[])}.
     */
    public void read(long index, int row, float[] noise, float[] image) {
        int shard = shardOf(index);
        PairShard part = shards.get(shard);
        long pair = index - firsts[shard];
        int at = row * elements();
        try {
            part.noise(pair, noise, at, 1);
            part.image(pair, image, at, 1);
        } catch (InternalError gone) {
            throw GetjException.gone(part.imageFile().toString(), gone);
        }
        requireFinite(part.noiseFile(), SafetensorsShard.NOISE, pair, noise, at);
        requireFinite(part.imageFile(), SafetensorsShard.IMAGE, pair, image, at);
    }

    /**
     * Class of pair {@code index}.
     *
     * @throws IllegalStateException if the set is unconditional
     */
    public int label(long index) {
        if (classes() == 0) {
            throw new IllegalStateException("an unconditional pair set has no labels");
        }
        int shard = shardOf(index);
        return shards.get(shard).label(index - firsts[shard]);
    }

    private int shardOf(long index) {
        if (index < 0 || index >= count()) {
            throw new IndexOutOfBoundsException("pair " + index + " of " + count());
        }
        int found = Arrays.binarySearch(firsts, index);
        return found < 0 ? -found - 2 : found;
    }

    private void requireFinite(Path file, String name, long pair, float[] values, int at) {
        for (int i = at; i < at + elements(); i++) {
            if (!Float.isFinite(values[i])) {
                throw new GetjException(
                        "%s: %s of pair %s holds %s; the file is damaged or its teacher diverged"
                                .formatted(file, name, pair, values[i]));
            }
        }
    }

    /** Unmaps all files. */
    @Override
    public void close() {
        shards.forEach(PairShard::close);
    }
}
