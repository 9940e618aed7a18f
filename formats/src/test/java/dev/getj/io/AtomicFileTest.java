package dev.getj.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class AtomicFileTest {
    @TempDir Path folder;

    @Test
    void writesReplacesAndMakesFolders() throws IOException {
        Path path = folder.resolve("a/b/file.bin");
        AtomicFile.write(path, new byte[] {1, 2});
        AtomicFile.write(path, new byte[] {3});
        assertArrayEquals(new byte[] {3}, Files.readAllBytes(path));
        assertEquals(List.of(path), list(path.getParent()));
    }

    @Test
    void aFullDiskIsNamedAndLeavesNothingBehind() throws IOException {
        Path path = folder.resolve("file.bin");
        GetjException error =
                assertThrows(
                        GetjException.class,
                        () ->
                                AtomicFile.write(
                                        path,
                                        out -> {
                                            out.write(new byte[1 << 20]);
                                            throw new IOException("No space left on device");
                                        }));
        assertEquals(
                "cannot write "
                        + path
                        + ": no space left on the disk; free some or choose another place",
                error.getMessage());
        assertEquals(List.of(), list(folder));
    }

    @Test
    void aFailureKeepsTheOldContent() throws IOException {
        Path path = Files.writeString(folder.resolve("file.txt"), "old");
        assertThrows(
                IllegalStateException.class,
                () ->
                        AtomicFile.write(
                                path,
                                out -> {
                                    out.write(1);
                                    throw new IllegalStateException();
                                }));
        assertEquals("old", Files.readString(path));
        assertEquals(List.of(path), list(folder));
    }

    @Test
    void refusesFoldersAndFollowsLinks() throws IOException {
        GetjException error =
                assertThrows(GetjException.class, () -> AtomicFile.write(folder, new byte[1]));
        assertEquals("cannot write " + folder + ": it is a folder", error.getMessage());
        Path real = Files.writeString(folder.resolve("real"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        AtomicFile.write(link, "new".getBytes());
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(real));
    }

    @Test
    void messagesAreOneLine() {
        assertEquals("a b", new GetjException("a\r\nb").getMessage());
        assertFalse(
                GetjException.reading(folder, new IOException((String) null))
                        .getMessage()
                        .contains("null"));
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
