package dev.getj.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.getj.io.AtomicFile;
import dev.getj.io.FileFormat;
import dev.getj.io.GetjException;
import dev.getj.io.Printable;
import dev.getj.io.RegularFile;
import dev.getj.model.ModelConfig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
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
 * @param classNames of the K classes, where they have names; else empty
 */
public record PairsDescription(
        long count,
        int channels,
        int size,
        int classes,
        String teacher,
        long seed,
        Map<String, String> settings,
        List<String> classNames) {
    /** The setting that tells the content of a teacher's weights; a guide's ends so, too. */
    public static final String SHA256 = "sha256";

    /** The setting that tells in what a teacher computed; a guide's ends so, too. */
    public static final String PRECISION = "precision";

    static final String FILE = "pairs.json";
    private static final String CLASS_NAMES = "class_names";
    private static final String RESUMABLE = "resumable";

    /** The setting that tells how many pairs at the end are to be measured on, not learned from. */
    private static final String HELD_OUT = "held_out";

    /** Bytes of JSON; ours have some hundred. */
    private static final int LARGEST_FILE = 1 << 20;

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
                    "a pair set cannot have %s pairs of %s×%s×%s floats and %s classes"
                            .formatted(count, channels, size, size, classes));
        }
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
        classNames = List.copyOf(classNames);
        if (!classNames.isEmpty() && classNames.size() != classes) {
            throw new IllegalArgumentException(
                    "%s classes cannot have %s names".formatted(classes, classNames.size()));
        }
    }

    /** All that decides the pairs, by name. */
    public SortedMap<String, String> facts() {
        SortedMap<String, String> all = new TreeMap<>(settings);
        all.put("count", Long.toString(count));
        all.put("channels", Integer.toString(channels));
        all.put("size", Integer.toString(size));
        all.put("classes", Integer.toString(classes));
        all.put("seed", Long.toString(seed));
        all.put("teacher", teacher);
        return all;
    }

    /** Whose classes have no names. */
    public PairsDescription(
            long count,
            int channels,
            int size,
            int classes,
            String teacher,
            long seed,
            Map<String, String> settings) {
        this(count, channels, size, classes, teacher, seed, settings, List.of());
    }

    /** What a network of these images makes. */
    public ModelConfig.Images images() {
        return new ModelConfig.Images(size, channels, classes).named(classNames);
    }

    public ImageShape shape() {
        return new ImageShape(size, channels);
    }

    /** Floats of one image: C·S·S. */
    public int elements() {
        return channels * size * size;
    }

    /**
     * Pairs at the end of the set that were made to measure on, not to learn from.
     *
     * @throws GetjException if what the set says of them is no such number
     */
    public long heldOut() {
        String text = settings.getOrDefault(HELD_OUT, "0");
        try {
            long pairs = Long.parseLong(text);
            if (pairs >= 0 && pairs < count) {
                return pairs;
            }
        } catch (NumberFormatException _) {
            // reported below
        }
        throw new GetjException(
                "the pair set says that %s of its %s pairs are held out; make it again, or say"
                                .formatted(Printable.line(text), count)
                        + " --held-out");
    }

    /**
     * The same set with the last {@code pairs} of it held out.
     *
     * @throws IllegalArgumentException if that leaves none
     */
    public PairsDescription withHeldOut(long pairs) {
        if (pairs < 0 || pairs >= count) {
            throw new IllegalArgumentException(
                    "%s of %s pairs cannot be held out".formatted(pairs, count));
        }
        Map<String, String> more = new TreeMap<>(settings);
        more.remove(HELD_OUT);
        if (pairs > 0) {
            more.put(HELD_OUT, Long.toString(pairs));
        }
        return new PairsDescription(
                count, channels, size, classes, teacher, seed, more, classNames);
    }

    /** Writes a complete set's description, which makes it one. */
    void write(Path folder, int shards) {
        writeTo(folder.resolve(FILE), json(shards));
    }

    /**
     * Says in {@code file} what a set will be.
     *
     * @param resumable whether it is kept when its making is stopped
     */
    void writeUnfinished(Path file, boolean resumable) {
        writeTo(file, json(0).put(RESUMABLE, resumable));
    }

    private ObjectNode json(int shards) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put(FileFormat.FORMAT, FileFormat.PAIRS.tag())
                .put(FileFormat.VERSION, FileFormat.PAIRS.version())
                .put("count", count)
                .put("shards", shards);
        node.put("channels", channels).put("size", size).put("classes", classes);
        if (!classNames.isEmpty()) {
            classNames.forEach(node.putArray(CLASS_NAMES)::add);
        }
        node.put("teacher", teacher).put("seed", seed);
        settings.forEach(node.putObject("settings")::put);
        return node;
    }

    private static void writeTo(Path file, ObjectNode node) {
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
    record Unfinished(PairsDescription description, boolean resumable) {}

    static Unfinished readUnfinished(Path file) {
        JsonNode node = json(file);
        return new Unfinished(
                parse(file, node).description(), node.path(RESUMABLE).asBoolean(true));
    }

    private static Stored readFile(Path file) {
        return parse(file, json(file));
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(RegularFile.read(file, LARGEST_FILE));
        } catch (JsonProcessingException e) {
            throw new GetjException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw GetjException.reading(file, e);
        }
    }

    private static Stored parse(Path file, JsonNode node) {
        try {
            if (!node.path(FileFormat.FORMAT).asText().equals(FileFormat.PAIRS.tag())) {
                throw new GetjException(
                        file
                                + " does not describe a pair set: its format is not "
                                + FileFormat.PAIRS.tag());
            }
            FileFormat.PAIRS.require(
                    file,
                    Optional.ofNullable(node.get(FileFormat.VERSION)).map(JsonNode::toString));
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
                            settings,
                            names(file, node.path(CLASS_NAMES)));
            return new Stored(description, (int) number(file, node, "shards", 100_000));
        } catch (IllegalArgumentException e) {
            throw new GetjException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private static List<String> names(Path file, JsonNode node) {
        List<String> names = new ArrayList<>();
        node.forEach(name -> names.add(name.asText()));
        if (names.contains("") || !(node.isArray() || node.isMissingNode())) {
            throw new GetjException(file + " is damaged: " + CLASS_NAMES + " is no list of names");
        }
        return names;
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
