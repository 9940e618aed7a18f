package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Signals to a getj that trains, as a process of its own. */
class SignalsTest {
    @TempDir Path folder;

    private Process train() throws IOException {
        String line =
                "train --quiet --threads 1 --pairs %s --out %s --steps 1000000 --save-every 5 --width 16 --heads 2 --depth 1 --deq-depth 1 --patch 4 --batch 4"
                        .formatted(pairs(), folder.resolve("run"));
        return new ProcessBuilder(
                        Stream.concat(
                                        Stream.of(
                                                ProcessHandle.current()
                                                        .info()
                                                        .command()
                                                        .orElseThrow(),
                                                "-XX:TieredStopAtLevel=1",
                                                "--add-modules",
                                                "jdk.incubator.vector",
                                                "-cp",
                                                System.getProperty("java.class.path"),
                                                Main.class.getName()),
                                        Stream.of(line.split(" ")))
                                .toList())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
    }

    private Path pairs() {
        Path pairs = folder.resolve("pairs");
        String line = "pairs generate --quiet --count 20 --steps 2 --out " + pairs;
        Run made = Run.getj(line.split(" "));
        assertEquals(0, made.code(), made.err());
        return pairs;
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "USR1, 138"})
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aRunIsSavedAndASecondOneRefusedBefore(String signal, int code) throws Exception {
        Process training = train();
        Path run = folder.resolve("run");
        try {
            while (training.isAlive() && !Files.exists(run.resolve("latest.safetensors"))) {
                Thread.sleep(20);
            }
            Run second = Run.getj("train", "--quiet", "--resume", "--out", run.toString());
            assertEquals(1, second.code());
            assertEquals(1, second.errorLines());
            assertTrue(
                    second.err().contains("another getj, process " + training.pid() + " on "),
                    second.err());
            new ProcessBuilder("kill", "-" + signal, Long.toString(training.pid()))
                    .start()
                    .waitFor();
            assertEquals(code, training.waitFor(), () -> output());
        } finally {
            training.destroyForcibly();
        }
        List<String> log = Files.readAllLines(run.resolve("log.txt"));
        assertTrue(log.getLast().endsWith(" by SIG" + signal), log::toString);
        assertFalse(Files.exists(run.resolve(".claim.lock")));
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
