package dev.getj.train;

import dev.getj.io.AtomicFile;
import dev.getj.io.Claim;
import dev.getj.io.GetjException;
import dev.getj.io.RegularFile;
import dev.getj.io.TemporaryFiles;
import dev.getj.sample.Sampler;
import dev.getj.train.distributed.Ranks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a run keeps its files: {@code config.json}, {@code metrics.jsonl}, {@code loss.png}, {@code
 * samples/<step>.png}, {@code checkpoints/<step>.safetensors}, {@code averages/<step>.safetensors},
 * {@code latest.safetensors}, {@code log.txt}. It is claimed, so that one process writes there at a
 * time, until it is closed.
 *
 * <p>A run is worth keeping once it has a checkpoint. What a start left that was killed or failed
 * before that, another start clears away. A run that begins with a checkpoint from elsewhere is one
 * from the moment at which {@code config-unfinished.json} becomes {@code config.json}. Links that
 * lead out of the folder are not written through.
 */
public final class RunDirectory implements AutoCloseable {
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

    private final Path root;
    private final Optional<Claim> claim;
    private final Ranks ranks;

    private RunDirectory(Path root, Optional<Claim> claim, Ranks ranks) {
        this.root = root;
        this.claim = claim;
        this.ranks = ranks;
    }

    /**
     * Begins a run in a new directory, or in one without a run. What is left of a run that was
     * stopped before its first checkpoint is deleted, but for its log.
     *
     * @throws GetjException if there is a run already, another process writes there, or the
     *     directory cannot be made
     */
    public static RunDirectory create(Path root, RunSettings settings) {
        return create(Claim.take(root), settings);
    }

    /**
     * As above.
     *
     * @param claim of the directory, which ends with the run, or if there can be none
     */
    public static RunDirectory create(Claim claim, RunSettings settings) {
        return prepared(
                claim,
                run -> {
                    run.clear();
                    run.rewrite(settings);
                });
    }

    /**
     * Begins a run that resumes from a checkpoint of another program, such as {@code getj convert
     * --training} makes of the reference's.
     *
     * @param pairs in the set to learn from
     * @throws GetjException if there is a run already, another process writes there, or the
     *     checkpoint lacks a part; no run is begun then
     */
    public static RunDirectory createFrom(
            Path checkpoint, Path root, RunConfig config, long pairs) {
        return prepared(
                Claim.take(root),
                run -> {
                    run.clear();
                    run.beginFrom(checkpoint, config, pairs);
                });
    }

    /**
     * @throws GetjException if {@code root} holds no run, or another process writes there
     */
    public static RunDirectory open(Path root) {
        requireRun(root);
        return open(Claim.take(root));
    }

    /**
     * As above.
     *
     * @param claim of the directory, which ends with the run, or if there is none
     */
    public static RunDirectory open(Claim claim) {
        return prepared(
                claim,
                run -> {
                    requireRun(run.root);
                    run.sweep();
                });
    }

    private static RunDirectory prepared(Claim claim, Consumer<RunDirectory> preparation) {
        RunDirectory run = new RunDirectory(claim.folder(), Optional.of(claim), Ranks.alone());
        try {
            preparation.accept(run);
            return run;
        } catch (RuntimeException | Error failure) {
            claim.close();
            throw failure;
        }
    }

    /**
     * The directory of a run that several processes train, of which the first writes there. The
     * others need no access to it; what they log is left out.
     *
     * @param ranks the processes
     * @param first opens or begins the run, on the first of them
     */
    public static RunDirectory of(Ranks ranks, Path root, Supplier<RunDirectory> first) {
        return ranks.first()
                ? first.get().trainedBy(ranks)
                : new RunDirectory(root, Optional.empty(), ranks);
    }

    private RunDirectory trainedBy(Ranks several) {
        return new RunDirectory(root, claim, several);
    }

    private static void requireRun(Path root) {
        if (!isRun(root)) {
            throw new GetjException(
                    Files.exists(root.resolve(UNFINISHED))
                            ? root
                                    + " holds a run whose start was cut short; start it again"
                                    + " without --resume"
                            : root + " holds no run: there is no " + CONFIG + " in it");
        }
    }

    /** True if there is a run in a folder, finished or not. */
    public static boolean isRun(Path root) {
        return Files.isRegularFile(root.resolve(CONFIG));
    }

    /**
     * The step that the newest checkpoint of a run was saved after; empty if there is none.
     *
     * @throws GetjException if it is damaged
     */
    public static OptionalLong savedStep(Path root) {
        Path latest = root.resolve(Sampler.LATEST);
        return Files.exists(latest)
                ? OptionalLong.of(Checkpoint.step(latest))
                : OptionalLong.empty();
    }

    /**
     * Refuses a folder that {@link #create} would refuse, before long work.
     *
     * @throws GetjException if it holds a run that has a checkpoint, or weights
     */
    public static void requireNoRun(Path root) {
        boolean unfinished = Files.exists(root.resolve(UNFINISHED));
        if (Files.exists(root.resolve(Sampler.LATEST)) && (isRun(root) || !unfinished)) {
            throw new GetjException(
                    root
                            + (isRun(root)
                                    ? " holds a run already; resume it by --resume, or choose"
                                            + " another --out"
                                    : " holds weights, "
                                            + Sampler.LATEST
                                            + "; choose another --out"));
        }
    }

    /** Deletes what an unfinished start left, if that is all there is. */
    private void clear() {
        requireNoRun(root);
        sweep();
        if (Files.exists(root.resolve(UNFINISHED)) || isRun(root)) {
            deleteRemains();
            log("an earlier start saved nothing; beginning anew");
        }
    }

    private void deleteRemains() {
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
    private void sweep() {
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

    private void beginFrom(Path checkpoint, RunConfig config, long pairs) {
        Path unfinished = RegularFile.inside(root, UNFINISHED);
        AtomicFile.write(unfinished, config.json().getBytes(StandardCharsets.UTF_8));
        try {
            publish(Checkpoint.adopt(checkpoint, this, config, pairs));
            AtomicFile.rename(unfinished, RegularFile.inside(root, CONFIG));
        } catch (RuntimeException failure) {
            deleteRemains();
            throw failure;
        }
    }

    public Path root() {
        return root;
    }

    /** The processes that train the run, of which the first writes here. */
    public Ranks ranks() {
        return ranks;
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
        String json = ranks.fromFirst(() -> RegularFile.readText(file, LARGEST_CONFIG));
        kind.require(json, root);
        return parse.apply(json, file.toString());
    }

    /**
     * The configuration of the run in a folder as it stands there.
     *
     * @throws GetjException if there is none
     */
    public static String configText(Path root) {
        return RegularFile.readText(root.resolve(CONFIG), LARGEST_CONFIG);
    }

    /**
     * What is written of the steps of the run in a folder up to {@code lastStep}.
     *
     * @throws GetjException if it is damaged
     */
    public static List<Metrics.Line> metrics(Path root, long lastStep) {
        Path file = RegularFile.inside(root, METRICS);
        return Files.exists(file)
                ? Metrics.read(file).stream().filter(line -> line.step() <= lastStep).toList()
                : List.of();
    }

    /** Replaces the configuration: a resumed run may go further than it was meant to. */
    public void rewrite(RunSettings settings) {
        if (!ranks.first()) {
            return;
        }
        AtomicFile.write(
                RegularFile.inside(root, CONFIG), settings.json().getBytes(StandardCharsets.UTF_8));
    }

    public Path latest() {
        return root.resolve(Sampler.LATEST);
    }

    Path metrics() {
        return RegularFile.inside(root, METRICS);
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
     * Snapshots of averages in the folder of a run, by their step.
     *
     * @throws GetjException if the folder cannot be read
     */
    static SortedMap<Long, Path> averages(Path root) {
        SortedMap<Long, Path> snapshots = new TreeMap<>();
        try {
            for (Path file : inside(root, AVERAGES, CHECKPOINT)) {
                snapshots.put(step(file), file);
            }
        } catch (IOException e) {
            throw GetjException.reading(root.resolve(AVERAGES), e);
        }
        return snapshots;
    }

    private static String name(long step, String suffix) {
        return String.format(Locale.ROOT, "%08d.%s", step, suffix);
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

    private List<Path> olderCheckpoints() throws IOException {
        return inside(CHECKPOINTS, CHECKPOINT).stream()
                .sorted(Comparator.comparingLong(RunDirectory::step).reversed())
                .skip(KEPT_CHECKPOINTS)
                .toList();
    }

    private static long step(Path checkpoint) {
        String name = checkpoint.getFileName().toString();
        return Long.parseLong(name, 0, name.indexOf('.'), 10);
    }

    private List<Path> inside(String folder, Pattern names) throws IOException {
        return inside(root, folder, names);
    }

    private static List<Path> inside(Path root, String folder, Pattern names) throws IOException {
        Path parent = root.resolve(folder);
        if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(parent)) {
            return files.filter(file -> names.matcher(file.getFileName().toString()).matches())
                    .toList();
        }
    }

    /** Appends a line with the time to {@code log.txt}. */
    public void log(String line) {
        if (!ranks.first()) {
            return;
        }
        Path file = RegularFile.inside(root, LOG);
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

    /** Ends the claim on the directory. */
    @Override
    public void close() {
        claim.ifPresent(Claim::close);
    }
}
