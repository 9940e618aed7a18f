package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.util.List;
import java.util.stream.Stream;

class GetjTest {
    /** getj and every command below it. */
    static Stream<CommandLine> commands() {
        return below(Getj.commandLine());
    }

    private static Stream<CommandLine> below(CommandLine command) {
        return Stream.concat(
                Stream.of(command),
                command.getSubcommands().values().stream().flatMap(GetjTest::below));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everythingIsDescribed(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        String name = spec.qualifiedName();
        assertTrue(spec.usageMessage().description().length > 0, name);
        for (OptionSpec option : spec.options()) {
            assertTrue(option.description().length > 0, name + " " + option.longestName());
        }
        spec.positionalParameters()
                .forEach(p -> assertTrue(p.description().length > 0, name + " " + p.paramLabel()));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpFitsIts100Columns(CommandLine command) {
        List<String> wide =
                command.getUsageMessage().lines().filter(line -> line.length() > 100).toList();
        assertEquals(List.of(), wide);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpAndVersion(CommandLine command) {
        assertTrue(command.getCommandSpec().optionsMap().containsKey("--help"));
        assertTrue(command.getCommandSpec().optionsMap().containsKey("--version"));
    }

    @Test
    void withoutACommandItPrintsItsHelp() {
        Run bare = Run.getj();
        assertEquals(0, bare.code());
        assertEquals(Run.getj("--help").out(), bare.out());
        assertTrue(bare.out().startsWith("Usage: getj"), bare.out());
        assertEquals("", bare.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "devices --version"})
    void theVersionNamesJavaToo(String line) {
        Run run = Run.getj(line.split(" "));
        assertEquals(0, run.code());
        assertTrue(run.out().matches("getj \\S+ \\(Java \\d.*\\)\\R"), run.out());
    }

    @Test
    void optionsStandInGroups() {
        List<String> headings =
                Run.getj("help", "train")
                        .out()
                        .lines()
                        .filter(line -> line.matches("[A-Z].*:"))
                        .toList();
        assertEquals(
                List.of(
                        "Options:",
                        "Network:",
                        "Solver of the equilibrium:",
                        "Objective:",
                        "Run:",
                        "Optimiser:",
                        "Fresh pairs:",
                        "All commands:"),
                headings);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyOptionIsListedOnce(CommandLine command) {
        String help = command.getUsageMessage();
        for (OptionSpec option : command.getCommandSpec().options()) {
            long lines =
                    help.lines()
                            .filter(
                                    line ->
                                            line.matches(
                                                    "(  -\\w, |      )"
                                                            + option.longestName()
                                                            + "([= ].*)?"))
                            .count();
            assertEquals(option.hidden() ? 0 : 1, lines, option.longestName() + "\n" + help);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"convert", "export", "memory", "pairs import", "pairs inspect"})
    void whatComputesNothingOffersNoDevice(String command) {
        String help = Run.getj((command + " --help").split(" ")).out();
        assertFalse(help.contains("--device") || help.contains("--threads"), help);
    }

    @Test
    void theListOfCommandsHasWholeSentences() {
        String help = Run.getj("--help").out();
        String list = help.substring(help.indexOf("Commands:"));
        Getj.commandLine()
                .getSubcommands()
                .values()
                .forEach(
                        command -> {
                            String[] lines = command.getCommandSpec().usageMessage().description();
                            assertTrue(lines[0].endsWith("."), lines[0]);
                        });
        assertFalse(list.contains(";\n"), list);
    }

    @Test
    void theCompletionScriptKnowsCommandsAndOptions() {
        Run run = Run.getj("generate-completion");
        assertEquals(0, run.code());
        assertTrue(run.out().contains("complete -F _complete_getj"), run.out());
        assertTrue(run.out().contains("devices"), run.out());
        assertTrue(run.out().contains("--threads"), run.out());
        assertTrue(run.out().contains("\"GET-B/2\""), run.out());
        assertTrue(run.out().contains("\"opencl\""), run.out());
    }
}
