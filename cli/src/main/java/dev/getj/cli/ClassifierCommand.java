package dev.getj.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code getj classifier}: small classifiers that judge samples. */
@Command(
        name = "classifier",
        description = "Train a small classifier of images, to judge samples with getj eval.",
        subcommands = ClassifierTrainCommand.class)
final class ClassifierCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "classifier needs a command: train");
    }
}
