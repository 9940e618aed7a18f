package dev.getj.cli;

import dev.getj.data.Pairs;
import dev.getj.io.SafetensorsFile;
import dev.getj.kernels.Backend;
import dev.getj.model.ModelConfig;
import dev.getj.model.WeightsFile;
import dev.getj.train.Metrics;
import dev.getj.train.OptimizerSettings;
import dev.getj.train.RunConfig;
import dev.getj.train.RunDirectory;
import dev.getj.train.Trainer;
import dev.getj.train.TrainingListener;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;

/** {@code getj train}: distil a pair set into a network. */
@Command(
        name = "train",
        description = {
            "Distil the pairs of a teacher into a one-step sampler.",
            "Ctrl-C saves; --resume goes on from there, to the bit."
        })
final class TrainCommand implements Callable<Integer> {
    /** What may be said when a run goes on; everything else is the run's own. */
    private static final Set<String> RESUMABLE =
            Set.of(
                    "--resume",
                    "--out",
                    "--steps",
                    "--pairs",
                    "--device",
                    "--threads",
                    "--json",
                    "--quiet",
                    CommonOptions.STACKTRACE);

    /**
     * Below this many steps an average that forgets 1/10000 a step would still hold the initial
     * weights.
     */
    private static final long LONG_RUN = 100_000;

    record Result(String run, long steps, double loss, double seconds, double samplesPerSecond) {}

    @Spec private CommandSpec spec;
    @Mixin private CommonOptions common;
    @Mixin private ModelOptions model;
    @Mixin private ObjectiveOptions objective;

    @Option(names = "--pairs", paramLabel = "P", description = "Pair set to learn from.")
    private Path pairs;

    @Option(names = "--out", paramLabel = "RUN", required = true, description = "Run directory.")
    private Path out;

    @Option(
            names = "--resume",
            description = "Go on with the run in --out; other settings are its own.")
    private boolean resume;

    @Option(
            names = "--from",
            paramLabel = "F",
            description =
                    "Begin with weights, moments and step of a checkpoint that getj convert"
                            + " --training made; the network is its own.")
    private Path from;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Steps in all (default: 10000; with --resume: the run's).")
    private Long steps;

    @Option(
            names = "--batch",
            paramLabel = "B",
            defaultValue = "128",
            description = "Pairs of one step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            defaultValue = "1e-4",
            description = "Learning rate (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "0",
            description = "Steps over which the rate rises to --lr (default: ${DEFAULT-VALUE}).")
    private int warmup;

    @Option(
            names = "--beta1",
            paramLabel = "X",
            defaultValue = "0.9",
            description = "AdamW's decay of the first moment (default: ${DEFAULT-VALUE}).")
    private double beta1;

    @Option(
            names = "--beta2",
            paramLabel = "X",
            defaultValue = "0.999",
            description = "AdamW's decay of the second moment (default: ${DEFAULT-VALUE}).")
    private double beta2;

    @Option(
            names = "--epsilon",
            paramLabel = "X",
            defaultValue = "1e-8",
            description = "AdamW's epsilon (default: ${DEFAULT-VALUE}).")
    private double epsilon;

    @Option(
            names = "--weight-decay",
            paramLabel = "X",
            defaultValue = "0",
            description = "AdamW's weight decay (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(
            names = "--ema",
            paramLabel = "X",
            description =
                    "Share that the averaged weights keep in a step (default: 0.9999, in runs"
                            + " shorter than 100000 steps 1 - 10/steps).")
    private Double ema;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "0",
            description = "Of initial weights, order and z0 (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--recompute",
            description =
                    "Keep block inputs only and compute the rest again: less memory, same result.")
    private boolean recompute;

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

    @Override
    public Integer call() {
        RunDirectory run = resume ? resumed() : null;
        RunConfig config = resume ? continued(run.config()) : null;
        if (!resume && pairs == null) {
            throw common.wrongUsage(
                    "--pairs is needed: the pair set to learn from, see getj pairs generate"
                            + " --help");
        }
        Path source = pairs != null ? pairs : Path.of(config.pairs());
        try (Pairs opened = Pairs.open(source);
                Backend backend = common.backend()) {
            if (!resume) {
                config = configure(opened);
                Trainer.requireFit(config.model(), opened);
                run =
                        from == null
                                ? RunDirectory.create(out, config)
                                : RunDirectory.createFrom(from, out, config, opened.count());
            }
            common.note(config.model().describe());
            Trainer trainer = new Trainer(backend, run, config, opened);
            if (resume) {
                run.rewrite(config);
            }
            return train(trainer, run, config);
        }
    }

    private RunDirectory resumed() {
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            if (!RESUMABLE.contains(option.longestName())) {
                throw common.wrongUsage(
                        option.longestName()
                                + " cannot be given with --resume: the run keeps the settings it"
                                + " began with");
            }
        }
        return RunDirectory.open(out);
    }

    private RunConfig continued(RunConfig config) {
        return steps == null ? config : config.withSteps(steps);
    }

    private RunConfig configure(Pairs opened) {
        ModelConfig size = from == null ? sizes(opened) : sizesOf(from);
        long total = steps == null ? 10_000 : steps;
        double decay =
                ema != null ? ema : total >= LONG_RUN ? 0.9999 : Math.max(0, 1 - 10.0 / total);
        return new RunConfig(
                size,
                pairs.toAbsolutePath().toString(),
                objective.objective(size),
                new OptimizerSettings(
                        learningRate, beta1, beta2, epsilon, weightDecay, warmup, decay),
                batch,
                total,
                seed,
                recompute,
                saveEvery,
                sampleEvery);
    }

    private ModelConfig sizes(Pairs opened) {
        return model.config(
                new ModelOptions.Data(opened.size(), opened.channels(), opened.classes()));
    }

    private ModelConfig sizesOf(Path checkpoint) {
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            if (spec.mixins().get("model").optionsMap().containsKey(option.longestName())) {
                throw common.wrongUsage(
                        option.longestName()
                                + " cannot be given with --from: the network is the checkpoint's");
            }
        }
        try (SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
            return WeightsFile.config(file);
        }
    }

    private int train(Trainer trainer, RunDirectory run, RunConfig config) {
        if (trainer.step() > 0) {
            common.note("going on after step " + trainer.step());
        }
        try (Interrupt interrupt = new Interrupt()) {
            Trainer.Outcome outcome;
            try (Progress progress = common.progress("training", "steps", config.steps())) {
                outcome = trainer.train(new Shown(progress), interrupt::requested);
            }
            if (!outcome.finished()) {
                common.note(
                        "stopped and saved after step %d; go on with: getj train --resume --out %s"
                                .formatted(outcome.step(), run.root()));
            }
            Result result =
                    new Result(
                            run.root().toString(),
                            outcome.step(),
                            outcome.lastLoss(),
                            outcome.seconds(),
                            outcome.samplesPerSecond());
            common.print(
                    result,
                    () ->
                            "%s: %d steps, loss %.4f, %.0f s, %.1f samples a second"
                                    .formatted(
                                            result.run,
                                            result.steps,
                                            result.loss,
                                            result.seconds,
                                            result.samplesPerSecond));
            return 0;
        }
    }

    private record Shown(Progress progress) implements TrainingListener {
        @Override
        public void step(Metrics.Line line) {
            progress.at(line.step());
            progress.figures(String.format(Locale.ROOT, "loss %.4f", line.loss()));
        }
    }
}
