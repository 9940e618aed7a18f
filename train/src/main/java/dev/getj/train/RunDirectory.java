package dev.getj.train;

import dev.getj.io.AtomicFile;
import dev.getj.io.GetjException;
import dev.getj.sample.Sampler;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * Where a run keeps its files: {@code config.json}, {@code metrics.jsonl}, {@code loss.png}, {@code
 * samples/<step>.png}, {@code checkpoints/<step>.safetensors}, {@code latest.safetensors}, {@code
 * log.txt}.
 */
public final class RunDirectory {
    private static final String CONFIG = "config.json";
    private static final int KEPT_CHECKPOINTS = 3;

    private final Path root;

    private RunDirectory(Path root) {
        this.root = root;
    }

    /**
     * Begins a run in a new or empty directory.
     *
     * @throws GetjException if there is a run already, or the directory cannot be made
     */
    public static RunDirectory create(Path root, RunSettings settings) {
        requireNoRun(root);
        RunDirectory run = new RunDirectory(root);
        run.rewrite(settings);
        return run;
    }

    /**
     * Refuses a directory that {@link #create} would refuse, before long work.
     *
     * @throws GetjException if there is a run already
     */
    public static void requireNoRun(Path root) {
        if (Files.exists(root.resolve(CONFIG)) || Files.exists(root.resolve(Sampler.LATEST))) {
            throw new GetjException(
                    root
                            + " holds a run already; go on with it by --resume, or choose another"
                            + " --out");
        }
    }

    /**
     * Begins a run that goes on from a checkpoint of another program, such as {@code getj convert
     * --training} makes of the reference's.
     *
     * @param pairs in the set to learn from
     * @throws GetjException if there is a run already, or the checkpoint lacks a part; no run is
     *     begun then
     */
    public static RunDirectory createFrom(
            Path checkpoint, Path root, RunConfig config, long pairs) {
        requireNoRun(root);
        RunDirectory run = new RunDirectory(root);
        long step = Checkpoint.adopt(checkpoint, run, config, pairs);
        run.publish(step);
        run.rewrite(config);
        return run;
    }

    /**
     * @throws GetjException if {@code root} holds no run
     */
    public static RunDirectory open(Path root) {
        if (!Files.isRegularFile(root.resolve(CONFIG))) {
            throw new GetjException(root + " holds no run: there is no " + CONFIG + " in it");
        }
        return new RunDirectory(root);
    }

    public Path root() {
        return root;
    }

    /**
     * The configuration of the run of a student.
     *
     * @throws GetjException if it is damaged, or of another kind of run
     */
    public RunConfig config() {
        return config(RunKind.STUDENT, RunConfig::parse);
    }

    /**
     * The configuration of a run.
     *
     * @param parse makes it of its JSON and its file, which error messages name
     * @throws GetjException if it is damaged, or of another kind
     */
    public <T> T config(RunKind kind, BiFunction<String, String, T> parse) {
        Path file = root.resolve(CONFIG);
        try {
            String json = Files.readString(file);
            kind.require(json, root);
            return parse.apply(json, file.toString());
        } catch (IOException e) {
            throw GetjException.reading(file, e);
        }
    }

    /** Replaces the configuration: a resumed run may go further than it was meant to. */
    public void rewrite(RunSettings settings) {
        AtomicFile.write(root.resolve(CONFIG), settings.json().getBytes(StandardCharsets.UTF_8));
    }

    public Path latest() {
        return root.resolve(Sampler.LATEST);
    }

    Path metrics() {
        return root.resolve("metrics.jsonl");
    }

    Path lossChart() {
        return root.resolve("loss.png");
    }

    Path samples(long step) {
        return root.resolve("samples").resolve("%08d.png".formatted(step));
    }

    private Path checkpoints() {
        return root.resolve("checkpoints");
    }

    Path checkpoint(long step) {
        return checkpoints().resolve("%08d.safetensors".formatted(step));
    }

    /**
     * Makes {@code latest.safetensors} the checkpoint of {@code step}, and drops all but the newest
     * few.
     */
    void publish(long step) {
        Path checkpoint = checkpoint(step);
        Path link = root.resolve("." + Sampler.LATEST + ".tmp");
        try {
            Files.deleteIfExists(link);
            try {
                Files.createLink(link, checkpoint);
            } catch (UnsupportedOperationException | FileSystemException noLinks) {
                Files.copy(checkpoint, link);
            }
            Files.move(
                    link,
                    latest(),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            for (Path old : olderCheckpoints()) {
                Files.deleteIfExists(old);
            }
        } catch (IOException e) {
            throw GetjException.writing(latest(), e);
        }
    }

    private List<Path> olderCheckpoints() throws IOException {
        try (Stream<Path> files = Files.list(checkpoints())) {
            return files.filter(file -> file.getFileName().toString().matches("\\d+\\.safetensors"))
                    .sorted(Comparator.reverseOrder())
                    .skip(KEPT_CHECKPOINTS)
                    .toList();
        }
    }

    /** Appends a line with the time to {@code log.txt}. */
    public void log(String line) {
        Path file = root.resolve("log.txt");
        try {
            Files.writeString(
                    file,
                    Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw GetjException.writing(file, e);
        }
    }
}
