package dev.getj.cli;

import dev.getj.sample.WeightsLocation;

import picocli.CommandLine.Option;

/** Where weights are read from; one of the two is needed. */
final class WeightsSource {
    @Option(
            names = "--weights",
            paramLabel = "F",
            description =
                    "A safetensors file of weights, or shipped ones: "
                            + WeightsLocation.SHIPPED
                            + ".")
    private WeightsLocation weights;

    @Option(
            names = "--run",
            paramLabel = "R",
            description = "A run directory: its newest checkpoint.")
    private WeightsLocation run;

    WeightsLocation location() {
        return weights != null ? weights : run;
    }
}
