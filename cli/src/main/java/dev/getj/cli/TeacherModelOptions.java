package dev.getj.cli;

import dev.getj.data.ImageData;
import dev.getj.model.ModelConfig;

import picocli.CommandLine.Option;

import java.util.Objects;

/** The options that choose a teacher's network, a ViT. */
final class TeacherModelOptions {
    @Option(
            names = "--patch",
            paramLabel = "P",
            defaultValue = "2",
            description = "Side of a patch in pixels (default: ${DEFAULT-VALUE}).")
    private int patch;

    @Option(
            names = "--width",
            paramLabel = "D",
            defaultValue = "128",
            description = "Features of a token (default: ${DEFAULT-VALUE}).")
    private int width;

    @Option(
            names = "--heads",
            paramLabel = "H",
            defaultValue = "4",
            description = "Attention heads (default: ${DEFAULT-VALUE}).")
    private int heads;

    @Option(
            names = "--depth",
            paramLabel = "L",
            defaultValue = "6",
            description = "Blocks (default: ${DEFAULT-VALUE}).")
    private int depth;

    @Option(
            names = "--mlp-ratio",
            paramLabel = "R",
            defaultValue = "4",
            description = "Hidden width of the blocks over D (default: ${DEFAULT-VALUE}).")
    private double mlpRatio;

    @Option(
            names = "--classes",
            paramLabel = "K",
            description = "Classes, 0 for a teacher that knows none (default: those of the data).")
    private Integer classes;

    ModelConfig config(ImageData data) {
        return new ModelConfig(
                "ViT",
                new ModelConfig.Images(
                                data.size(),
                                data.channels(),
                                Objects.requireNonNullElse(classes, data.classes()))
                        .named(data.summary().classNames()),
                new ModelConfig.Token(patch, width, heads),
                new ModelConfig.Stack(depth, mlpRatio),
                new ModelConfig.Vit());
    }
}
