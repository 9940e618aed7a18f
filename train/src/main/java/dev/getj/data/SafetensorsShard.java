package dev.getj.data;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A safetensors file with {@code noise}, {@code image} and, conditionally, {@code label}. */
final class SafetensorsShard implements PairShard {
    static final String NOISE = "noise";
    static final String IMAGE = "image";
    static final String LABEL = "label";

    private final SafetensorsFile file;

    private SafetensorsShard(SafetensorsFile file) {
        this.file = file;
    }

    /**
     * @throws GetjException if it cannot be read; its tensors are not looked at yet
     */
    static SafetensorsShard open(Path path) {
        return new SafetensorsShard(SafetensorsFile.open(path));
    }

    /** What a file alone says about itself, in its shapes and its metadata. */
    PairsDescription describe() {
        long[] shape = file.entry(NOISE).shape();
        if (shape.length != 4) {
            throw shapeError(NOISE, "[n, C, S, S]");
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

    /**
     * @throws GetjException if the tensors are not those of the set that {@code description}
     *     describes
     */
    void require(PairsDescription description) {
        checkShapes(description);
        checkLabels(description);
    }

    private void checkShapes(PairsDescription description) {
        long[] noise = file.entry(NOISE).shape();
        long[] expected = {
            noise.length == 0 ? 0 : noise[0],
            description.channels(),
            description.size(),
            description.size()
        };
        if (!Arrays.equals(noise, expected) || noise[0] < 1) {
            throw shapeError(
                    NOISE,
                    "[n, %s, %s, %s]"
                            .formatted(
                                    description.channels(),
                                    description.size(),
                                    description.size()));
        }
        if (!Arrays.equals(file.entry(IMAGE).shape(), noise)) {
            throw shapeError(IMAGE, Arrays.toString(noise) + " as " + NOISE + " has");
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

    private void checkLabels(PairsDescription description) {
        if (description.classes() == 0) {
            return;
        }
        long count = count();
        long[] shape = file.entry(LABEL).shape();
        if (shape.length != 1 || shape[0] != count) {
            throw new GetjException(
                    "%s: label has shape %s, but there are %s pairs, which take %s labels"
                            .formatted(file.path(), Arrays.toString(shape), count, count));
        }
        long[] labels = file.longs(LABEL);
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= description.classes()) {
                throw new GetjException(
                        "%s: label %s of pair %s is outside 0 to %s"
                                .formatted(file.path(), labels[i], i, description.classes() - 1));
            }
        }
    }

    private GetjException shapeError(String name, String expected) {
        return new GetjException(
                "%s: %s has shape %s, expected %s"
                        .formatted(file.path(), name, file.entry(name).shapeText(), expected));
    }

    @Override
    public long count() {
        return file.entry(NOISE).shape()[0];
    }

    @Override
    public Path noiseFile() {
        return file.path();
    }

    @Override
    public Path imageFile() {
        return file.path();
    }

    @Override
    public void noise(long first, float[] target, int at, int count) {
        read(NOISE, first, target, at, count);
    }

    @Override
    public void image(long first, float[] target, int at, int count) {
        read(IMAGE, first, target, at, count);
    }

    private void read(String name, long first, float[] target, int at, int count) {
        long[] shape = file.entry(name).shape();
        int elements = (int) (shape[1] * shape[2] * shape[3]);
        file.floats(name, first * elements, target, at, count * elements);
    }

    @Override
    public int label(long pair) {
        long[] label = new long[1];
        file.longs(LABEL, pair, label, 0, 1);
        return (int) label[0];
    }

    @Override
    public void close() {
        file.close();
    }
}
