package dev.getj.train;

import dev.getj.io.AtomicFile;
import dev.getj.io.GetjException;
import dev.getj.io.RegularFile;
import dev.getj.io.TemporaryFiles;
import dev.getj.sample.Sampler;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the files of a run are in its folder, which of them are kept, and what is deleted. Paths
 * that are written to, all but {@link #latest}, are refused if a link leads out of the folder.
 */
record RunFiles(Path root) {
    private static final String CONFIG = "config.json";
    private static final String UNFINISHED = "config-unfinished.json";
    private static final String METRICS = "metrics.jsonl";
    private static final String LOSS = "loss.png";
    private static final String LOG = "log.txt";
    private static final String SAMPLES = "samples";
    private static final String CHECKPOINTS = "checkpoints";
    private static final String AVERAGES = "averages";
    private static final Pattern CHECKPOINT = Pattern.compile("(\\d{1,18})\\.safetensors");
    private static final Pattern PICTURE = Pattern.compile("\\d{1,18}\\.png");
    private static final Set<String> OWN =
            Set.of(CONFIG, UNFINISHED, METRICS, LOSS, Sampler.LATEST);
    private static final int KEPT_CHECKPOINTS = 3;

    /** Bytes of settings: a thousand, more with a long list of supervised steps. */
    private static final int LARGEST_CONFIG = 1 << 20;

    /** True if there is a run, finished or not. */
    boolean isRun() {
        return Files.isRegularFile(root.resolve(CONFIG));
    }

    /** True if a run from a checkpoint of elsewhere was not begun to the end. */
    boolean isUnfinished() {
        return Files.exists(root.resolve(UNFINISHED));
    }

    boolean hasLatest() {
        return Files.exists(latest());
    }

    /**
     * @throws GetjException if there is no run
     */
    void requireRun() {
        if (!isRun()) {
            throw new GetjException(
                    isUnfinished()
                            ? root
                                    + " holds a run whose start was cut short; start it again"
                                    + " without --resume"
                            : root + " holds no run: there is no " + CONFIG + " in it");
        }
    }

    /**
     * @throws GetjException if there is none
     */
    String configText() {
        return RegularFile.readText(root.resolve(CONFIG), LARGEST_CONFIG);
    }

    /** The configuration, as errors name it. */
    String configName() {
        return root.resolve(CONFIG).toString();
    }

    Path config() {
        return RegularFile.inside(root, CONFIG);
    }

    Path unfinished() {
        return RegularFile.inside(root, UNFINISHED);
    }

    Path latest() {
        return root.resolve(Sampler.LATEST);
    }

    Path metrics() {
        return RegularFile.inside(root, METRICS);
    }

    Path log() {
        return RegularFile.inside(root, LOG);
    }

    Path lossChart() {
        return RegularFile.inside(root, LOSS);
    }

    Path samples(long step) {
        return RegularFile.inside(root, SAMPLES, name(step, "png"));
    }

    Path checkpoint(long step) {
        return RegularFile.inside(root, CHECKPOINTS, name(step, "safetensors"));
    }

    Path averages(long step) {
        return RegularFile.inside(root, AVERAGES, name(step, "safetensors"));
    }

    /**
     * Snapshots of averages, by their step.
     *
     * @throws GetjException if the folder cannot be read
     */
    SortedMap<Long, Path> averages() {
        SortedMap<Long, Path> snapshots = new TreeMap<>();
        try {
            for (Path file : inside(AVERAGES, CHECKPOINT)) {
                snapshots.put(step(file), file);
            }
        } catch (IOException e) {
            throw GetjException.reading(root.resolve(AVERAGES), e);
        }
        return snapshots;
    }

    /**
     * Makes {@code latest.safetensors} the checkpoint of {@code step}, and drops all but the newest
     * few.
     */
    void publish(long step) {
        AtomicFile.link(checkpoint(step), latest());
        try {
            for (Path old : olderCheckpoints()) {
                Files.deleteIfExists(old);
            }
        } catch (IOException e) {
            throw GetjException.writing(root.resolve(CHECKPOINTS), e);
        }
    }

    /** Deletes all of a run but its log. */
    void deleteRun() {
        try {
            Files.deleteIfExists(latest());
            for (Path file : inside(CHECKPOINTS, CHECKPOINT)) {
                Files.delete(file);
            }
            for (Path file : inside(AVERAGES, CHECKPOINT)) {
                Files.delete(file);
            }
            for (Path file : inside(SAMPLES, PICTURE)) {
                Files.delete(file);
            }
            for (String name : List.of(METRICS, LOSS, CONFIG, UNFINISHED)) {
                Files.deleteIfExists(root.resolve(name));
            }
        } catch (IOException e) {
            throw GetjException.writing(root, e);
        }
    }

    /** Deletes temporary files of processes that were killed. */
    void sweep() {
        TemporaryFiles.sweep(root, OWN::contains);
        TemporaryFiles.sweep(root.resolve(CHECKPOINTS), CHECKPOINT.asMatchPredicate());
        TemporaryFiles.sweep(root.resolve(AVERAGES), CHECKPOINT.asMatchPredicate());
        TemporaryFiles.sweep(root.resolve(SAMPLES), PICTURE.asMatchPredicate());
        try {
            // as earlier versions called it
            Files.deleteIfExists(root.resolve("." + Sampler.LATEST + ".tmp"));
        } catch (IOException e) {
            throw GetjException.writing(root, e);
        }
    }

    private List<Path> olderCheckpoints() throws IOException {
        return inside(CHECKPOINTS, CHECKPOINT).stream()
                .sorted(Comparator.comparingLong(RunFiles::step).reversed())
                .skip(KEPT_CHECKPOINTS)
                .toList();
    }

    private List<Path> inside(String folder, Pattern names) throws IOException {
        Path parent = root.resolve(folder);
        if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(parent)) {
            return files.filter(file -> names.matcher(file.getFileName().toString()).matches())
                    .toList();
        }
    }

    private static String name(long step, String suffix) {
        return String.format(Locale.ROOT, "%08d.%s", step, suffix);
    }

    private static long step(Path checkpoint) {
        String name = checkpoint.getFileName().toString();
        return Long.parseLong(name, 0, name.indexOf('.'), 10);
    }
}
