package dev.getj.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a process wrote and how it ended.
 *
 * @param err without what Java says of its incubator module
 */
record Program(int code, String out, String err) {
    static final String JAVA_HOME = System.getProperty("java.home");

    /** Java of this test, with its Vector API. */
    static Program java(Path folder, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(JAVA_HOME, "bin", "java").toString());
        command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        command.addAll(List.of(arguments));
        return run(folder, command);
    }

    static Program run(Path folder, List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        process.getOutputStream().close();
        int code = process.waitFor();
        String said =
                Files.readString(err)
                        .replace("WARNING: Using incubator modules: jdk.incubator.vector\n", "");
        return new Program(code, Files.readString(out), said);
    }

    /** Its output, if all went well. */
    String output() {
        assertEquals(0, code, () -> out + err);
        return out;
    }
}
