package dev.getj.cli;

import dev.getj.kernels.op.LossKind;
import dev.getj.model.ModelConfig;

import java.util.Locale;

/**
 * What {@code getj train} minimises and how, where no option says otherwise. See {@code
 * docs/training.md} for what was measured.
 */
enum Recipe {
    /** As the paper ran it, for 800,000 steps: L1 at 1e-4, iterations that begin at noise. */
    PAPER,
    /** What learned most from pairs in short runs; iterations begin at the injection. */
    TUNED;

    /** Warm-up of a tuned run: this part of its steps, and so many at most. */
    private static final long WARM_PART = 20;

    private static final long MOST_WARM = 2000;

    /** The tuned rate is this over the width: 1e-3 at 100 features, 1.3e-4 at the paper's 768. */
    private static final double RATE_TIMES_WIDTH = 0.1;

    private static final double CLIP = 0.5;

    /** As {@code --objective} takes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    LossKind loss() {
        return switch (this) {
            case PAPER -> LossKind.L1;
            case TUNED -> LossKind.PSEUDO_HUBER;
        };
    }

    /** Of the iterations of a new network. */
    ModelConfig.Start start() {
        return switch (this) {
            case PAPER -> ModelConfig.Start.NOISE;
            case TUNED -> ModelConfig.Start.INJECTION;
        };
    }

    /** Rate, warm-up and longest gradient of a run of {@code steps}. */
    OptimizerOptions.Defaults optimizer(ModelConfig network, long steps) {
        return switch (this) {
            case PAPER -> OptimizerOptions.Defaults.PAPER;
            case TUNED ->
                    new OptimizerOptions.Defaults(
                            RATE_TIMES_WIDTH / network.width(),
                            (int) Math.min(steps / WARM_PART, MOST_WARM),
                            CLIP);
        };
    }
}
