package dev.getj.io;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The formats that getj writes and reads again, each with its version. JSON files carry it under
 * {@value #VERSION}; safetensors files in their metadata, where {@value #FORMAT} names the format.
 * Files from before formats had versions carry none and are read as version 1.
 *
 * <p>A version rises when a getj that does not know the change would read the file wrongly.
 */
public enum FileFormat {
    /** Weights, their average, both moments and the step of a run. */
    CHECKPOINT("getj-checkpoint", "a checkpoint", 1),
    /** Averages of a run's weights after a step, of which others are made. */
    AVERAGES("getj-averages", "a snapshot of averages", 1),
    /** Weights of one network, to sample with. */
    WEIGHTS("getj-weights", "a file of weights", 1),
    /** {@code pairs.json} and the shards beside it. */
    PAIRS("getj-pairs", "a pair set", 1),
    /** Images that {@code getj sample --out} or {@code getj teacher sample --out} wrote. */
    SAMPLES("getj-samples", "a file of samples", 1),
    /** {@code config.json} of a run of any kind. */
    RUN("getj-run", "the configuration of a run", 1),
    /** A JSON file of a study. */
    STUDY("getj-study", "part of a study", 1),
    /** What {@code getj doctor} measured of a device. */
    DEVICE_PROFILE("getj-device-profile", "a device profile", 1);

    /** The key of the version. */
    public static final String VERSION = "version";

    /** The key of the format's name, in metadata. */
    public static final String FORMAT = "format";

    private static final String OURS = "getj-";
    private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,8}");
    private static final int LONGEST_SHOWN = 20;

    private final String tag;
    private final String description;
    private final int version;

    FileFormat(String tag, String description, int version) {
        this.tag = tag;
        this.description = description;
        this.version = version;
    }

    /** The name of the format in files. */
    public String tag() {
        return tag;
    }

    /** The version that is written, the newest that is read. */
    public int version() {
        return version;
    }

    /** What a safetensors file of this format says of it. */
    public Map<String, String> metadata() {
        return Map.of(FORMAT, tag, VERSION, Integer.toString(version));
    }

    /**
     * Checks the version that a file carries.
     *
     * @param file for the error message
     * @param found as it stands in the file; empty if it has none
     * @throws GetjException if it is newer than {@link #version}, or no version
     */
    public void require(Object file, Optional<String> found) {
        require(file, found, "update getj");
    }

    /**
     * As above.
     *
     * @param remedy what can be done about a newer version
     */
    public void require(Object file, Optional<String> found, String remedy) {
        String text = found.orElse("1");
        if (!NUMBER.matcher(text).matches()) {
            throw new GetjException(
                    "%s is damaged: its version is %s, a whole number from 1 is expected"
                            .formatted(file, shown(text)));
        }
        if (Integer.parseInt(text) > version) {
            throw new GetjException(
                    "%s is %s of version %s, but this getj reads versions up to %s: %s"
                            .formatted(file, description, text, version, remedy));
        }
    }

    /**
     * Checks the metadata of a safetensors file, if getj wrote it.
     *
     * @throws GetjException if its format is unknown, or of a newer version
     */
    static void requireKnown(Object file, Map<String, String> metadata) {
        String tag = metadata.getOrDefault(FORMAT, "");
        if (tag.startsWith(OURS)) {
            Stream.of(values())
                    .filter(format -> format.tag.equals(tag))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new GetjException(
                                            "%s is of the format %s, which this getj does not know: update getj"
                                                    .formatted(file, shown(tag))))
                    .require(file, Optional.ofNullable(metadata.get(VERSION)));
        }
    }

    private static String shown(String text) {
        return text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "…" : text;
    }
}
