package dev.getj.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.getj.io.AtomicFile;
import dev.getj.io.GetjException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a pair set says about itself; {@code pairs.json} in its folder.
 *
 * @param count pairs
 * @param channels C of the images [C, S, S]
 * @param size S
 * @param classes K, labels are 0…K−1; 0 for an unconditional set, which has no labels
 * @param teacher one line: what made the images
 * @param seed of the noise
 * @param settings whatever else is needed to make the set again, in alphabetical order
 */
public record PairsDescription(
        long count,
        int channels,
        int size,
        int classes,
        String teacher,
        long seed,
        Map<String, String> settings) {
    static final String FILE = "pairs.json";
    private static final String FORMAT = "getj-pairs";
    private static final int VERSION = 1;

    /** As many as a network can have. */
    private static final int MAX_CLASSES = 1 << 16;

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /**
     * @throws IllegalArgumentException if a number is out of range
     */
    public PairsDescription {
        if (count < 1
                || channels < 1
                || size < 1
                || classes < 0
                || classes > MAX_CLASSES
                || (long) channels * size * size > 1 << 28) {
            throw new IllegalArgumentException(
                    "a pair set cannot have %d pairs of %d×%d×%d floats and %d classes"
                            .formatted(count, channels, size, size, classes));
        }
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    }

    /** Floats of one image: C·S·S. */
    public int elements() {
        return channels * size * size;
    }

    /** Writes a complete set's description, which makes it one. */
    void write(Path folder, int shards) {
        writeTo(folder.resolve(FILE), shards);
    }

    /** Says in {@code file} what a set will be. */
    void writeUnfinished(Path file) {
        writeTo(file, 0);
    }

    private void writeTo(Path file, int shards) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("format", FORMAT)
                .put("version", VERSION)
                .put("count", count)
                .put("shards", shards);
        node.put("channels", channels).put("size", size).put("classes", classes);
        node.put("teacher", teacher).put("seed", seed);
        settings.forEach(node.putObject("settings")::put);
        String text = node.toPrettyString() + "\n";
        AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The description in a folder and the number of shards it promises. */
    record Stored(PairsDescription description, int shards) {}

    static Stored read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            throw new GetjException(
                    folder
                            + " holds no "
                            + FILE
                            + ": it is not a pair set, or one that was never finished");
        }
        return readFile(file);
    }

    /** What {@link #writeUnfinished} wrote. */
    static PairsDescription readUnfinished(Path file) {
        return readFile(file).description();
    }

    private static Stored readFile(Path file) {
        try {
            JsonNode node = JSON.readTree(Files.readAllBytes(file));
            if (!node.path("format").asText().equals(FORMAT)) {
                throw new GetjException(
                        file + " does not describe a pair set: its format is not " + FORMAT);
            }
            if (number(file, node, "version", VERSION) != VERSION) {
                throw new GetjException(
                        file + " has a version that is not " + VERSION + "; use a newer getj");
            }
            Map<String, String> settings = new TreeMap<>();
            node.path("settings")
                    .properties()
                    .forEach(e -> settings.put(e.getKey(), e.getValue().asText()));
            PairsDescription description =
                    new PairsDescription(
                            number(file, node, "count", Long.MAX_VALUE),
                            (int) number(file, node, "channels", Integer.MAX_VALUE),
                            (int) number(file, node, "size", Short.MAX_VALUE),
                            (int) number(file, node, "classes", Integer.MAX_VALUE),
                            node.path("teacher").asText(),
                            number(file, node, "seed", Long.MAX_VALUE),
                            settings);
            return new Stored(description, (int) number(file, node, "shards", 100_000));
        } catch (JsonProcessingException e) {
            throw new GetjException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new GetjException(file + " is damaged: " + e.getMessage(), e);
        } catch (IOException e) {
            throw GetjException.reading(file, e);
        }
    }

    private static long number(Path file, JsonNode node, String key, long max) {
        JsonNode value = node.path(key);
        boolean signed = key.equals("seed");
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || !signed && value.longValue() < 0
                || value.longValue() > max) {
            throw new GetjException(
                    file
                            + " is damaged: "
                            + key
                            + " is "
                            + (value.isMissingNode() ? "missing" : value.toString()));
        }
        return value.longValue();
    }
}
