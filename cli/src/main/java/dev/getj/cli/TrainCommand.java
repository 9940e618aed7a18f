package dev.getj.cli;

import dev.getj.data.Pairs;
import dev.getj.diffusion.TeacherStart;
import dev.getj.eval.FixedFeatureDistance;
import dev.getj.io.SafetensorsFile;
import dev.getj.kernels.Backend;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.Precision;
import dev.getj.model.WeightsFile;
import dev.getj.sample.Sampler;
import dev.getj.sample.WeightsLocation;
import dev.getj.train.RateSchedule;
import dev.getj.train.RunConfig;
import dev.getj.train.RunDirectory;
import dev.getj.train.Trainer;
import dev.getj.train.distributed.Ranks;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code getj train}: distil a pair set into a network. */
@Command(
        name = "train",
        description = {
            "Distil the pairs of a teacher into a one-step sampler.",
            "Ctrl-C saves; --resume continues bit-identically."
        })
final class TrainCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private CommonOptions common;
    @Mixin private ModelOptions model;
    @Mixin private ObjectiveOptions objective;
    @Mixin private RunOptions options;
    @Mixin private OptimizerOptions optimizer;
    @Mixin private PrecisionOption precision;
    @Mixin private ProcessOptions processes;

    @Option(names = "--pairs", paramLabel = "P", description = "Pair set to learn from.")
    private Path pairs;

    @Option(
            names = "--from",
            paramLabel = "F",
            description =
                    "Begin with weights, moments and step of a run, or of a checkpoint that getj"
                            + " convert --training made; the network is its own.")
    private Path from;

    @Option(
            names = "--init-from-teacher",
            paramLabel = "T",
            description =
                    "Begin with the weights of a teacher of the same patch, width, heads and"
                            + " classes: a run of getj teacher train, its weights, or"
                            + " builtin:strokes.")
    private WeightsLocation initFromTeacher;

    @Option(
            names = "--schedule",
            paramLabel = "S",
            defaultValue = "constant",
            description =
                    "The learning rate after the warm-up: constant, or falling to 0 at the last"
                            + " step, linear or cosine (default: ${DEFAULT-VALUE}).")
    private RateSchedule schedule;

    @Option(
            names = "--held-out",
            paramLabel = "P",
            description =
                    "Pairs at the end of the set to measure on instead of learning from them"
                            + " (default: those that pairs generate --held-out kept apart).")
    private Long heldOut;

    @Option(
            names = "--eval-every",
            paramLabel = "N",
            defaultValue = "500",
            description =
                    "Steps between measurements on the pairs held out, if there are any (default:"
                            + " ${DEFAULT-VALUE}).")
    private long evalEvery;

    @Option(
            names = "--recompute",
            description =
                    "Keep block inputs only and compute the rest again: less memory, same result.")
    private boolean recompute;

    @Override
    public Integer call() {
        return processes.run(common, this::train);
    }

    private int train(Ranks ranks) {
        if (options.resume(ranks)) {
            try (Interrupt interrupt = new Interrupt();
                    RunDirectory run = options.resumed(common, ranks, "--pairs")) {
                RunConfig config = continued(run.config());
                Path source = pairs != null ? pairs : Path.of(config.pairs());
                try (Pairs opened = Pairs.open(source);
                        Backend backend = common.backend(config.precision())) {
                    options.requireAsBegun(
                            config,
                            pairs != null,
                            () -> configure(opened).withPrecision(begun(config)));
                    Trainer trainer = prepared(backend, run, config, opened);
                    options.requireAhead(trainer.step());
                    run.rewrite(config);
                    return train(interrupt, trainer, config);
                }
            }
        }
        if (pairs == null) {
            throw common.wrongUsage(
                    "--pairs is needed: the pair set to learn from, see getj pairs generate"
                            + " --help");
        }
        if (from != null && initFromTeacher != null) {
            throw common.wrongUsage("--from and --init-from-teacher exclude each other");
        }
        if (from != null && Files.isDirectory(from)) {
            from = from.resolve(Sampler.LATEST);
        }
        try (Pairs opened = Pairs.open(pairs);
                Backend backend = common.backend()) {
            RunConfig asked = configure(opened);
            RunConfig config = asked.withPrecision(precision(backend, asked));
            Trainer.requireFit(config.model(), opened);
            config.learned(opened.count());
            config.precision()
                    .requireTrainable(backend, config.model(), new ParameterTable(config.model()));
            try (Interrupt interrupt = new Interrupt();
                    RunDirectory run =
                            RunDirectory.of(ranks, options.out(), () -> begun(config, opened))) {
                return train(interrupt, prepared(backend, run, config, opened), config);
            }
        }
    }

    // of a run that was begun by this command line
    private Precision begun(RunConfig run) {
        return precision.asked().orElse(run.precision());
    }

    private Precision precision(Backend backend, RunConfig config) {
        return precision.training(
                common,
                backend,
                config.model(),
                new ParameterTable(config.model()),
                RunConfig.mixedObstacle(config.objective()));
    }

    private RunDirectory begun(RunConfig config, Pairs opened) {
        return from == null
                ? RunDirectory.create(options.out(), config)
                : RunDirectory.createFrom(
                        from, options.out(), config, config.learned(opened.count()));
    }

    private Trainer prepared(Backend backend, RunDirectory run, RunConfig config, Pairs opened) {
        common.note(config.describe());
        ModelConfig network = config.model();
        return new Trainer(
                backend,
                run,
                config,
                opened,
                FixedFeatureDistance.of(network.channels(), network.imageSize()),
                weights -> begin(config, weights));
    }

    private static void begin(RunConfig config, Parameters weights) {
        if (!config.initFromTeacher().isEmpty()) {
            WeightsLocation teacher = WeightsLocation.parse(config.initFromTeacher());
            TeacherStart.fill(teacher, config.model(), weights);
        }
    }

    private int train(Interrupt interrupt, Trainer trainer, RunConfig config) {
        options.train(
                common,
                interrupt,
                Optional.empty(),
                trainer.step(),
                config.steps(),
                trainer::train,
                "train");
        return 0;
    }

    private RunConfig continued(RunConfig config) {
        if (options.stepsGiven() == null || options.steps() == config.steps()) {
            return config;
        }
        options.requireSteps(common, config.schedule(), config.steps());
        return config.withSteps(options.steps());
    }

    private RunConfig configure(Pairs opened) {
        ModelConfig size = from == null ? sizes(opened) : sizesOf(from);
        Recipe recipe = objective.recipe(from != null);
        return new RunConfig(
                size,
                pairs.toAbsolutePath().toString(),
                objective.objective(size, from != null),
                optimizer.settings(options.steps(), recipe.optimizer(size, options.steps())),
                options.batch(),
                options.steps(),
                options.seed(),
                recompute,
                options.saveEvery(),
                options.sampleEvery(),
                schedule,
                heldOut == null ? opened.description().heldOut() : heldOut,
                evalEvery,
                precision.orFloats(),
                initFromTeacher == null ? "" : initFromTeacher.toString());
    }

    private ModelConfig sizes(Pairs opened) {
        return model.config(opened.description().images());
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
}
