package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A library logs or calls a listener; the programs alone print. */
class LibrariesAreSilentTest {
    private static final Set<String> PROGRAMS = Set.of("cli", "bench", "examples");
    private static final Pattern PRINT =
            Pattern.compile(
                    "\\bSystem\\s*\\.\\s*(out|err|console)\\b|FileDescriptor\\s*\\.\\s*(out|err)\\b"
                            + "|\\bIO\\s*\\.\\s*print|\\.printStackTrace\\(\\)");

    @TempDir Path folder;

    private static List<Path> modules() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of(".."))) {
            return folders.filter(module -> Files.exists(module.resolve("pom.xml"))).toList();
        }
    }

    private static List<Path> printing(Path module) throws IOException {
        List<Path> found = new ArrayList<>();
        Path sources = module.resolve("src/main/java");
        if (Files.exists(sources)) {
            try (Stream<Path> files = Files.walk(sources)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    if (PRINT.matcher(Files.readString(file)).find()) {
                        found.add(file);
                    }
                }
            }
        }
        return found;
    }

    @Test
    void noLibraryPrints() throws IOException {
        Set<String> seen = new TreeSet<>();
        for (Path module : modules()) {
            String name = module.getFileName().toString();
            seen.add(name);
            assertEquals(!PROGRAMS.contains(name), printing(module).isEmpty(), module::toString);
        }
        assertTrue(
                seen.containsAll(
                        List.of(
                                "cli",
                                "bench",
                                "examples",
                                "kernels",
                                "formats",
                                "model",
                                "train",
                                "lab")),
                seen::toString);
    }

    /** The command line shows a warning as one of its lines. */
    @Test
    void aWarningIsOneLine() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "sample",
                                "--quiet",
                                "--weights",
                                OldFiles.FOLDER.resolve("weights.safetensors").toString(),
                                "--count",
                                "1",
                                "--iterations",
                                "1",
                                "--out",
                                folder.resolve("samples.safetensors").toString())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        process.getOutputStream().close();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), err);
        assertEquals(
                "getj: Java runs without its Vector API, so the scalar reference kernels are used,"
                    + " which are much slower; start it with --add-modules jdk.incubator.vector",
                err.strip());
    }
}
