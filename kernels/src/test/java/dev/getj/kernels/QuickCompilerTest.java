package dev.getj.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.jvm.JvmBackend;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * No kernel is too long for Java's quick compiler. It inlines all of the Vector API, runs "out of
 * virtual registers" in a long method, and then may leave the method where it is for good, running
 * without the optimising compiler: every vector an object, megabytes a launch.
 */
class QuickCompilerTest {
    private static final int REPETITIONS = 4;
    private static final String PACKAGE = JvmBackend.class.getPackageName();

    /** The other process: runs every operation. */
    public static void main(String[] none) {
        try (Backend backend = new JvmBackend(1)) {
            for (int i = 0; i < REPETITIONS; i++) {
                for (ExampleRun example : ExampleRuns.all()) {
                    example.run(backend, 0, 2);
                }
            }
        }
    }

    @Test
    void compilesEveryKernel() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules",
                                "jdk.incubator.vector",
                                // early, and with profiles, which take the most registers
                                "-XX:TieredStopAtLevel=3",
                                "-XX:Tier3InvocationThreshold=10",
                                "-XX:Tier3MinInvocationThreshold=5",
                                "-XX:Tier3CompileThreshold=10",
                                "-XX:Tier3BackEdgeThreshold=200",
                                "-XX:Tier0ProfilingStartPercentage=100000",
                                "-XX:+PrintCompilation",
                                "-cp",
                                System.getProperty("java.class.path"),
                                QuickCompilerTest.class.getName())
                        .redirectErrorStream(true)
                        .start();
        List<String> compilations =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> line.contains(PACKAGE))
                        .toList();
        assertEquals(0, process.waitFor());
        assertTrue(compilations.size() > 100, compilations::toString);
        assertEquals(
                List.of(),
                compilations.stream()
                        .filter(line -> line.contains("out of virtual registers"))
                        .toList());
    }
}
