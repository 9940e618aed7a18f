package dev.getj.cli;

import com.fasterxml.jackson.annotation.JsonInclude;

import dev.getj.data.DataSummary;
import dev.getj.io.GetjException;
import dev.getj.log.LogKind;
import dev.getj.log.RunLogs;
import dev.getj.train.Agreement;
import dev.getj.train.Course;
import dev.getj.train.Metrics;
import dev.getj.train.RateSchedule;
import dev.getj.train.RunDirectory;
import dev.getj.train.RunSettings;
import dev.getj.train.TrainingListener;
import dev.getj.train.TrainingLoop;
import dev.getj.train.distributed.Ranks;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;

/** The options of every command that trains, and what a session of training looks like. */
final class RunOptions {
    /** What may be said when a run is resumed; everything else is the run's own. */
    private static final Set<String> RESUMABLE =
            Set.of(
                    "--resume",
                    "--resume-if-present",
                    ProcessOptions.PROCESSES,
                    ProcessOptions.COLLECTIVES,
                    "--out",
                    "--steps",
                    "--log",
                    "--device",
                    ProductsOption.NAME,
                    "--threads",
                    "--json",
                    "--quiet",
                    Arguments.CONFIG,
                    CommonOptions.STACKTRACE);

    record Result(
            String run,
            long steps,
            double loss,
            double seconds,
            double samplesPerSecond,
            @JsonInclude(JsonInclude.Include.NON_NULL) Double heldOutError,
            @JsonInclude(JsonInclude.Include.NON_NULL) Double trainError,
            @JsonInclude(JsonInclude.Include.NON_NULL) Long clippedSteps,
            @JsonInclude(JsonInclude.Include.NON_NULL) DataSummary data) {}

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--out", paramLabel = "RUN", required = true, description = "Run directory.")
    private Path out;

    @Option(
            names = "--resume",
            description = "Resume the run in --out; other settings are its own.")
    private boolean resume;

    @Option(
            names = "--resume-if-present",
            description =
                    "Resume the run in --out if it has a checkpoint, else begin it: for jobs that"
                            + " are started again.")
    private boolean resumeIfPresent;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Steps in all (default: 10000; with --resume: the run's).")
    private Long steps;

    @Option(
            names = "--batch",
            paramLabel = "B",
            defaultValue = "128",
            description = "Examples of one step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "0",
            description = "Of everything random (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--save-every",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Steps between checkpoints (default: ${DEFAULT-VALUE}).")
    private long saveEvery;

    @Option(
            names = "--sample-every",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Steps between sample grids (default: ${DEFAULT-VALUE}).")
    private long sampleEvery;

    @Option(
            names = "--log",
            paramLabel = "FORMAT",
            split = ",",
            description =
                    "Log the run in other formats, too, in its directory: tensorboard (event files"
                        + " of scalars, samples and settings), csv (metrics.csv), or both with a"
                        + " comma.")
    private Set<LogKind> logs = EnumSet.noneOf(LogKind.class);

    Path out() {
        return out;
    }

    /** Whether a run is to be resumed by all means. */
    boolean resume() {
        return resume;
    }

    /**
     * Whether a run is resumed: all processes do what the first of them finds.
     *
     * @param ranks that train together
     */
    boolean resume(Ranks ranks) {
        return resume
                || resumeIfPresent && Boolean.parseBoolean(ranks.fromFirst(this::foundCheckpoint));
    }

    private String foundCheckpoint() {
        return Boolean.toString(RunDirectory.isRun(out) && RunDirectory.savedStep(out).isPresent());
    }

    /**
     * Where a run is resumed without {@code --resume}, the command has settings, too: all of those
     * with which it would begin a run of as many steps as this one had when it began.
     *
     * @param run as it was begun
     * @param optimizer options whose defaults follow from the steps: where a run does not tell how
     *     many those were, they are the run's unless they are given
     * @param command what it would begin, with so many steps
     * @throws GetjException naming the first setting that differs; the steps may
     */
    void requireAsBegun(
            RunSettings run,
            OptimizerOptions optimizer,
            LongFunction<? extends RunSettings> command) {
        if (resume) {
            return;
        }
        long begun = run.course().begunSteps();
        Agreement.requireAsBegun(
                out,
                run,
                command.apply(begun == 0 ? steps() : begun),
                begun == 0 ? optimizer.leftToSteps() : Set.of());
    }

    /** Steps that were asked for, or null. */
    Long stepsGiven() {
        return steps;
    }

    long steps() {
        if (steps != null && steps < 1) {
            throw new ParameterException(
                    command.commandLine(), "the number of steps must be at least 1, not " + steps);
        }
        return steps == null ? 10_000 : steps;
    }

    /** How far a run goes, and what it writes on its way. */
    Course course(long ofSteps) {
        return new Course(batch, ofSteps, seed, saveEvery, sampleEvery);
    }

    /**
     * The run to resume, for the caller to close.
     *
     * @param ranks that train it
     * @param complete whether the command names what it learns from, and so could begin a run
     * @param places options that say where it lies, which may be elsewhere by now
     */
    RunDirectory resumed(CommonOptions common, Ranks ranks, boolean complete, String... places) {
        if (resume || !complete) {
            requireResumable(common, Set.of(places));
        }
        return RunDirectory.of(ranks, out, () -> RunDirectory.open(out));
    }

    /**
     * Lets a run be resumed that has not done more than it shall.
     *
     * @param done steps of the run
     * @throws ParameterException if {@code --steps} is less
     */
    void requireAhead(long done) {
        if (steps != null && steps < done) {
            throw new ParameterException(
                    command.commandLine(),
                    "--steps %s: the run has done %s already; --steps counts from its beginning"
                            .formatted(steps, done));
        }
    }

    private void requireResumable(CommonOptions common, Set<String> places) {
        for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
            String name = option.longestName();
            if (!RESUMABLE.contains(name) && !places.contains(name)) {
                throw common.wrongUsage(
                        resume
                                ? name
                                        + " cannot be given with --resume: the run keeps the"
                                        + " settings it began with"
                                : name
                                        + " without what the run learns from: give the whole"
                                        + " command that began it, or leave this option out");
            }
        }
    }

    /** Refuses another number of steps for a run whose learning rate falls to its last step. */
    void requireSteps(CommonOptions common, RateSchedule schedule, long run) {
        if (schedule.ends()) {
            throw common.wrongUsage(
                    "--steps %s: the learning rate of this run falls to 0 at step %s, its steps cannot change"
                            .formatted(steps, run));
        }
    }

    /**
     * Trains until the end or Ctrl-C, and prints the result.
     *
     * @param interrupt that began before the run's folder was claimed, and ends after that
     * @param data images that it learns from; none if it learns from pairs
     * @param step done before
     * @param session trains, told of a listener and when to stop
     * @param again the command that resumes
     */
    void train(
            CommonOptions common,
            Interrupt interrupt,
            Optional<DataSummary> data,
            long step,
            long total,
            BiFunction<TrainingListener, BooleanSupplier, TrainingLoop.Outcome> session,
            String again) {
        if (step > 0) {
            common.note(
                    step < total
                            ? "resuming after step " + step
                            : "all %s steps are done; give more --steps to train on"
                                    .formatted(step));
        }
        TrainingLoop.Outcome outcome;
        Optional<Metrics.Measured> measured;
        try (Progress progress = common.progress("training", "steps", total)) {
            Shown shown = new Shown(progress, common, interrupt);
            try (RunLogs logged =
                    RunLogs.open(common.speaks() ? logs : Set.of(), out, step, shown)) {
                outcome = session.apply(logged, interrupt::requested);
            }
            measured = shown.measured;
        }
        if (!outcome.finished()) {
            common.note(
                    "stopped and saved after step %s; resume with: getj %s --resume --out %s"
                            .formatted(outcome.step(), again, out));
        }
        Result result =
                new Result(
                        out.toString(),
                        outcome.step(),
                        outcome.lastLoss(),
                        outcome.seconds(),
                        outcome.samplesPerSecond(),
                        measured.map(Metrics.Measured::heldOutError).orElse(null),
                        measured.map(Metrics.Measured::trainError).orElse(null),
                        outcome.clipped() == 0 ? null : outcome.clipped(),
                        data.orElse(null));
        common.print(result, () -> text(result));
    }

    private static String text(Result result) {
        String text =
                String.format(
                        Locale.ROOT,
                        "%s: %d steps, loss %.4f, %.0f s, %.1f samples a second",
                        result.run,
                        result.steps,
                        result.loss,
                        result.seconds,
                        result.samplesPerSecond);
        if (result.heldOutError != null) {
            text +=
                    String.format(
                            Locale.ROOT,
                            ", error %.5f on held-out pairs, %.5f on learned ones",
                            result.heldOutError,
                            result.trainError);
        }
        return result.clippedSteps == null
                ? text
                : text + ", gradients clipped in %s steps".formatted(result.clippedSteps);
    }

    private static final class Shown implements TrainingListener {
        private final Progress progress;
        private final CommonOptions common;
        private final Interrupt interrupt;
        private Optional<Metrics.Measured> measured = Optional.empty();

        Shown(Progress progress, CommonOptions common, Interrupt interrupt) {
            this.progress = progress;
            this.common = common;
            this.interrupt = interrupt;
        }

        @Override
        public void step(Metrics.Line line) {
            measured = line.measured().or(() -> measured);
            progress.at(line.step());
            String loss = String.format(Locale.ROOT, "loss %.4f", line.loss());
            progress.figures(
                    measured.map(
                                    last ->
                                            loss
                                                    + String.format(
                                                            Locale.ROOT,
                                                            ", held-out error %.5f",
                                                            last.heldOutError()))
                            .orElse(loss));
        }

        @Override
        public void note(String line) {
            common.note(line);
        }

        @Override
        public String stopReason() {
            return interrupt.requested()
                    ? interrupt.reason()
                    : "because another process was asked to";
        }
    }
}
