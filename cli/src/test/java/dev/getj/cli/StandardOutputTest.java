package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

class StandardOutputTest {
    private static final class Failing extends OutputStream {
        private final String message;

        Failing(String message) {
            this.message = message;
        }

        @Override
        public void write(int value) throws IOException {
            throw new IOException(message);
        }
    }

    /** The command line with an output on {@code stream}, as {@link Main#main} makes it. */
    private static Run run(OutputStream stream, String... args) {
        StandardOutput output = new StandardOutput(stream);
        StringWriter err = new StringWriter();
        PrintWriter out = new PrintWriter(output, true, StandardCharsets.UTF_8);
        int code = Main.run(args, output, out, new PrintWriter(err));
        return new Run(code, "", err.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "No space left on device, --help",
        "No space left on device, devices --json",
        "Bad file descriptor, devices",
        "Broken pipe, devices --json",
        "Bad file descriptor, generate-completion"
    })
    void aResultThatGetsLostEndsIn1(String message, String line) {
        Run lost = run(new Failing(message), line.split(" "));
        assertEquals(1, lost.code());
        assertEquals(
                "getj: standard output could not be written to: " + message, lost.err().strip());
    }

    @ParameterizedTest
    @CsvSource({"--help", "devices", "train --help"})
    void aReaderThatHasSeenEnoughIsNotTalkedTo(String line) {
        Run lost = run(new Failing("Broken pipe"), line.split(" "));
        assertEquals(1, lost.code());
        assertEquals("", lost.err());
    }

    @Test
    void aFailureBeforeKeepsItsCode() {
        Run wrong = run(new Failing("Broken pipe"), "devices", "--threads", "0");
        assertEquals(2, wrong.code());
        Run right = run(new ByteArrayOutputStream(), "devices", "--json");
        assertEquals(0, right.code(), right.err());
    }

    @Test
    void aFullDeviceIsNoticed() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "a device that is always full");
        try (OutputStream stream = new FileOutputStream(full.toFile())) {
            Run lost = run(stream, "--version");
            assertEquals(1, lost.code());
            assertTrue(lost.err().contains("No space left on device"), lost.err());
        }
    }

    @Test
    void controlCharactersOfNamesDoNotReachTheTerminal() {
        String name = "\u001b]0;owned\u0007\u009b31m\u007f.safetensors";
        String shown = "\\u001b]0;owned\\u0007\\u009b31m\\u007f.safetensors";
        for (String option : new String[] {"", " --stacktrace"}) {
            Run refused = Run.getj(("sample --weights " + name + option).split(" "));
            assertEquals(1, refused.code());
            assertTrue(refused.err().contains(shown), refused.err());
            assertTrue(
                    refused.err()
                            .chars()
                            .allMatch(c -> c == '\n' || c == '\t' || !Character.isISOControl(c)),
                    refused.err());
        }
        Run unknown = Run.getj("devices", "--" + name);
        assertTrue(unknown.err().contains(shown), unknown.err());
        String json = Json.text(new Named(name));
        assertTrue(json.contains("\"\\u001B]0;owned\\u0007\\u009b31m\\u007f.safetensors\""), json);
    }

    private record Named(String name) {}
}
