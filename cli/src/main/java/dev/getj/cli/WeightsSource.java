package dev.getj.cli;

import dev.getj.sample.Sampler;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/** Where weights are read from; one of the two is needed. */
final class WeightsSource {
    @Option(names = "--weights", paramLabel = "F", description = "A safetensors file of weights.")
    private Path weights;

    @Option(
            names = "--run",
            paramLabel = "R",
            description = "A run directory: its newest checkpoint.")
    private Path run;

    Path path() {
        return weights != null ? weights : run.resolve(Sampler.LATEST);
    }
}
