package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file system that is really full: a small one in memory, mounted where other processes do not
 * see it, in which getj runs as a process of its own. Room is made afterwards, and the next start
 * completes what was begun.
 */
@EnabledOnOs(OS.LINUX)
class FullDiskTest {
    private static final String FULL =
            ": no space left on the disk; free some or choose another place";

    private static final String TINY =
            " --save-every 2 --sample-every 2 --width 16 --heads 2 --depth 1 --deq-depth 1 --patch"
                    + " 4 --batch 4";

    @TempDir static Path inputs;
    @TempDir Path folder;
    private static Path pairs;

    @BeforeAll
    static void make() throws IOException, InterruptedException {
        pairs = inputs.resolve("pairs");
        CommandsTest.ok("pairs generate --quiet --count 8 --steps 2 --out " + pairs);
        try {
            Process probe = mounted(inputs, "true").redirectErrorStream(true).start();
            assumeTrue(probe.waitFor() == 0, "no file systems can be mounted here");
        } catch (IOException _) {
            assumeTrue(false, "there is no unshare here");
        }
    }

    /** A shell for which {@code disk} is a file system of its own, of 10 MB. */
    private static ProcessBuilder mounted(Path disk, String script) {
        return new ProcessBuilder(
                "unshare",
                "--mount",
                "--map-root-user",
                "sh",
                "-c",
                "set -u; disk=$0; mount -t tmpfs -o size=10m none \"$disk\" || exit 99;"
                        + " size() { mount -o remount,size=\"$1\" \"$disk\" || exit 98; };"
                        + script,
                disk.toString());
    }

    /**
     * Runs a script in which {@code getj} prints its errors and its exit code, {@code size} changes
     * the file system, and {@code left} lists its files.
     *
     * @return what it printed, with {@code DISK} for the folder of the file system
     */
    private List<String> run(String script) throws IOException, InterruptedException {
        String java = ProcessHandle.current().info().command().orElseThrow();
        String getj =
                "getj() { %s -XX:TieredStopAtLevel=1 --add-modules jdk.incubator.vector -cp '%s' %s \"$@\" --quiet >/dev/null; echo \"exit $?\"; };"
                        .formatted(
                                java, System.getProperty("java.class.path"), Main.class.getName());
        String left = "left() { (cd \"$disk\" && find . -type f ! -name '*.jsonl' | sort); };";
        Path output = folder.resolve("output");
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Process process =
                mounted(disk, getj + left + script)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        assertEquals(0, process.waitFor(), () -> String.join("\n", lines(output, disk)));
        return lines(output, disk);
    }

    private static List<String> lines(Path output, Path disk) {
        try {
            List<String> lines = new ArrayList<>(Files.readAllLines(output));
            lines.removeIf(line -> line.startsWith("WARNING: "));
            lines.replaceAll(line -> line.replace(disk.toString(), "DISK"));
            return lines;
        } catch (IOException e) {
            return List.of(e.toString());
        }
    }

    @Test
    void aRunIsResumedFromItsLastCheckpointOnceThereIsRoom() throws Exception {
        assertEquals(
                List.of(
                        "exit 0",
                        "getj: cannot write DISK/run/checkpoints/00000004.safetensors" + FULL,
                        "exit 1",
                        "./run/checkpoints/00000002.safetensors",
                        "./run/config.json",
                        "./run/latest.safetensors",
                        "./run/log.txt",
                        "./run/loss.png",
                        "./run/samples/00000002.png",
                        "exit 0",
                        "./run/checkpoints/00000002.safetensors",
                        "./run/checkpoints/00000004.safetensors",
                        "./run/config.json",
                        "./run/latest.safetensors",
                        "./run/log.txt",
                        "./run/loss.png",
                        "./run/samples/00000002.png",
                        "./run/samples/00000004.png"),
                run(
                        "getj train --pairs '%s' --out \"$disk/run\" --steps 2%s;"
                                        .formatted(pairs, TINY)
                                + "size $(($(du -sk \"$disk\" | cut -f1) + 40))k;"
                                + "getj train --resume --out \"$disk/run\" --steps 4; left;"
                                + "size 10m;"
                                + "getj train --resume --out \"$disk/run\" --steps 4; left"));
    }

    @Test
    void aRunThatCouldNotSaveItsFirstCheckpointIsBegunAnew() throws Exception {
        String train =
                "getj train --pairs '%s' --out \"$disk/run\" --steps 2%s;".formatted(pairs, TINY);
        assertEquals(
                List.of(
                        "getj: cannot write DISK/run/checkpoints/00000002.safetensors" + FULL,
                        "exit 1",
                        "./run/config.json",
                        "./run/log.txt",
                        "exit 0",
                        "./run/checkpoints/00000002.safetensors",
                        "./run/config.json",
                        "./run/latest.safetensors",
                        "./run/log.txt",
                        "./run/loss.png",
                        "./run/samples/00000002.png"),
                run("size 40k;" + train + "left; size 10m;" + train + "left"));
    }

    @Test
    void whatIsWrittenAtOnceLeavesNothing() throws Exception {
        assertEquals(
                List.of(
                        "getj: cannot write DISK/s.onnx" + FULL,
                        "exit 1",
                        "getj: cannot write DISK/s.pth" + FULL,
                        "exit 1"),
                run(
                        "size 8k;"
                                + "getj export --weights builtin:strokes --out \"$disk/s.onnx\";"
                                + "getj convert '%s' \"$disk/s.pth\"; left"
                                        .formatted(pairs.resolve("pairs-00000.safetensors"))));
    }

    @Test
    void aPairSetIsCompletedOnceThereIsRoom() throws Exception {
        String generate = "getj pairs generate --count 64 --steps 2 --out \"$disk/pairs\";";
        assertEquals(
                List.of(
                        "getj: cannot write DISK/pairs/pairs-00000.safetensors" + FULL,
                        "exit 1",
                        "./pairs/pairs-unfinished.json",
                        "exit 0",
                        "./pairs/pairs-00000.safetensors",
                        "./pairs/pairs.json"),
                run("size 40k;" + generate + "left; size 10m;" + generate + "left"));
    }
}
