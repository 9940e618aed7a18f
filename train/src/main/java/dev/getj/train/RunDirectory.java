package dev.getj.train;

import dev.getj.io.AtomicFile;
import dev.getj.io.Claim;
import dev.getj.io.GetjException;
import dev.getj.sample.Sampler;
import dev.getj.train.distributed.Ranks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

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
    private final RunFiles files;
    private final Optional<Claim> claim;
    private final Ranks ranks;

    private RunDirectory(Path root, Optional<Claim> claim, Ranks ranks) {
        files = new RunFiles(root);
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
        new RunFiles(root).requireRun();
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
                    run.files.requireRun();
                    run.files.sweep();
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
        return new RunDirectory(files.root(), claim, several);
    }

    /** True if there is a run in a folder, finished or not. */
    public static boolean isRun(Path root) {
        return new RunFiles(root).isRun();
    }

    /**
     * The step that the newest checkpoint of a run was saved after; empty if there is none.
     *
     * @throws GetjException if it is damaged
     */
    public static OptionalLong savedStep(Path root) {
        RunFiles files = new RunFiles(root);
        return files.hasLatest()
                ? OptionalLong.of(Checkpoint.step(files.latest()))
                : OptionalLong.empty();
    }

    /**
     * Refuses a folder that {@link #create} would refuse, before long work.
     *
     * @throws GetjException if it holds a run that has a checkpoint, or weights
     */
    public static void requireNoRun(Path root) {
        RunFiles files = new RunFiles(root);
        if (files.hasLatest() && (files.isRun() || !files.isUnfinished())) {
            throw new GetjException(
                    root
                            + (files.isRun()
                                    ? " holds a run already; resume it by --resume, or choose"
                                            + " another --out"
                                    : " holds weights, "
                                            + Sampler.LATEST
                                            + "; choose another --out"));
        }
    }

    /** Deletes what an unfinished start left, if that is all there is. */
    private void clear() {
        requireNoRun(files.root());
        files.sweep();
        if (files.isUnfinished() || files.isRun()) {
            files.deleteRun();
            log("an earlier start saved nothing; beginning anew");
        }
    }

    private void beginFrom(Path checkpoint, RunConfig config, long pairs) {
        Path unfinished = files.unfinished();
        AtomicFile.write(unfinished, config.json().getBytes(StandardCharsets.UTF_8));
        try {
            publish(Checkpoint.adopt(checkpoint, this, config, pairs));
            AtomicFile.rename(unfinished, files.config());
        } catch (RuntimeException failure) {
            files.deleteRun();
            throw failure;
        }
    }

    public Path root() {
        return files.root();
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
        String json = ranks.fromFirst(files::configText);
        kind.require(json, files.root());
        return parse.apply(json, files.configName());
    }

    /**
     * The configuration of the run in a folder as it stands there.
     *
     * @throws GetjException if there is none
     */
    public static String configText(Path root) {
        return new RunFiles(root).configText();
    }

    /**
     * What is written of the steps of the run in a folder up to {@code lastStep}.
     *
     * @throws GetjException if it is damaged
     */
    public static List<Metrics.Line> metrics(Path root, long lastStep) {
        Path file = new RunFiles(root).metrics();
        return Files.exists(file)
                ? Metrics.read(file).stream().filter(line -> line.step() <= lastStep).toList()
                : List.of();
    }

    /** Replaces the configuration: a resumed run may go further than it was meant to. */
    public void rewrite(RunSettings settings) {
        if (!ranks.first()) {
            return;
        }
        AtomicFile.write(files.config(), settings.json().getBytes(StandardCharsets.UTF_8));
    }

    public Path latest() {
        return files.latest();
    }

    Path metrics() {
        return files.metrics();
    }

    Path lossChart() {
        return files.lossChart();
    }

    Path samples(long step) {
        return files.samples(step);
    }

    Path checkpoint(long step) {
        return files.checkpoint(step);
    }

    Path averages(long step) {
        return files.averages(step);
    }

    /**
     * Makes {@code latest.safetensors} the checkpoint of {@code step}, and drops all but the newest
     * few.
     */
    void publish(long step) {
        files.publish(step);
    }

    /** Appends a line with the time to {@code log.txt}. */
    public void log(String line) {
        if (!ranks.first()) {
            return;
        }
        Path file = files.log();
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
