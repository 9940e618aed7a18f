package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
    void theCompletionScriptKnowsCommandsAndOptions() {
        Run run = Run.getj("generate-completion");
        assertEquals(0, run.code());
        assertTrue(run.out().contains("complete -F _complete_getj"), run.out());
        assertTrue(run.out().contains("devices"), run.out());
        assertTrue(run.out().contains("--threads"), run.out());
    }
}
