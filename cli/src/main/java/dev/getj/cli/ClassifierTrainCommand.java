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

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.concurrent.Callable;

/** {@code getj classifier train}: labelled images → classifier. */
@Command(
        name = "train",
        description = {
            "Train a small classifier (three fully connected layers) on labelled images.",
            "Ctrl-C saves; --resume goes on from there, to the bit."
        })
final class ClassifierTrainCommand implements Callable<Integer> {
    @Mixin private CommonOptions common;

    @Option(
            names = "--data",
            paramLabel = "DATA",
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

    @Override
    public Integer call() {
        boolean resume = options.resume();
        RunDirectory run = resume ? options.resumed(common, "--data") : null;
        ClassifierConfig config =
                resume ? continued(run.config(RunKind.CLASSIFIER, ClassifierConfig::parse)) : null;
        if (!resume && data == null) {
            throw common.wrongUsage("--data is needed, the images to learn: " + DataSpec.FORMS);
        }
        try (ImageData images = ImageData.open(data != null ? data : config.data());
                Backend backend = common.backend()) {
            if (!resume) {
                config = configure(images);
                RunDirectory.requireNoRun(options.out());
            }
            DataCheck.run(common, images, images.count());
            if (!resume) {
                run = RunDirectory.create(options.out(), config);
            }
            common.note(config.describe());
            ClassifierTrainer trainer = new ClassifierTrainer(backend, run, config, images);
            if (resume) {
                run.rewrite(config);
            }
            options.train(
                    common,
                    images.summary(),
                    trainer.step(),
                    config.steps(),
                    trainer::train,
                    "classifier train");
            return 0;
        }
    }

    private ClassifierConfig continued(ClassifierConfig config) {
        return options.stepsGiven() == null ? config : config.withSteps(options.steps());
    }

    private ClassifierConfig configure(ImageData images) {
        if (images.classes() < 2) {
            throw new GetjException(
                    images.name() + ": a classifier needs images of at least 2 classes");
        }
        return new ClassifierConfig(
                new ClassifierForm(
                        images.channels(), images.size(), hidden, features, images.classes()),
                DataSpec.parse(data).absolute().text(),
                optimizer.settings(options.steps()),
                options.batch(),
                options.steps(),
                options.seed(),
                options.saveEvery(),
                options.sampleEvery());
    }
}
