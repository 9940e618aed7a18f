package dev.getj.cli;

import dev.getj.kernels.Backend;
import dev.getj.model.ModelConfig;
import dev.getj.train.Benchmark;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The step of a network with random weights that a command times. */
final class StepOptions {
    /** What a step is. */
    enum Work {
        SAMPLE,
        TRAIN
    }

    @Option(
            names = "--batch",
            paramLabel = "B",
            defaultValue = "8",
            description = "Images at once (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--iterations",
            paramLabel = "K",
            defaultValue = "6",
            description = "Applications of the equilibrium map (default: ${DEFAULT-VALUE}).")
    private int iterations;

    @Option(names = "--recompute", description = "Train with recomputation.")
    private boolean recompute;

    @Mixin private PrecisionOption precision;

    int batch() {
        return batch;
    }

    boolean recompute() {
        return recompute;
    }

    PrecisionOption precision() {
        return precision;
    }

    Benchmark benchmark(Backend backend, ModelConfig network) {
        return new Benchmark(backend, network, batch, iterations);
    }
}
