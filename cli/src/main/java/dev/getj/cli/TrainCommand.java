package dev.getj.cli;

import dev.getj.data.Pairs;
import dev.getj.data.PairsDescription;
import dev.getj.diffusion.TeacherStart;
import dev.getj.eval.Classifier;
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
import dev.getj.train.Computing;
import dev.getj.train.Learning;
import dev.getj.train.Lessons;
import dev.getj.train.RateSchedule;
import dev.getj.train.RunConfig;
import dev.getj.train.RunDirectory;
import dev.getj.train.Source;
import dev.getj.train.Trainer;
import dev.getj.train.WeightsDigests;
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
    @Mixin private FeatureLossOptions features;
    @Mixin private RunOptions options;
    @Mixin private OptimizerOptions optimizer;
    @Mixin private DropoutOption dropout;
    @Mixin private FreshOptions fresh;
    @Mixin private PrecisionOption precision;
    @Mixin private ProcessOptions processes;

    @Option(
            names = "--pairs",
            paramLabel = "P",
            description = "Pair set to learn from, unless --teacher makes fresh pairs.")
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
                            + " classes: a run of getj teacher train, its weights, "
                            + WeightsLocation.SHIPPED
                            + ".")
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
                            + " (default: those that pairs generate --held-out kept apart), or as"
                            + " many that --teacher makes for it (default: none).")
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
            names = "--ema-every",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Steps between snapshots of two averages of the weights, from which getj ema"
                            + " makes one of any length; 0 for none (default: ${DEFAULT-VALUE}).")
    private long averagesEvery;

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
        if (!options.resume()) {
            fresh.require(common, pairs, ranks);
        }
        features.term(common);
        if (from != null && Files.isDirectory(from)) {
            from = from.resolve(Sampler.LATEST);
        }
        if (options.resume(ranks)) {
            try (Interrupt interrupt = new Interrupt();
                    RunDirectory run = resumed(ranks)) {
                RunConfig config = otherWeights().found(common, continued(run.config()));
                if (config.source().fresh().isPresent()) {
                    FreshOptions.requireAlone(common, ranks);
                }
                try (Backend backend = common.backend(config.computing().precision());
                        Material material = Material.again(common, config, pairs, backend)) {
                    if (namesPairs()) {
                        options.requireAsBegun(
                                config,
                                optimizer,
                                steps ->
                                        configure(material.description(), steps, begunStart(config))
                                                .withPrecision(begun(config)));
                    }
                    Trainer trainer =
                            prepared(backend, run, config, material.lessons(backend, config));
                    options.requireAhead(trainer.step());
                    run.rewrite(config);
                    return train(interrupt, trainer, config);
                }
            }
        }
        if (!namesPairs()) {
            throw common.wrongUsage(
                    "--pairs is needed: the pair set to learn from, see getj pairs generate"
                            + " --help; or --teacher, which makes fresh ones");
        }
        if (from != null && initFromTeacher != null) {
            throw common.wrongUsage("--from and --init-from-teacher exclude each other");
        }
        try (Backend backend = common.backend();
                Material material =
                        fresh.given()
                                ? Material.made(fresh.fresh(), backend)
                                : new Material.Stored(Pairs.open(pairs))) {
            RunConfig asked =
                    configure(
                            material.description(),
                            options.steps(),
                            objective.recipe(from != null).start());
            RunConfig config =
                    asked.withPrecision(precision(backend, asked)).with(WeightsDigests.of(asked));
            Trainer.requireFit(
                    config.model(),
                    material.description().shape(),
                    material.description().classes());
            Lessons lessons = material.lessons(backend, config);
            config.computing()
                    .precision()
                    .requireTrainable(backend, config.model(), new ParameterTable(config.model()));
            try (Interrupt interrupt = new Interrupt();
                    RunDirectory run =
                            RunDirectory.of(ranks, options.out(), () -> begun(config, lessons))) {
                return train(interrupt, prepared(backend, run, config, lessons), config);
            }
        }
    }

    private boolean namesPairs() {
        return pairs != null || fresh.given();
    }

    private RunDirectory resumed(Ranks ranks) {
        return options.resumed(
                common,
                ranks,
                namesPairs(),
                "--pairs",
                OtherWeights.TEACHER,
                OtherWeights.GUIDE,
                OtherWeights.CLASSIFIER);
    }

    private OtherWeights otherWeights() {
        return new OtherWeights(fresh.teacher(), fresh.guide(), features.classifier());
    }

    // of a run that was begun by this command line
    private Precision begun(RunConfig run) {
        return precision.asked().orElse(run.computing().precision());
    }

    // older runs began at noise where no option said otherwise
    private ModelConfig.Start begunStart(RunConfig run) {
        return switch (objective.recipe(from != null)) {
            case PAPER -> Recipe.PAPER.start();
            case TUNED -> run.model().kind().start();
        };
    }

    private Precision precision(Backend backend, RunConfig config) {
        return precision.training(
                common,
                backend,
                config.model(),
                new ParameterTable(config.model()),
                RunConfig.mixedObstacle(config.objective()));
    }

    private RunDirectory begun(RunConfig config, Lessons lessons) {
        return from == null
                ? RunDirectory.create(options.out(), config)
                : RunDirectory.createFrom(from, options.out(), config, lessons.count());
    }

    private Trainer prepared(Backend backend, RunDirectory run, RunConfig config, Lessons lessons) {
        common.note(config.describe());
        ModelConfig network = config.model();
        return new Trainer(
                backend,
                run,
                config,
                lessons,
                new Trainer.Beside(
                        FixedFeatureDistance.of(network.channels(), network.imageSize()),
                        weights -> begin(config, weights),
                        config.learning()
                                .features()
                                .map(
                                        term ->
                                                Classifier.loss(
                                                        WeightsLocation.parse(term.classifier()),
                                                        backend,
                                                        term.weight()))));
    }

    private static void begin(RunConfig config, Parameters weights) {
        if (!config.learning().initFromTeacher().isEmpty()) {
            WeightsLocation teacher = WeightsLocation.parse(config.learning().initFromTeacher());
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
        options.requireSteps(common, config.learning().schedule(), config.steps());
        return config.withSteps(options.steps());
    }

    private RunConfig configure(
            PairsDescription description, long steps, ModelConfig.Start usualStart) {
        ModelConfig size = from == null ? sizes(description, usualStart) : sizesOf(from);
        Recipe recipe = objective.recipe(from != null);
        return new RunConfig(
                size,
                new Source(
                        fresh.given() ? "" : pairs.toAbsolutePath().toString(),
                        fresh.given() ? Optional.of(fresh.fresh()) : Optional.empty(),
                        heldOut == null ? description.heldOut() : heldOut,
                        evalEvery),
                new Learning(
                        objective.objective(size, from != null),
                        optimizer.settings(steps, recipe.optimizer(size, steps)),
                        schedule,
                        initFromTeacher == null ? "" : initFromTeacher.toString(),
                        dropout.dropout(),
                        features.term(common),
                        averagesEvery),
                options.course(steps),
                new Computing(recompute, precision.orFloats()));
    }

    private ModelConfig sizes(PairsDescription description, ModelConfig.Start usualStart) {
        return dropout.dropout().network(model.config(description.images(), usualStart));
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
