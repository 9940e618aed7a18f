package dev.getj.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class SafetensorsWriterTest {
    @TempDir Path folder;

    @Test
    void writesWhatTheReaderReads() {
        Path path = folder.resolve("t.safetensors");
        float[] large = new float[100_003];
        for (int i = 0; i < large.length; i++) {
            large[i] = (i - 50_000) / 7f;
        }
        new SafetensorsWriter()
                .metadata("title", "two \"lines\"\nand ü")
                .add("large", large, large.length)
                .addHalf("half", new float[] {1, -0.5f, 65504, 1e-8f}, 2, 2)
                .add("labels", new long[] {3, Long.MIN_VALUE, Long.MAX_VALUE}, 3)
                .add("scalar", new float[] {Float.NaN})
                .add("none", new float[0], 4, 0)
                .add(
                        "streamed",
                        DType.F32,
                        (first, target, count) -> {
                            for (int i = 0; i < count; i++) {
                                target[i] = first + i;
                            }
                        },
                        3,
                        10_000)
                .write(path);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals(
                    List.of("labels", "large", "none", "scalar", "streamed", "half"),
                    List.copyOf(file.names()));
            assertEquals(Map.of("title", "two \"lines\"\nand ü"), file.metadata());
            assertArrayEquals(large, file.floats("large"));
            assertArrayEquals(new float[] {1, -0.5f, 65504, 0}, file.floats("half"));
            assertArrayEquals(new long[] {2, 2}, file.entry("half").shape());
            assertArrayEquals(new long[] {3, Long.MIN_VALUE, Long.MAX_VALUE}, file.longs("labels"));
            assertArrayEquals(new float[] {Float.NaN}, file.floats("scalar"));
            assertEquals(0, file.floats("none").length);
            float[] streamed = file.floats("streamed");
            for (int i = 0; i < streamed.length; i++) {
                assertEquals(i, streamed[i]);
            }
        }
    }

    @Test
    void givesTheSameAlignedBytesInAnyOrder() throws IOException {
        Path one = folder.resolve("one.safetensors");
        Path two = folder.resolve("two.safetensors");
        new SafetensorsWriter()
                .metadata("k", "v")
                .metadata("a", "b")
                .add("x", new float[] {1}, 1)
                .add("y", new long[] {2}, 1)
                .add("a", new float[] {3}, 1)
                .write(one);
        new SafetensorsWriter()
                .add("a", new float[] {3}, 1)
                .add("y", new long[] {2}, 1)
                .add("x", new float[] {1}, 1)
                .metadata("a", "b")
                .metadata("k", "v")
                .write(two);
        byte[] bytes = Files.readAllBytes(one);
        assertArrayEquals(bytes, Files.readAllBytes(two));
        assertEquals(0, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0) % 8);
    }

    @Test
    void keepsTheOldFileWhenASourceFails() throws IOException {
        Path path = folder.resolve("t.safetensors");
        Files.writeString(path, "old");
        SafetensorsWriter writer =
                new SafetensorsWriter()
                        .add(
                                "x",
                                DType.F32,
                                (first, target, count) -> {
                                    if (first > 50_000) {
                                        throw new UncheckedIOException(
                                                new IOException("the source broke"));
                                    }
                                },
                                100_000);
        assertThrows(UncheckedIOException.class, () -> writer.write(path));
        assertEquals("old", Files.readString(path));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(path), files.toList());
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        SafetensorsWriter writer = new SafetensorsWriter().add("x", new float[] {1}, 1);
        assertThrows(IllegalArgumentException.class, () -> writer.add("x", new float[] {1}, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> writer.add("__metadata__", new float[] {1}, 1));
        assertThrows(IllegalArgumentException.class, () -> writer.add("y", new float[] {1, 2}, 3));
        assertThrows(
                IllegalArgumentException.class, () -> writer.add("y", new float[] {1}, -1, -1));
        assertThrows(
                IllegalArgumentException.class,
                () -> writer.add("y", DType.BF16, (_, _, _) -> {}, 1));
        assertFalse(Files.exists(folder.resolve("t.safetensors")));
        assertTrue(
                assertThrows(GetjException.class, () -> writer.write(folder))
                        .getMessage()
                        .contains("is a folder"));
    }
}
