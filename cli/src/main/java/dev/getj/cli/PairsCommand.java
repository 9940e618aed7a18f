package dev.getj.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code getj pairs}: the noise/image pairs that a teacher made. */
@Command(
        name = "pairs",
        description =
                "Make, import and describe pairs of noise and the image that a teacher makes of"
                        + " it.",
        subcommands = {
            PairsGenerateCommand.class,
            PairsImportCommand.class,
            PairsInspectCommand.class
        })
final class PairsCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "pairs needs a command: generate, import or inspect");
    }
}
