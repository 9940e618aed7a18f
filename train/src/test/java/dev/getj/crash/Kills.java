package dev.getj.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Runs work that writes to a folder, kills it before its first change of a file, then, anew, before
 * its second, and so on. After each kill the work is started again, and must leave what it leaves
 * when nothing happens.
 */
public final class Kills {
    /** Of no process: numbers end below. */
    private static final String GONE = "999999999";

    private final Path folder;

    /**
     * @param folder an empty one, for all trials
     */
    public Kills(Path folder) {
        this.folder = folder;
    }

    /** A command: it begins in a folder, or resumes what is there. */
    @FunctionalInterface
    public interface Work {
        void run(Path out) throws IOException;
    }

    /**
     * Kills {@code work} before each of its changes.
     *
     * @return how often
     */
    public int everywhere(Work work) throws IOException {
        Path straight = Files.createDirectory(folder.resolve("straight"));
        work.run(straight);
        Map<String, String> expected = content(straight);
        for (int at = 1; ; at++) {
            Path out = Files.createDirectory(folder.resolve("killed-" + at));
            KillSwitch kill = new KillSwitch(at);
            try {
                work.run(new KilledPath(new KilledFileSystem(kill), out));
            } catch (Killed _) {
                assertTrue(kill.fired());
            }
            kill.closeAll();
            bury(out);
            String where = "after a kill before change %d".formatted(at);
            if (kill.fired()) {
                work.run(out);
            }
            assertEquals(expected, content(out), where);
            if (!kill.fired()) {
                return at - 1;
            }
        }
    }

    /** Makes a process that has ended of the one that was killed, which is this one. */
    private static void bury(Path out) throws IOException {
        String self = Long.toString(ProcessHandle.current().pid());
        for (Path file : files(out)) {
            String name = file.getFileName().toString();
            if (name.equals(".claim")) {
                Files.writeString(file, Files.readString(file).replace(self, GONE));
            } else if (name.endsWith(".tmp")) {
                Files.move(
                        file,
                        file.resolveSibling(name.replace("." + self + "-", "." + GONE + "-")));
            }
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(Files::isRegularFile).toList();
        }
    }

    /** All files by their names, but for times, and for the log, which tells of the kill. */
    private static Map<String, String> content(Path folder) throws IOException {
        Map<String, String> content = new TreeMap<>();
        for (Path file : files(folder)) {
            String name = folder.relativize(file).toString();
            if (name.equals("log.txt")) {
                continue;
            }
            String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            content.put(
                    name,
                    switch (file.getFileName().toString()) {
                        case "metrics.jsonl" -> text.replaceAll("\"seconds\":[^}]*", "");
                        default -> text.length() + " bytes, hash " + text.hashCode();
                    });
        }
        return content;
    }
}
