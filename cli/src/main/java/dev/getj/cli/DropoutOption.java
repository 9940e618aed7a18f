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
                    "Probability that a training example's label is dropped, which"
                            + " classifier-free guidance (--guidance) needs (default:"
                            + " ${DEFAULT-VALUE}).")
    private double share;

    LabelDropout dropout() {
        return new LabelDropout(share);
    }
}
