package dev.getj.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code getj teacher}: diffusion models of your own data, to make pairs with. */
@Command(
        name = "teacher",
        description =
                "Train a diffusion model (EDM) on images, and sample it: a teacher for getj pairs"
                        + " generate --teacher.",
        subcommands = {TeacherTrainCommand.class, TeacherSampleCommand.class})
final class TeacherCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "teacher needs a command: train or sample");
    }
}
