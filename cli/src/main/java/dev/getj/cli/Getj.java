package dev.getj.cli;

import dev.getj.sample.WeightsLocation;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** The command itself: without a subcommand it prints its help. */
@Command(
        name = "getj",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        usageHelpWidth = Getj.WIDTH,
        sortOptions = false,
        showDefaultValues = false,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%nParameters:%n",
        descriptionHeading = "%n")
final class Getj implements Callable<Integer> {
    /** Columns of the help. */
    static final int WIDTH = 100;

    /** Commands that compute nothing: they take the options of a device, but do not offer them. */
    private static final List<String> WITHOUT_DEVICE =
            List.of("convert", "ema", "export", "memory", "pairs import", "pairs inspect");

    @Spec private CommandSpec spec;

    private final OutputStream standardOutput;

    private Getj(OutputStream standardOutput) {
        this.standardOutput = standardOutput;
    }

    /** Where commands that write bytes instead of text do so. */
    OutputStream standardOutput() {
        return standardOutput;
    }

    /** The whole command line, with its way of reporting errors. */
    static CommandLine commandLine() {
        return commandLine(OutputStream.nullOutputStream());
    }

    /** As {@link #commandLine()}; what commands write as bytes goes to {@code standardOutput}. */
    static CommandLine commandLine(OutputStream standardOutput) {
        CommandLine commandLine = new CommandLine(new Getj(standardOutput));
        commandLine
                .getCommandSpec()
                .usageMessage()
                .description(
                        "Distils a diffusion model into a one-step sampler, a generative"
                                + " equilibrium transformer, and samples from it.");
        commandLine
                .addSubcommand(new DemoCommand())
                .addSubcommand(new TeacherCommand())
                .addSubcommand(new PairsCommand())
                .addSubcommand(new TrainCommand())
                .addSubcommand(new EmaCommand())
                .addSubcommand(new SampleCommand())
                .addSubcommand(new ServeCommand())
                .addSubcommand(new SolveCommand())
                .addSubcommand(new EvalCommand())
                .addSubcommand(new ClassifierCommand())
                .addSubcommand(new StudyCommand())
                .addSubcommand(new ConvertCommand())
                .addSubcommand(new ExportCommand())
                .addSubcommand(new VerifyCommand())
                .addSubcommand(new BenchCommand())
                .addSubcommand(new ProfileCommand())
                .addSubcommand(new MemoryCommand())
                .addSubcommand(new DevicesCommand())
                .addSubcommand(new DoctorCommand())
                .addSubcommand(AutoComplete.GenerateCompletion.class);
        for (String command : WITHOUT_DEVICE) {
            CommandLine found = commandLine;
            for (String name : command.split(" ")) {
                found = found.getSubcommands().get(name);
            }
            hide(found.getCommandSpec(), "--device");
            hide(found.getCommandSpec(), ProductsOption.NAME);
            hide(found.getCommandSpec(), "--threads");
        }
        OptionGroups.install(commandLine);
        return commandLine
                .registerConverter(Path.class, UserPath::of)
                .registerConverter(int.class, Count::parseInt)
                .registerConverter(Integer.class, Count::parseInt)
                .registerConverter(long.class, Count::parseLong)
                .registerConverter(Long.class, Count::parseLong)
                .registerConverter(
                        WeightsLocation.class, text -> WeightsLocation.parse(UserPath.text(text)))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false)
                .setExecutionStrategy(Getj::executeChecked)
                .setParameterExceptionHandler(Errors::wrongUsage)
                .setExecutionExceptionHandler(Errors::failed);
    }

    private static void hide(CommandSpec command, String option) {
        OptionSpec shown = command.findOption(option);
        command.remove(shown);
        command.addOption(OptionSpec.builder(shown).hidden(true).build());
    }

    /**
     * Runs the command that was parsed, once the values of its options are found to be possible.
     */
    private static int executeChecked(ParseResult parsed) {
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        CommandLine command = last.commandSpec().commandLine();
        last.matchedOptions().forEach(option -> Ranges.check(command, option));
        last.matchedArgs().forEach(argument -> OutputNames.check(command, argument));
        return new CommandLine.RunLast().execute(parsed);
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return 0;
    }
}
