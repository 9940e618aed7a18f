package dev.getj.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.zip.ZipFile;

class NpzWriterTest {
    @TempDir private Path folder;

    private static final byte[] IMAGES = {0, 1, 127, (byte) 128, (byte) 200, (byte) 255};

    private Path written() {
        Path file = folder.resolve("a.npz");
        new NpzWriter()
                .add("arr_0", IMAGES, 1, 2, 3, 1)
                .add("arr_1", LongStream.range(-10_000, 10_000).toArray(), 20_000)
                .write(file);
        return file;
    }

    @Test
    void whatIsWrittenIsRead() {
        try (NumpyFile read = NumpyFile.open(written())) {
            assertEquals(Set.of("arr_0", "arr_1"), read.names());
            assertArrayEquals(new long[] {1, 2, 3, 1}, read.array("arr_0").shape());
            assertEquals(DType.U8, read.array("arr_0").dtype());
            assertArrayEquals(
                    IMAGES, read.array("arr_0").contiguous().toArray(ValueLayout.JAVA_BYTE));
            assertArrayEquals(new long[] {20_000}, read.array("arr_1").shape());
            assertArrayEquals(
                    LongStream.range(-10_000, 10_000).toArray(), read.array("arr_1").longs());
        }
    }

    /** As {@code numpy.lib.format} describes version 1.0. */
    @Test
    void anArrayBeginsWithTheHeaderOfNumpy() throws IOException {
        try (ZipFile zip = new ZipFile(written().toFile())) {
            byte[] array = zip.getInputStream(zip.getEntry("arr_0.npy")).readAllBytes();
            ByteBuffer bytes = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
            assertEquals(
                    "\u0093NUMPY\u0001\u0000",
                    new String(array, 0, 8, StandardCharsets.ISO_8859_1));
            int length = bytes.getShort(8);
            assertEquals(0, (10 + length) % 64);
            assertEquals(10 + length + IMAGES.length, array.length);
            assertEquals(
                    "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 3, 1,), }",
                    new String(array, 10, length, StandardCharsets.US_ASCII).strip());
            assertEquals('\n', array[9 + length]);
        }
    }

    @Test
    void theSameArraysMakeTheSameBytes() throws IOException {
        byte[] first = Files.readAllBytes(written());
        assertArrayEquals(first, Files.readAllBytes(written()));
    }

    @Test
    void aShapeMustFitAndANameIsTakenOnce() {
        NpzWriter writer = new NpzWriter().add("a", IMAGES, 6);
        assertThrows(IllegalArgumentException.class, () -> writer.add("b", IMAGES, 5));
        assertThrows(IllegalArgumentException.class, () -> writer.add("a", IMAGES, 6));
    }
}
