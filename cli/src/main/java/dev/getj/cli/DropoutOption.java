package dev.getj.cli;

import dev.getj.train.LabelDropout;

import picocli.CommandLine.Option;

/** How many labels are left out in training. */
final class DropoutOption {
    @Option(
            names = "--label-dropout",
            paramLabel = "P",
            defaultValue = "0",
            description =
                    "Share of the examples whose class is not told, so that images can be made"
                            + " without one, and with --guidance be led away from those (default:"
                            + " ${DEFAULT-VALUE}).")
    private double share;

    LabelDropout dropout() {
        return new LabelDropout(share);
    }
}
