package dev.getj.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

class Sha256Test {
    /** FIPS 180-2, appendix B.1. */
    private static final String ABC =
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir private Path folder;

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void ofBytesAndOfFiles() throws IOException {
        assertEquals(ABC, new Sha256().add(MemorySegment.ofArray(ascii("abc"))).hex());
        Path first = Files.write(folder.resolve("first"), ascii("ab"));
        Path second = Files.write(folder.resolve("second"), ascii("c"));
        assertEquals(ABC, new Sha256().add(first).add(second).hex());
        Path absent = folder.resolve("absent");
        assertThrows(GetjException.class, () -> new Sha256().add(absent));
    }

    /** More than one piece, of which the last value counts, too. */
    @Test
    void ofNumbers() {
        int[] labels = new int[100_000];
        String zeros = new Sha256().add(labels).hex();
        labels[labels.length - 1] = 1;
        assertNotEquals(zeros, new Sha256().add(labels).hex());
        float[] values = new float[100_000];
        assertEquals(zeros, new Sha256().add(values).hex());
        values[values.length - 1] = -0f;
        assertNotEquals(zeros, new Sha256().add(values).hex());
    }

    @Test
    void ofASafetensorsFileWhereverItLies() throws IOException {
        Path file = folder.resolve("weights.safetensors");
        new SafetensorsWriter().add("values", new float[] {1, 2}, 2).write(file);
        byte[] content = Files.readAllBytes(file);
        String digest = new Sha256().add(file).hex();
        try (SafetensorsFile mapped = SafetensorsFile.open(file);
                SafetensorsFile held =
                        SafetensorsFile.of(file, Arrays.copyOf(content, content.length))) {
            assertEquals(digest, mapped.sha256());
            assertEquals(digest, held.sha256());
        }
    }
}
