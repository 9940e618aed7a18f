package dev.getj.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Arrays that NumPy saved: of every type, in both orders, packed or not. */
class NumpyFileTest {
    private static final Path FILES = Path.of("src/test/resources/numpy");

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"arrays.npz", "compressed.npz"})
    void everyTypeAndOrderIsRead(String name) {
        double[] real = IntStream.range(0, 24).asDoubleStream().toArray();
        long[] whole = LongStream.range(0, 24).toArray();
        try (NumpyFile file = NumpyFile.open(FILES.resolve(name))) {
            for (String array : List.of("f8", "f4", "f2", "big", "fortran")) {
                assertArrayEquals(new long[] {2, 3, 4}, file.array(array).shape(), array);
                assertArrayEquals(real, file.array(array).doubles(), array);
            }
            for (String array : List.of("i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "bigint")) {
                assertArrayEquals(whole, file.array(array).longs(), array);
            }
            assertArrayEquals(
                    LongStream.range(0, 24).map(i -> (i + 1) % 2).toArray(),
                    file.array("bool").longs());
            assertArrayEquals(new double[] {2.5}, file.array("scalar").doubles());
            assertArrayEquals(new long[] {0, 3}, file.array("empty").shape());
            assertEquals(0, file.array("empty").doubles().length);
            byte[] bytes = new byte[24 * 8];
            file.array("big").copy(0, bytes, 24);
            assertEquals(0x3f, bytes[15], "big-endian elements are copied little-endian");
            assertEquals(
                    file.path() + " holds no array 'none', only " + String.join(", ", file.names()),
                    assertThrows(GetjException.class, () -> file.array("none")).getMessage());
        }
    }

    @Test
    void aSingleArrayIsRead() {
        try (NumpyFile file = NumpyFile.open(FILES.resolve("single.npy"))) {
            assertEquals(23f, file.array("arr_0").floats()[23]);
        }
    }

    /** Written by {@code numpy.savez(mu=…, sigma=…)}. */
    @Test
    void statisticsAreReadExactly() throws IOException {
        byte[] raw = Files.readAllBytes(FILES.resolve("stats.npz"));
        try (NumpyFile file = NumpyFile.open(FILES.resolve("stats.npz"))) {
            double[] mu = file.array("mu").doubles();
            double[] sigma = file.array("sigma").doubles();
            assertEquals(16, mu.length);
            assertEquals(256, sigma.length);
            assertTrue(contains(raw, mu) && contains(raw, sigma), "bit for bit as stored");
            for (int i = 0; i < 16; i++) {
                for (int j = 0; j < 16; j++) {
                    assertEquals(sigma[i * 16 + j], sigma[j * 16 + i], 1e-12, "symmetric");
                }
            }
        }
    }

    private static boolean contains(byte[] file, double[] values) {
        String text = new String(file, StandardCharsets.ISO_8859_1);
        StringBuilder wanted = new StringBuilder();
        for (double value : values) {
            long bits = Double.doubleToRawLongBits(value);
            for (int b = 0; b < 8; b++) {
                wanted.append((char) (bits >>> 8 * b & 0xFF));
            }
        }
        return text.contains(wanted);
    }

    @ParameterizedTest
    @CsvSource({
        "text.npz, words, holds elements of type '<U1'; floats",
        "objects.npz, things, holds elements of type '|O'; floats"
    })
    void otherTypesAreRefusedByName(String name, String array, String reason) {
        try (NumpyFile file = NumpyFile.open(FILES.resolve(name))) {
            String message =
                    assertThrows(GetjException.class, () -> file.array(array)).getMessage();
            assertTrue(message.contains(reason), message);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {'descr': '<f4', 'fortran_order': False, 'shape': (3,), }            | it needs 3 elements of storage, but there are 2
                    {'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), } | its size overflows
                    {'descr': '<f4', 'fortran_order': True, 'shape': (4294967296, 4294967296), }  | its size overflows
                    {'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), } | its shape is (99999999999999999999,)
                    {'descr': '<f4', 'fortran_order': Maybe, 'shape': (2,), }            | its header has no readable fortran_order
                    {'fortran_order': False, 'shape': (2,), }                            | its header has no readable descr
                    {'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }           | its header has no readable shape
                    """)
    void damagedHeadersAreRefused(String header, String reason) throws IOException {
        Path path = folder.resolve("damaged.npy");
        byte[] text = header.getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = new byte[10 + text.length + 8];
        System.arraycopy(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, 0, bytes, 0, 8);
        bytes[8] = (byte) text.length;
        System.arraycopy(text, 0, bytes, 10, text.length);
        Files.write(path, bytes);
        try (NumpyFile file = NumpyFile.open(path)) {
            assertEquals(
                    path + ": array 'arr_0' is damaged: " + reason,
                    assertThrows(GetjException.class, () -> file.array("arr_0")).getMessage());
        }
    }

    /** Headers of 64 kB that made a pattern go back and forth. */
    @ParameterizedTest
    @ValueSource(strings = {"'shape':(", "'shape': (1,\t", "'descr':", "(", "'", "{'a': ("})
    void aHeaderIsReadInOnePass(String repeated) throws IOException {
        Path path = folder.resolve("long.npy");
        byte[] text =
                ("{" + repeated + " ".repeat(20) + repeated.repeat(65_000 / repeated.length()))
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = new byte[10 + text.length];
        System.arraycopy(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, 0, bytes, 0, 8);
        bytes[8] = (byte) text.length;
        bytes[9] = (byte) (text.length >> 8);
        System.arraycopy(text, 0, bytes, 10, text.length);
        Files.write(path, bytes);
        try (NumpyFile file = NumpyFile.open(path)) {
            assertTimeout(
                    Duration.ofSeconds(5),
                    () -> assertThrows(GetjException.class, () -> file.array("arr_0")));
        }
    }
}
