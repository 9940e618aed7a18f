package dev.getj.cli;

import dev.getj.data.DataSpec;
import dev.getj.data.ImageData;
import dev.getj.diffusion.TeacherConfig;
import dev.getj.diffusion.TeacherTrainer;
import dev.getj.kernels.Backend;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Precision;
import dev.getj.train.Computing;
import dev.getj.train.RateSchedule;
import dev.getj.train.RunDirectory;
import dev.getj.train.RunKind;
import dev.getj.train.distributed.Ranks;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code getj teacher train}: images → EDM teacher. */
@Command(
        name = "train",
        description = {
            "Train a diffusion model (EDM: a ViT that removes noise) on images.",
            "Ctrl-C saves; --resume continues bit-identically."
        })
final class TeacherTrainCommand implements Callable<Integer> {
    @Mixin private CommonOptions common;

    @Option(
            names = "--data",
            paramLabel = "DATA",
            converter = DataName.class,
            description = "Images to learn: " + DataSpec.FORMS + ".")
    private String data;

    @Mixin private TeacherModelOptions model;
    @Mixin private RunOptions options;
    @Mixin private OptimizerOptions optimizer;
    @Mixin private DropoutOption dropout;
    @Mixin private PrecisionOption precision;
    @Mixin private ProcessOptions processes;

    @Option(
            names = "--schedule",
            paramLabel = "S",
            defaultValue = "constant",
            description =
                    "The learning rate after the warm-up: constant, or falling to 0 at the last"
                            + " step, linear or cosine (default: ${DEFAULT-VALUE}).")
    private RateSchedule schedule;

    @Option(
            names = "--sigma-data",
            paramLabel = "X",
            defaultValue = "0.5",
            description =
                    "Standard deviation of the data in EDM's preconditioning (default:"
                            + " ${DEFAULT-VALUE}).")
    private double sigmaData;

    @Option(names = "--flip", description = "Mirror images left to right at random.")
    private boolean flips;

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
                    RunDirectory run = options.resumed(common, ranks, data != null, "--data")) {
                TeacherConfig config = continued(run.config(RunKind.TEACHER, TeacherConfig::parse));
                try (ImageData images =
                                ImageData.open(data != null ? data : config.examples().data());
                        Backend backend = common.backend(config.computing().precision())) {
                    if (data != null) {
                        options.requireAsBegun(
                                config, optimizer, steps -> as(config, sizes(images), steps));
                    }
                    DataCheck.run(common, images, images.count());
                    TeacherTrainer trainer = prepared(backend, run, config, images);
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
            TeacherConfig asked = configure(sizes(images), options.steps());
            TeacherConfig config = asked.withPrecision(precision(backend, asked.teacher()));
            TeacherTrainer.requireFit(config.teacher(), images);
            config.computing()
                    .precision()
                    .requireTrainable(
                            backend, config.teacher(), ParameterTable.denoiser(config.teacher()));
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

    private Precision precision(Backend backend, ModelConfig teacher) {
        return precision.training(
                common, backend, teacher, ParameterTable.denoiser(teacher), Optional.empty());
    }

    private TeacherTrainer prepared(
            Backend backend, RunDirectory run, TeacherConfig config, ImageData images) {
        common.note(config.describe());
        return new TeacherTrainer(backend, run, config, images);
    }

    private int train(
            Interrupt interrupt, TeacherTrainer trainer, TeacherConfig config, ImageData images) {
        options.train(
                common,
                interrupt,
                Optional.of(images.summary()),
                trainer.step(),
                config.steps(),
                trainer::train,
                "teacher train");
        return 0;
    }

    private TeacherConfig continued(TeacherConfig config) {
        if (options.stepsGiven() == null || options.steps() == config.steps()) {
            return config;
        }
        options.requireSteps(common, config.schedule(), config.steps());
        return config.withSteps(options.steps());
    }

    private ModelConfig sizes(ImageData images) {
        return dropout.dropout().network(model.config(images));
    }

    // what this command would begin, in the precision of a run unless it names one
    private TeacherConfig as(TeacherConfig run, ModelConfig network, long steps) {
        return configure(network, steps)
                .withPrecision(precision.asked().orElse(run.computing().precision()));
    }

    private TeacherConfig configure(ModelConfig network, long steps) {
        return new TeacherConfig(
                network,
                new TeacherConfig.Examples(
                        DataSpec.parse(data).absolute().text(),
                        sigmaData,
                        flips,
                        dropout.dropout()),
                optimizer.settings(steps),
                schedule,
                options.course(steps),
                new Computing(recompute, precision.orFloats()));
    }
}
