package dev.getj.cli;

import dev.getj.train.OptimizerSettings;

import picocli.CommandLine.Option;

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
            names = "--clip",
            paramLabel = "X",
            defaultValue = "0",
            description =
                    "Scale gradients of a 2-norm beyond X, over all parameters, down to it; 0 for"
                            + " no limit (default: ${DEFAULT-VALUE}).")
    private double clip;

    /** The settings of a run of {@code steps}. */
    OptimizerSettings settings(long steps) {
        double decay =
                ema != null ? ema : steps >= LONG_RUN ? 0.9999 : Math.max(0, 1 - 10.0 / steps);
        return new OptimizerSettings(
                learningRate, beta1, beta2, epsilon, weightDecay, warmup, decay, clip);
    }
}
