package dev.getj.cli;

import dev.getj.model.ModelConfig;
import dev.getj.model.Presets;

import picocli.CommandLine.Option;

import java.util.Iterator;
import java.util.Objects;

/** The options that choose a network: a preset, and sizes that override it. */
final class ModelOptions {
    /** Images of a command that has no data to take the sizes from. */
    static final ModelConfig.Images CIFAR = new ModelConfig.Images(32, 3, 0);

    @Option(
            names = "--model",
            paramLabel = "NAME",
            defaultValue = "GET-T/2",
            completionCandidates = PresetNames.class,
            description = {
                "Preset: GET-T/2, GET-M/2, GET-S/2, GET-B/2, GET-B/2+, or ViT-S, -B, -L, -XL",
                "with /2, /4 or /8 (default: ${DEFAULT-VALUE})."
            })
    private String model;

    /** What a shell completes. */
    static final class PresetNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Presets.names().iterator();
        }
    }

    @Option(
            names = "--image-size",
            paramLabel = "S",
            description = "Side of the images in pixels (default: that of the pairs, or 32).")
    private Integer imageSize;

    @Option(
            names = "--channels",
            paramLabel = "C",
            description = "Channels of the images (default: those of the pairs, or 3).")
    private Integer channels;

    @Option(
            names = "--classes",
            paramLabel = "K",
            description =
                    "Classes, 0 for an unconditional network (default: those of the pairs, or 0).")
    private Integer classes;

    @Option(
            names = "--patch",
            paramLabel = "P",
            description = "Side of a patch in pixels (default: the preset's).")
    private Integer patch;

    @Option(
            names = "--width",
            paramLabel = "D",
            description = "Features of a token (default: the preset's).")
    private Integer width;

    @Option(
            names = "--heads",
            paramLabel = "H",
            description = "Attention heads (default: the preset's).")
    private Integer heads;

    @Option(
            names = "--depth",
            paramLabel = "L",
            description = "Blocks of the injection transformer (default: the preset's).")
    private Integer depth;

    @Option(
            names = "--deq-depth",
            paramLabel = "M",
            description = "Blocks of the equilibrium map, 0 for a ViT (default: the preset's).")
    private Integer equilibriumDepth;

    @Option(
            names = "--mlp-ratio",
            paramLabel = "R",
            description = "Hidden width of the injection blocks over D (default: the preset's).")
    private Double mlpRatio;

    @Option(
            names = "--deq-mlp-ratio",
            paramLabel = "R",
            description = "Hidden width of the equilibrium blocks over D (default: the preset's).")
    private Double equilibriumMlpRatio;

    @Option(
            names = "--norm",
            paramLabel = "pre|post",
            defaultValue = "pre",
            description =
                    "Whether the equilibrium map ends with a LayerNorm of the state (post), so that"
                            + " it can settle; the paper's does not (default: ${DEFAULT-VALUE}).")
    private ModelConfig.Norm norm;

    @Option(
            names = "--start",
            paramLabel = "noise|injection",
            description =
                    "What the iterations begin with: random numbers, as the paper's do, or what"
                            + " leaves the injection transformer (default: noise, but for getj"
                            + " train see --objective).")
    private ModelConfig.Start start;

    /**
     * The network that the options describe.
     *
     * @param data sizes that hold unless an option says otherwise
     * @param usualStart of the iterations, unless an option says otherwise; a ViT has none
     * @throws IllegalArgumentException if there is no such preset or network
     */
    ModelConfig config(ModelConfig.Images data, ModelConfig.Start usualStart) {
        ModelConfig preset = Presets.byName(model);
        ModelConfig.Kind kind =
                ModelConfig.Kind.of(
                        Objects.requireNonNullElse(
                                equilibriumDepth, preset.kind().blocks().depth()),
                        Objects.requireNonNullElse(
                                equilibriumMlpRatio, preset.kind().blocks().mlpRatio()),
                        norm,
                        Objects.requireNonNullElse(start, usualStart));
        boolean custom =
                patch != null
                        || width != null
                        || heads != null
                        || depth != null
                        || equilibriumDepth != null
                        || mlpRatio != null
                        || equilibriumMlpRatio != null
                        || norm != ModelConfig.Norm.PRE
                        || kind.start() != preset.kind().start();
        return new ModelConfig(
                custom ? "custom" : preset.name(),
                new ModelConfig.Images(
                                Objects.requireNonNullElse(imageSize, data.size()),
                                Objects.requireNonNullElse(channels, data.channels()),
                                Objects.requireNonNullElse(classes, data.classes()))
                        .named(data.classNames()),
                new ModelConfig.Token(
                        Objects.requireNonNullElse(patch, preset.patch()),
                        Objects.requireNonNullElse(width, preset.width()),
                        Objects.requireNonNullElse(heads, preset.heads())),
                new ModelConfig.Stack(
                        Objects.requireNonNullElse(depth, preset.blocks().depth()),
                        Objects.requireNonNullElse(mlpRatio, preset.blocks().mlpRatio())),
                kind);
    }
}
