package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Names of other tools, files of options, and slips of the key. */
class ArgumentsTest {
    @TempDir private Path folder;

    private static String words(String line) {
        return String.join(" ", Arguments.of(Getj.commandLine(), line.split(" ")));
    }

    @ParameterizedTest
    @CsvSource({
        "train --batch-size 8, train --batch 8",
        "train --batch_size=8, train --batch=8",
        "train --learning_rate 1e-3 --ema_decay 0.9, train --lr 1e-3 --ema 0.9",
        "train --f_solver fixed_point_iter --f_max_iter 6 --f_tol 1e-3 --f_stop_mode rel,"
                + " train --solver fixed_point_iter --max-iterations 6 --tol 1e-3 --stop rel",
        "train --b_solver broyden --b_max_iter 6, train --backward-solver broyden"
                + " --backward-max-iterations 6",
        "sample --ckpt a --num_samples 4 --class 2, sample --weights a --count 4 --label 2",
        "help train, train --help",
        "help, --help",
        "help pairs generate, pairs generate --help",
        "sample --seed -5 --label --tol, sample --seed -5 --label --tol",
        "convert -- --batch-size @x, convert -- --batch-size @x",
        "pairs inspect @x, pairs inspect @x",
        "@x, @x",
    })
    void otherNamesAreUnderstood(String typed, String taken) {
        assertEquals(taken, words(typed));
    }

    @Test
    void everyOtherNameStandsForAnOptionThatThereIs() {
        List<CommandLine> commands = GetjTest.commands().toList();
        Aliases.all()
                .forEach(
                        (other, ours) ->
                                assertTrue(
                                        commands.stream()
                                                .anyMatch(
                                                        command ->
                                                                Aliases.name(command, other)
                                                                        .equals(ours)),
                                        other));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    train --bacth 4                 | unknown option --bacth; did you mean --batch?
                    train --resume_x                | unknown option --resume_x; did you mean --resume?
                    sample --iter 3                 | unknown option --iter; did you mean --iterations?
                    sample --foo 1                  | unknown option --foo
                    sample --weigths=x              | unknown option --weigths; did you mean --weights?
                    trian                           | unknown command trian; did you mean train?
                    frobnicate                      | unknown command frobnicate
                    pairs genrate                   | unknown command genrate; did you mean generate?
                    convert a b c                   | unknown argument c
                    """)
    void whatIsUnknownComesBeforeWhatIsMissing(String line, String message) {
        Run refused = Run.getj(line.split(" "));
        assertEquals(2, refused.code());
        assertEquals("getj: " + message, refused.err().lines().findFirst().orElse(""));
    }

    @ParameterizedTest
    @CsvSource({"abc,abc,0", "abc,acb,1", "abc,abcd,1", "abc,ab,1", "abc,xbc,1", "'',abc,3"})
    void slipsOfTheKeyAreCounted(String a, String b, int slips) {
        assertEquals(slips, Spelling.slips(a, b));
        assertEquals(slips, Spelling.slips(b, a));
    }

    @ParameterizedTest
    @CsvSource({"5e5,500000", "1E2,100", "2.5e3,2500", "-7,-7", "1e+3,1000", "12,12"})
    void countsMayBeWrittenWithAnExponent(String typed, long value) {
        assertEquals(value, Count.parseLong(typed));
        assertEquals(value, Count.parseInt(typed));
    }

    @ParameterizedTest
    @CsvSource({"1.5", "1e-1", "1.25e1", "1e999", "9e18e", "1e19", "x", "''"})
    void otherNumbersAreNoCounts(String typed) {
        assertThrows(NumberFormatException.class, () -> Count.parseLong(typed));
        assertThrows(NumberFormatException.class, () -> Count.parseInt(typed));
    }

    @Test
    void aCountOf64BitsIsNoneOf32() {
        assertEquals(5_000_000_000L, Count.parseLong("5e9"));
        assertThrows(NumberFormatException.class, () -> Count.parseInt("5e9"));
    }

    @Test
    void theCommandLineComesBeforeAFileOfSettings() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("run.conf"),
                        """
                        # what all of our runs have in common
                        batch_size = 64
                        lr: 3e-4
                        recompute = true
                        resume = false
                        out = runs/a b
                        """);
        assertEquals(
                "train --config " + file + " --lr 1 --recompute --out=runs/a b --batch=64",
                words("train --config " + file + " --lr 1"));
        Run missing = Run.getj("train", "--config=" + file);
        assertEquals(2, missing.code());
        assertTrue(missing.err().startsWith("getj: --pairs is needed"), missing.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    bacth = 3        | FILE: getj train has no option --bacth; did you mean --batch?
                    config = x       | FILE: getj train has no option --config in a file
                    resume = perhaps | FILE: resume: true or false is needed
                    batch = many     | --batch many: a whole number from 1 to 1000000 is needed
                    x = \\u12        | FILE: Malformed \\uxxxx encoding.
                    """)
    void aFileOfSettingsIsChecked(String text, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("run.conf"), text);
        Run refused = Run.getj("train", "--out", "no", "--config", file.toString());
        assertEquals(2, refused.code());
        assertEquals(
                "getj: " + message.replace("FILE", file.toString()),
                refused.err().lines().findFirst().orElse(""));
    }

    @Test
    void aFileOfSettingsMustBeOne() throws IOException {
        for (Path file : List.of(folder.resolve("none"), folder)) {
            Run refused = Run.getj("train", "--out", "no", "--config", file.toString());
            assertEquals(2, refused.code());
            assertTrue(refused.err().contains(file.toString()), refused.err());
            assertEquals(2, refused.errorLines());
        }
        Path bytes = Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertTrue(
                Run.getj("train", "--config", bytes.toString())
                        .err()
                        .contains("not a text file in UTF-8"));
        assertTrue(Run.getj("train", "--config", "").err().contains("it is empty"));
    }

    @Test
    void wordsMayComeFromAFile() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("words"),
                        "# a comment\n--batch-size=8\n\n--out\nruns/a b\n");
        assertEquals(
                "train --seed 1 --batch=8 --out runs/a b --lr 1",
                words("train --seed 1 @" + file + " --lr 1"));
        Path empty = Files.writeString(folder.resolve("empty"), "");
        assertEquals("train", words("train @" + empty));
    }

    @Test
    void aFileOfWordsThatNamesItselfIsRefused() throws IOException {
        Path file = folder.resolve("words");
        Files.writeString(file, "@" + file);
        assertThrows(
                ParameterException.class,
                () -> Arguments.of(Getj.commandLine(), "train", "@" + file));
    }
}
