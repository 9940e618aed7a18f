package dev.getj.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

class MappedFileTest {
    @TempDir Path folder;

    @Test
    void theResultKeepsTheFileMapped() throws IOException {
        Path file = Files.write(folder.resolve("two"), new byte[] {7, 8});
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = MappedFile.open(file, arena, mapped -> mapped);
            assertEquals(2, bytes.byteSize());
            assertEquals(8, bytes.get(JAVA_BYTE, 1));
        }
    }

    @Test
    void aReaderThatFailsLeavesNothingMapped() throws IOException {
        Path file = Files.write(folder.resolve("damaged"), new byte[1]);
        Arena arena = Arena.ofConfined();
        GetjException damaged = new GetjException("damaged");
        GetjException told =
                assertThrows(
                        GetjException.class,
                        () ->
                                MappedFile.open(
                                        file,
                                        arena,
                                        _ -> {
                                            throw damaged;
                                        }));
        assertEquals(damaged, told);
        assertFalse(arena.scope().isAlive());
    }

    @Test
    void aFileThatIsMissingLeavesNothingOpen() {
        Arena arena = Arena.ofConfined();
        Path missing = folder.resolve("missing");
        assertThrows(GetjException.class, () -> MappedFile.open(missing, arena, mapped -> mapped));
        assertFalse(arena.scope().isAlive());
    }
}
