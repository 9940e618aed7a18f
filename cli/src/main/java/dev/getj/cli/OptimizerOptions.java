package dev.getj.cli;

import dev.getj.train.OptimizerSettings;

import picocli.CommandLine.Option;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/** The options of AdamW, its learning rate and the averaged weights. */
final class OptimizerOptions {
    /**
     * Below this many steps an average that forgets 1/10000 a step would still hold the initial
     * weights.
     */
    private static final long LONG_RUN = 100_000;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            description = "Learning rate (default: 1e-4; for students see --objective).")
    private Double learningRate;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            description =
                    "Steps over which the rate rises to --lr (default: 0; for students see"
                            + " --objective).")
    private Integer warmup;

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
            names = "--clip",
            paramLabel = "X",
            description =
                    "Scale gradients of a 2-norm beyond X, over all parameters, down to it; 0 for"
                            + " no limit (default: 0; for students see --objective).")
    private Double clip;

    /**
     * What holds where no option says otherwise.
     *
     * @param clip longest gradient, 0 for no limit
     */
    record Defaults(double learningRate, int warmup, double clip) {
        static final Defaults PAPER = new Defaults(1e-4, 0, 0);
    }

    /** The settings of a run of {@code steps}. */
    OptimizerSettings settings(long steps) {
        return settings(steps, Defaults.PAPER);
    }

    /** Settings, as a run's file names them, that are not given and follow from the run's steps. */
    Set<String> leftToSteps() {
        Set<String> left = new HashSet<>();
        if (warmup == null) {
            left.add("optimizer.warmup");
        }
        if (ema == null) {
            left.add("optimizer.ema_decay");
        }
        return left;
    }

    /** The same with other defaults. */
    OptimizerSettings settings(long steps, Defaults defaults) {
        double decay =
                ema != null ? ema : steps >= LONG_RUN ? 0.9999 : Math.max(0, 1 - 10.0 / steps);
        return new OptimizerSettings(
                Objects.requireNonNullElse(learningRate, defaults.learningRate),
                beta1,
                beta2,
                epsilon,
                weightDecay,
                Objects.requireNonNullElse(warmup, defaults.warmup),
                decay,
                Objects.requireNonNullElse(clip, defaults.clip));
    }
}
