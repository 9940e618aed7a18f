package dev.getj.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

class TemporaryFilesTest {
    private static final long SELF = ProcessHandle.current().pid();

    /** Of no process: numbers end below. */
    private static final long GONE = 999_999_999;

    @TempDir Path folder;

    private Path left(String name, long pid) throws IOException {
        return Files.createFile(folder.resolve(".%s.%d-1a2b.tmp".formatted(name, pid)));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void writingAFileAgainDeletesWhatAKilledProcessLeftOfIt() throws IOException {
        left("out.bin", GONE);
        Path others = left("other.bin", GONE);
        Path running = left("out.bin", SELF);
        AtomicFile.write(folder.resolve("out.bin"), new byte[1]);
        assertEquals(
                List.of(
                                others.getFileName().toString(),
                                running.getFileName().toString(),
                                "out.bin")
                        .stream()
                        .sorted()
                        .toList(),
                names());
    }

    @Test
    void aNumberThatIsUsedAgainIsAnotherProcess() throws IOException {
        Path old = left("out.bin", SELF);
        Files.setLastModifiedTime(old, FileTime.from(Instant.EPOCH));
        AtomicFile.write(folder.resolve("out.bin"), new byte[1]);
        assertEquals(List.of("out.bin"), names());
    }

    @Test
    void aClaimedFolderIsSweptOfItsOwnFilesAndOfDeadProcesses() throws IOException {
        left("config.json", SELF);
        left("other.bin", GONE);
        Path running = left("other.bin", SELF);
        Path foreign = Files.createFile(folder.resolve(".notes.tmp"));
        TemporaryFiles.sweep(folder, "config.json"::equals);
        TemporaryFiles.sweep(folder.resolve("none"), _ -> true);
        assertEquals(
                List.of(foreign.getFileName().toString(), running.getFileName().toString()).stream()
                        .sorted()
                        .toList(),
                names());
    }

    @Test
    void aLinkIsReplacedInOneStepAndFallsBackToACopy() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "new");
        Path target = Files.writeString(folder.resolve("latest"), "old");
        AtomicFile.link(file, target);
        assertEquals("new", Files.readString(target));
        assertEquals(List.of("file", "latest"), names());
        assertThrows(GetjException.class, () -> AtomicFile.link(folder.resolve("none"), target));
        assertEquals("new", Files.readString(target));
        assertEquals(List.of("file", "latest"), names());
    }
}
