package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Every option that takes a number, of every command, with numbers that cannot be. */
class RangesTest {
    /** What a command needs beside the option; the files are not there, and are not looked for. */
    private static String needed(String command) {
        return switch (command) {
            case "getj teacher train", "getj train", "getj classifier train" -> "--out no/run";
            case "getj teacher sample" -> "--run no/run";
            case "getj pairs generate" -> "--out no/pairs";
            case "getj sample", "getj serve", "getj solve" -> "--weights no.safetensors";
            case "getj eval" -> "--images no --data no";
            case "getj export" -> "--weights no.safetensors --out no/f.onnx";
            case "getj ema" -> "--run no --out no/f.safetensors";
            case "getj convert" -> "no.pth no/f.safetensors";
            case "getj verify" -> "no.safetensors";
            case "getj bench", "getj profile" -> "sample";
            case "getj pairs import" -> "no --out no/pairs";
            case "getj pairs inspect" -> "no";
            case "getj study" -> "--out no/study";
            default -> "";
        };
    }

    static Stream<CommandLine> commands() {
        return GetjTest.commands().filter(command -> command.getSubcommands().isEmpty());
    }

    private static List<OptionSpec> numbers(CommandLine command) {
        return command.getCommandSpec().options().stream().filter(Ranges::isNumber).toList();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void numbersThatCannotBeAreRefusedByNameAndRange(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        for (OptionSpec option : numbers(command)) {
            Range range =
                    Ranges.of(command, option)
                            .orElseThrow(
                                    () ->
                                            new AssertionError(
                                                    name
                                                            + " "
                                                            + option.longestName()
                                                            + " has no range"));
            for (String value :
                    List.of(
                            "NaN",
                            "-Infinity",
                            "1e999",
                            "99999999999999999999",
                            "x",
                            "",
                            "0x10",
                            "-1",
                            "1e-999")) {
                if (fits(range, value)) {
                    continue;
                }
                List<String> words =
                        new ArrayList<>(
                                Arrays.asList(name.split(" ")).subList(1, name.split(" ").length));
                if (!needed(name).isEmpty()) {
                    words.addAll(Arrays.asList(needed(name).split(" ")));
                }
                words.add(option.longestName() + "=" + value);
                Run refused = Run.getj(words.toArray(String[]::new));
                String shown = words + ": " + refused.err();
                assertEquals(2, refused.code(), shown);
                assertEquals(
                        "getj: "
                                + option.longestName()
                                + " "
                                + value
                                + ": "
                                + range.describe()
                                + " is needed",
                        refused.err().lines().findFirst().orElse(""),
                        shown);
                assertEquals(2, refused.errorLines(), "with the way to the help: " + shown);
            }
        }
        assertFalse(Files.exists(Path.of("no")));
    }

    private static boolean fits(Range range, String value) {
        try {
            return switch (range) {
                case Range.Whole whole -> whole.contains(Long.valueOf(value));
                case Range.Real real -> real.contains(Double.valueOf(value));
            };
        } catch (NumberFormatException _) {
            return false;
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void defaultsLieInTheirRanges(CommandLine command) {
        for (OptionSpec option : numbers(command)) {
            if (option.defaultValue() != null) {
                assertTrue(
                        fits(Ranges.of(command, option).orElseThrow(), option.defaultValue()),
                        command.getCommandSpec().qualifiedName() + " " + option.longestName());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "devices --threads 100000, --threads 100000: a whole number from 1 to 4096 is needed",
        "devices --threads 99999999999, --threads 99999999999: a whole number from 1 to 4096 is"
                + " needed",
        "train --out no --slices 2147483647, --slices 2147483647: a whole number from 1 to 1000 is"
                + " needed",
        "train --out no --steps -1, --steps -1: a whole number from 1 to 1000000000 is needed",
        "train --out no --lr NaN, --lr NaN: a number above 0 is needed",
        "train --out no --ema 1, --ema 1: a number of at least 0 and below 1 is needed",
        "train --out no --supervise-at 2|0, --supervise-at 0: a whole number from 1 to 10000 is"
                + " needed",
    })
    void valuesSeenInTheField(String line, String message) {
        Run refused = Run.getj(line.replace('|', ',').split(" "));
        assertEquals(2, refused.code());
        assertEquals("getj: " + message, refused.err().lines().findFirst().orElse(""));
    }

    @Test
    void aSeedMayBeAnyNumber(@TempDir Path folder) {
        Path made = folder.resolve("pairs");
        CommandsTest.ok(
                "pairs generate --quiet --count 2 --images 10 --steps 2 --seed -9223372036854775808"
                        + " --out "
                        + made);
        assertTrue(Files.exists(made.resolve("pairs.json")));
    }

    @Test
    void argumentsThatBeginWithAnAtSignAreArguments(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("@words"), "devices");
        Run refused = Run.getj("pairs", "inspect", "@" + folder.resolve("none"));
        assertEquals(
                "getj: cannot read @" + folder.resolve("none") + ": no such file or folder",
                refused.err().strip());
        assertEquals(2, Run.getj("@" + file).code());
    }
}
