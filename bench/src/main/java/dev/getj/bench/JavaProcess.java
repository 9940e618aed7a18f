package dev.getj.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code bench/run} again, in a Java process with further options. */
final class JavaProcess {
    private JavaProcess() {}

    /**
     * Runs it to its end; what it prints comes out here.
     *
     * @param options of Java, besides those of this process
     * @param arguments of {@link Main}
     * @throws IllegalStateException if it fails
     */
    static void run(List<String> options, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        command.addAll(arguments);
        try {
            int status = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (status != 0) {
                throw new IllegalStateException(
                        "Java with %s ended with status %s"
                                .formatted(String.join(" ", options), status));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
