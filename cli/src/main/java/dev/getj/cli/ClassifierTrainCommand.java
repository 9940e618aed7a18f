package dev.getj.cli;

import dev.getj.data.DataSpec;
import dev.getj.data.ImageData;
import dev.getj.eval.ClassifierConfig;
import dev.getj.eval.ClassifierForm;
import dev.getj.eval.ClassifierTrainer;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.train.RunDirectory;
import dev.getj.train.RunKind;
import dev.getj.train.distributed.Ranks;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code getj classifier train}: labelled images → classifier. */
@Command(
        name = "train",
        description = {
            "Train a small classifier (three fully connected layers) on labelled images.",
            "Ctrl-C saves; --resume continues bit-identically."
        })
final class ClassifierTrainCommand implements Callable<Integer> {
    @Mixin private CommonOptions common;

    @Option(
            names = "--data",
            paramLabel = "DATA",
            converter = DataName.class,
            description = "Images to learn: " + DataSpec.FORMS + ".")
    private String data;

    @Option(
            names = "--hidden",
            paramLabel = "N",
            defaultValue = "256",
            description = "Width of the first layer (default: ${DEFAULT-VALUE}).")
    private int hidden;

    @Option(
            names = "--features",
            paramLabel = "F",
            defaultValue = "128",
            description =
                    "Width of the second layer, whose output are the features of getj eval"
                            + " (default: ${DEFAULT-VALUE}).")
    private int features;

    @Mixin private RunOptions options;
    @Mixin private OptimizerOptions optimizer;
    @Mixin private PrecisionOption precision;
    @Mixin private ProcessOptions processes;

    @Override
    public Integer call() {
        precision.requireFloats(
                common, "a classifier is three small layers, which are trained in float32");
        return processes.run(common, this::train);
    }

    private int train(Ranks ranks) {
        if (options.resume(ranks)) {
            try (Interrupt interrupt = new Interrupt();
                    RunDirectory run = options.resumed(common, ranks, data != null, "--data")) {
                ClassifierConfig config =
                        continued(run.config(RunKind.CLASSIFIER, ClassifierConfig::parse));
                try (ImageData images = ImageData.open(data != null ? data : config.data());
                        Backend backend = common.backend()) {
                    if (data != null) {
                        options.requireAsBegun(
                                config, optimizer, steps -> configure(images, steps));
                    }
                    DataCheck.run(common, images, images.count());
                    ClassifierTrainer trainer = prepared(backend, run, config, images);
                    options.requireAhead(trainer.step());
                    run.rewrite(config);
                    return train(interrupt, trainer, config, images);
                }
            }
        }
        if (data == null) {
            throw common.wrongUsage("--data is needed, the images to learn: " + DataSpec.FORMS);
        }
        try (ImageData images = ImageData.open(data);
                Backend backend = common.backend()) {
            ClassifierConfig config = configure(images, options.steps());
            if (ranks.first()) {
                RunDirectory.requireNoRun(options.out());
            }
            DataCheck.run(common, images, images.count());
            try (Interrupt interrupt = new Interrupt();
                    RunDirectory run =
                            RunDirectory.of(
                                    ranks,
                                    options.out(),
                                    () -> RunDirectory.create(options.out(), config))) {
                return train(interrupt, prepared(backend, run, config, images), config, images);
            }
        }
    }

    private ClassifierTrainer prepared(
            Backend backend, RunDirectory run, ClassifierConfig config, ImageData images) {
        common.note(config.describe());
        return new ClassifierTrainer(backend, run, config, images);
    }

    private int train(
            Interrupt interrupt,
            ClassifierTrainer trainer,
            ClassifierConfig config,
            ImageData images) {
        options.train(
                common,
                interrupt,
                Optional.of(images.summary()),
                trainer.step(),
                config.steps(),
                trainer::train,
                "classifier train");
        return 0;
    }

    private ClassifierConfig continued(ClassifierConfig config) {
        return options.stepsGiven() == null ? config : config.withSteps(options.steps());
    }

    private ClassifierConfig configure(ImageData images, long steps) {
        if (images.classes() < 2) {
            throw new GetjException(
                    images.name() + ": a classifier needs images of at least 2 classes");
        }
        return new ClassifierConfig(
                new ClassifierForm(
                        images.channels(), images.size(), hidden, features, images.classes()),
                DataSpec.parse(data).absolute().text(),
                optimizer.settings(steps),
                options.course(steps));
    }
}
