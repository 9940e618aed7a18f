package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.getj.train.Metrics;
import dev.getj.train.RunDirectory;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Processes that train together, really started: by mpirun where there is Open MPI, and by getj. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class RanksTest {
    /** Gradients are added up in another order. */
    private static final double ROUNDING = 1e-5;

    private static final String SIZES =
            "--width 8 --heads 2 --depth 1 --deq-depth 1 --patch 8 --iterations 2 --batch 5"
                    + " --threads 1 --warmup 2 --ema 0.9 --quiet";

    /** Of one process, with which all are compared that do so many steps or fewer. */
    private static final int STEPS = 50;

    private static final String ALONE = "alone";

    /** Steps that a run takes after it was resumed. */
    private static final int MORE = 8;

    /** For processes that compute by the kernels whose bits are compared. */
    private static final List<String> VECTORS = List.of("--add-modules", "jdk.incubator.vector");

    /** Pairs, and what one process learns from them. */
    @TempDir private static Path shared;

    @TempDir private Path folder;

    @BeforeAll
    static void pairsAndOneProcess() {
        Run made =
                Run.getj(
                        ("pairs generate --quiet --count 20 --steps 2 --out " + pairs())
                                .split(" "));
        assertEquals(0, made.code(), made.err());
        Run alone = Run.getj(train(shared.resolve(ALONE), STEPS));
        assertEquals(0, alone.code(), alone.err());
    }

    private static Path pairs() {
        return shared.resolve("pairs");
    }

    private Path run(String name) {
        return folder.resolve(name);
    }

    private String[] train(String name, int steps) {
        return train(run(name), steps);
    }

    private static String[] train(Path run, int steps) {
        return "train --pairs %s --out %s --steps %s --save-every 5 --sample-every 1000000 %s"
                .formatted(pairs(), run, steps, SIZES)
                .split(" ");
    }

    /**
     * A process that computes by the scalar reference kernels. Those of the Vector API, by which the
     * one process computes, take seconds more until a process has compiled them.
     */
    private List<String> java(String... arguments) {
        return java(List.of(), arguments);
    }

    private List<String> java(List<String> options, String... arguments) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    private Process start(List<String> command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(run("output").toFile());
        // a container's user is often root, whom mpirun wants to be asked twice
        builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT", "1");
        builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
        return builder.start();
    }

    private List<String> output() throws IOException {
        return Files.readAllLines(run("output")).stream()
                .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
                .filter(line -> !line.startsWith("getj: Java runs without its Vector API"))
                .toList();
    }

    private void finish(List<String> command) throws Exception {
        Process process = start(command);
        try {
            assertEquals(0, process.waitFor(), () -> "output: " + quietly());
        } finally {
            process.destroyForcibly();
        }
    }

    private String quietly() {
        try {
            return String.join("\n", output());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static List<Double> losses(Path run) {
        return Metrics.read(run.resolve("metrics.jsonl")).stream().map(Metrics.Line::loss).toList();
    }

    private static void assertAgree(List<Double> one, List<Double> other, int steps) {
        for (int i = 0; i < steps; i++) {
            assertEquals(one.get(i), other.get(i), ROUNDING, "loss of step " + (i + 1));
        }
    }

    @Test
    void mpirunTrainsAsOneProcessDoes() throws Exception {
        boolean there =
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(each -> Files.isExecutable(Path.of(each, "mpirun")));
        assumeTrue(there, "no mpirun: install openmpi-bin to test several processes by MPI");
        List<String> command =
                new ArrayList<>(
                        List.of("mpirun", "--oversubscribe", "--bind-to", "none", "-n", "2"));
        command.addAll(java(train("two", STEPS)));
        finish(command);
        assertEquals(STEPS, losses(run("two")).size());
        assertAgree(losses(shared.resolve(ALONE)), losses(run("two")), STEPS);
        assertTrue(
                Files.readString(run("two").resolve("log.txt")).contains(" 2 processes by MPI: "));
    }

    /** Rank 0 has no time to save: what it had saved is resumed. */
    @Test
    void whatAKilledRank0SavedIsResumedWithTheSameBits() throws Exception {
        int port = freePort();
        List<String> endless = java(VECTORS, train("killed", 1_000_000));
        Process first = started(0, port, endless);
        Process second = started(1, port, endless);
        try {
            Path latest = run("killed").resolve("latest.safetensors");
            while (first.isAlive() && !Files.exists(latest)) {
                Thread.sleep(5);
            }
            first.destroyForcibly();
            assertEquals(128 + 9, first.waitFor(), () -> quietly());
            assertEquals(1, second.waitFor(), () -> quietly());
            assertTrue(output().getLast().startsWith("getj: rank 0 "), () -> quietly());
        } finally {
            first.destroyForcibly();
            second.destroyForcibly();
        }
        copy(run("killed"), run("fewer"));
        int steps = Math.toIntExact(RunDirectory.savedStep(run("killed")).orElseThrow()) + MORE;
        together(resume("killed", steps));
        Run alone = Run.getj(resume("fewer", steps));
        assertEquals(0, alone.code(), alone.err());
        together(train("whole", steps));
        assertEquals(
                -1,
                Files.mismatch(
                        run("whole").resolve("latest.safetensors"),
                        run("killed").resolve("latest.safetensors")));
        assertEquals(losses(run("whole")), losses(run("killed")));
        assertAgree(losses(shared.resolve(ALONE)), losses(run("whole")), Math.min(STEPS, steps));
        assertEquals(steps, losses(run("fewer")).size());
        assertAgree(losses(run("whole")), losses(run("fewer")), steps);
    }

    private String[] resume(String name, int steps) {
        return "train --resume --quiet --threads 1 --steps %s --out %s"
                .formatted(steps, run(name))
                .split(" ");
    }

    /** Does a command in two processes. */
    private void together(String... arguments) throws Exception {
        int port = freePort();
        List<String> command = java(VECTORS, arguments);
        Process first = started(0, port, command);
        Process second = started(1, port, command);
        try {
            assertEquals(0, first.waitFor(), () -> quietly());
            assertEquals(0, second.waitFor(), () -> quietly());
        } finally {
            first.destroyForcibly();
            second.destroyForcibly();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    /** A file more on the class path of one stands for another build. */
    @Test
    void otherJarsAreToldInOneLine() throws Exception {
        Files.writeString(Files.createDirectory(run("more")).resolve("file"), "other");
        List<String> other = java(train("jars", 5));
        int path = other.indexOf("-cp") + 1;
        other.set(path, other.get(path) + File.pathSeparator + run("more"));
        assertTold("getj: the code of getj is ", java(train("jars", 5)), other);
        assertFalse(Files.exists(run("jars").resolve("config.json")));
    }

    /** Two parts that do not belong together would make a mixture. */
    @Test
    void otherWeightsOfOneAreToldInOneLine() throws Exception {
        String sample =
                "sample --quiet --threads 1 --count 4 --out %s --weights ".formatted(run("mixed"));
        assertTold(
                "getj: the content of the weights is ",
                java((sample + shared.resolve(ALONE)).split(" ")),
                java((sample + "builtin:strokes").split(" ")));
        assertFalse(Files.exists(run("mixed")));
    }

    @Test
    void otherSettingsOfOneAreToldInOneLine() throws Exception {
        String eval =
                "eval --quiet --threads 1 --data builtin:strokes,count=20 --count 20 --teacher"
                        + " builtin:strokes --seed ";
        assertTold(
                "getj: the seed is 3 on rank 0 but 4 on rank 1; ",
                java((eval + 3).split(" ")),
                java((eval + 4).split(" ")));
    }

    private void assertTold(String message, List<String> one, List<String> other) throws Exception {
        int port = freePort();
        Process first = started(0, port, one);
        Process second = started(1, port, other);
        try {
            assertEquals(1, first.waitFor(), () -> quietly());
            assertEquals(1, second.waitFor(), () -> quietly());
        } finally {
            first.destroyForcibly();
            second.destroyForcibly();
        }
        assertEquals(1, output().size(), () -> quietly());
        assertTrue(output().getFirst().startsWith(message), () -> quietly());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    // one of two, as torchrun would
    private Process started(int rank, int port, List<String> command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(run("output").toFile()));
        Map<String, String> environment = builder.environment();
        environment.put("RANK", Integer.toString(rank));
        environment.put("LOCAL_RANK", Integer.toString(rank));
        environment.put("WORLD_SIZE", "2");
        environment.put("LOCAL_WORLD_SIZE", "2");
        environment.put("MASTER_ADDR", "127.0.0.1");
        environment.put("MASTER_PORT", Integer.toString(port));
        return builder.start();
    }

    /** Of a number that does not divide. */
    @Test
    void samplesOfTwoProcessesAreThoseOfOne() throws Exception {
        String sample =
                "sample --quiet --threads 1 --iterations 2 --count 25 --seed 3 --run %s --out "
                        .formatted(shared.resolve(ALONE));
        Run alone = Run.getj((sample + run("one.safetensors")).split(" "));
        assertEquals(0, alone.code(), alone.err());
        List<String> command = java(VECTORS, (sample + run("two.safetensors")).split(" "));
        command.addAll(List.of("--processes", "2"));
        finish(command);
        assertEquals(-1, Files.mismatch(run("one.safetensors"), run("two.safetensors")));
    }

    @Test
    void aKilledProcessEndsTheOtherWithOneLine() throws Exception {
        List<String> command = java(train("killed", 1_000_000));
        command.addAll(List.of("--processes", "2"));
        Process parent = start(command);
        try {
            Path latest = run("killed").resolve("latest.safetensors");
            while (parent.isAlive() && !Files.exists(latest)) {
                Thread.sleep(20);
            }
            // the one that was started last
            long lost = parent.children().mapToLong(ProcessHandle::pid).max().orElseThrow();
            ProcessHandle.of(lost).orElseThrow().destroyForcibly();
            assertEquals(1, parent.waitFor(), () -> quietly());
            assertEquals(1, output().size(), () -> quietly());
            assertTrue(
                    output().getFirst().startsWith("getj: rank 1 (process " + lost + " on "),
                    output().getFirst());
            assertTrue(output().getFirst().contains(" is gone: "), output().getFirst());
            List<String> log = Files.readAllLines(run("killed").resolve("log.txt"));
            assertTrue(log.getLast().contains("rank 1"), log::toString);
        } finally {
            parent.descendants().forEach(ProcessHandle::destroyForcibly);
            parent.destroyForcibly();
        }
    }
}
