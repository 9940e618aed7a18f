package dev.getj.data;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A pair set on disk: noise, the image that a teacher makes of it, and, in a conditional set, the
 * class it was told. Read through memory mapping, so that sets far larger than the heap can be
 * trained on. Threads may read at the same time.
 *
 * <p>A folder holds {@code pairs-00000.safetensors}, … with {@code noise} and {@code image} [n, C,
 * S, S] and, in a conditional set, {@code label} [n]; {@code pairs.json} ({@link PairsDescription})
 * is written last, so a folder without it is incomplete. A single safetensors file with these
 * tensors is a pair set, too; the metadata entries {@code classes}, {@code teacher} and {@code
 * seed} describe it.
 */
public final class Pairs implements AutoCloseable {
    static final String NOISE = "noise";
    static final String IMAGE = "image";
    static final String LABEL = "label";

    private record Shard(SafetensorsFile file, long first) {
        long count() {
            return file.entry(NOISE).shape()[0];
        }
    }

    private final PairsDescription description;
    private final List<Shard> shards;
    private final long[] firsts;

    private Pairs(PairsDescription description, List<Shard> shards) {
        this.description = description;
        this.shards = shards;
        this.firsts = shards.stream().mapToLong(Shard::first).toArray();
    }

    /**
     * Opens a folder or a single file and checks it: every shard is there, whole, and of the
     * promised shape; labels are in range. Values are checked as they are read.
     *
     * @throws GetjException naming the file and what is wrong
     */
    public static Pairs open(Path path) {
        List<SafetensorsFile> files = new ArrayList<>();
        try {
            PairsDescription description;
            if (Files.isDirectory(path)) {
                PairsDescription.Stored stored = PairsDescription.read(path);
                description = stored.description();
                for (int i = 0; i < stored.shards(); i++) {
                    files.add(openShard(path, i, stored.shards()));
                }
            } else {
                files.add(SafetensorsFile.open(path));
                description = describe(files.getFirst());
            }
            List<Shard> shards = new ArrayList<>();
            long count = 0;
            for (SafetensorsFile file : files) {
                checkShapes(file, description);
                checkLabels(file, description);
                shards.add(new Shard(file, count));
                count += shards.getLast().count();
            }
            if (count != description.count()) {
                throw new GetjException(
                        "%s promises %d pairs, but its shards hold %d"
                                .formatted(
                                        path.resolve(PairsDescription.FILE),
                                        description.count(),
                                        count));
            }
            return new Pairs(description, List.copyOf(shards));
        } catch (RuntimeException e) {
            files.forEach(SafetensorsFile::close);
            throw e;
        }
    }

    static String shardName(int shard) {
        return "pairs-%05d.safetensors".formatted(shard);
    }

    private static SafetensorsFile openShard(Path folder, int shard, int shards) {
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
        return SafetensorsFile.open(file);
    }

    private static PairsDescription describe(SafetensorsFile file) {
        long[] shape = file.entry(NOISE).shape();
        if (shape.length != 4) {
            throw shapeError(file, NOISE, "[n, C, S, S]");
        }
        Map<String, String> metadata = file.metadata();
        try {
            int classes = 0;
            if (file.has(LABEL)) {
                classes =
                        metadata.containsKey("classes")
                                ? Integer.parseInt(metadata.get("classes"))
                                : Math.toIntExact(
                                        Arrays.stream(file.longs(LABEL)).max().orElse(0) + 1);
            }
            return new PairsDescription(
                    shape[0],
                    Math.toIntExact(shape[1]),
                    Math.toIntExact(shape[2]),
                    classes,
                    metadata.getOrDefault("teacher", "unknown"),
                    Long.parseLong(metadata.getOrDefault("seed", "0")),
                    Map.of());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new GetjException(file.path() + " is not a pair set: " + e.getMessage(), e);
        }
    }

    private static void checkShapes(SafetensorsFile file, PairsDescription description) {
        long[] noise = file.entry(NOISE).shape();
        long[] expected = {
            noise.length == 0 ? 0 : noise[0],
            description.channels(),
            description.size(),
            description.size()
        };
        if (!Arrays.equals(noise, expected) || noise[0] < 1) {
            throw shapeError(
                    file,
                    NOISE,
                    "[n, %d, %d, %d]"
                            .formatted(
                                    description.channels(),
                                    description.size(),
                                    description.size()));
        }
        if (!Arrays.equals(file.entry(IMAGE).shape(), noise)) {
            throw shapeError(file, IMAGE, Arrays.toString(noise) + " as " + NOISE + " has");
        }
        for (String name : List.of(NOISE, IMAGE)) {
            if (!file.entry(name).dtype().isFloat()) {
                throw new GetjException(
                        file.path()
                                + ": "
                                + name
                                + " holds "
                                + file.entry(name).dtype()
                                + ", not floats");
            }
        }
    }

    private static void checkLabels(SafetensorsFile file, PairsDescription description) {
        if (description.classes() == 0) {
            return;
        }
        long count = file.entry(NOISE).shape()[0];
        long[] shape = file.entry(LABEL).shape();
        if (shape.length != 1 || shape[0] != count) {
            throw new GetjException(
                    "%s: label has shape %s, but there are %d pairs, which take %d labels"
                            .formatted(file.path(), Arrays.toString(shape), count, count));
        }
        long[] labels = file.longs(LABEL);
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= description.classes()) {
                throw new GetjException(
                        "%s: label %d of pair %d is outside 0 to %d"
                                .formatted(file.path(), labels[i], i, description.classes() - 1));
            }
        }
    }

    private static GetjException shapeError(SafetensorsFile file, String name, String expected) {
        return new GetjException(
                "%s: %s has shape %s, expected %s"
                        .formatted(file.path(), name, file.entry(name).shapeText(), expected));
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

    /** Floats of one image: C·S·S. */
    public int elements() {
        return description.elements();
    }

    /**
     * Reads pairs in the order of {@code indices}.
     *
     * @param noise receives [indices.length, C, S, S]
     * @param image likewise
     * @param labels receives a class for each pair; left alone, and may be null, if the set is
     *     unconditional
     * @throws GetjException naming file and pair, if a value is NaN or infinite
     */
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
        Shard shard = shardOf(index);
        long from = (index - shard.first()) * elements();
        int at = row * elements();
        shard.file().floats(NOISE, from, noise, at, elements());
        shard.file().floats(IMAGE, from, image, at, elements());
        requireFinite(shard, index, NOISE, noise, at);
        requireFinite(shard, index, IMAGE, image, at);
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
        Shard shard = shardOf(index);
        long[] label = new long[1];
        shard.file().longs(LABEL, index - shard.first(), label, 0, 1);
        return (int) label[0];
    }

    private Shard shardOf(long index) {
        if (index < 0 || index >= count()) {
            throw new IndexOutOfBoundsException("pair " + index + " of " + count());
        }
        int found = Arrays.binarySearch(firsts, index);
        return shards.get(found < 0 ? -found - 2 : found);
    }

    private void requireFinite(Shard shard, long index, String name, float[] values, int at) {
        for (int i = at; i < at + elements(); i++) {
            if (!Float.isFinite(values[i])) {
                throw new GetjException(
                        "%s: %s of pair %d holds %s; the file is damaged or its teacher diverged"
                                .formatted(
                                        shard.file().path(),
                                        name,
                                        index - shard.first(),
                                        values[i]));
            }
        }
    }

    /** Unmaps all files. */
    @Override
    public void close() {
        shards.forEach(shard -> shard.file().close());
    }
}
