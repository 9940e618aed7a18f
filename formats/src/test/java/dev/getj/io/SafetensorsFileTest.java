package dev.getj.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Files are assembled by hand here, so that the reader is not only tested against our own writer.
 */
class SafetensorsFileTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    F64     | 000000000000f03f 000000000000e0bf | 1 -0.5
                    F32     | 0000803f 000000bf 0000807f        | 1 -0.5 Infinity
                    F16     | 003c 00b8 0100 007c ff7b          | 1 -0.5 5.9604645e-8 Infinity 65504
                    BF16    | 803f 00bf 807f                    | 1 -0.5 Infinity
                    F8_E4M3 | 38 b0 7e 01 7f                    | 1 -0.5 448 0.001953125 NaN
                    F8_E5M2 | 3c b8 7b 7c 01                    | 1 -0.5 57344 Infinity 1.5258789e-5
                    """)
    void readsEveryFloatType(String dtype, String hex, String expected) throws IOException {
        byte[] data = HexFormat.of().parseHex(hex.replace(" ", ""));
        String[] numbers = expected.split(" ");
        try (SafetensorsFile file =
                open(header("x", dtype, "[" + numbers.length + "]", 0, data.length), data)) {
            float[] values = file.floats("x");
            for (int i = 0; i < numbers.length; i++) {
                assertEquals(Float.parseFloat(numbers[i]), values[i]);
            }
            assertEquals(numbers.length, values.length);
        }
    }

    @Test
    void aFileInMemoryIsReadAlike() {
        Path path = folder.resolve("f.safetensors");
        new SafetensorsWriter()
                .metadata("a", "b")
                .addHalf("odd", new float[] {1, -0.5f, 3}, 3)
                .add("x", new float[] {1, 2, 3, 4}, 2, 2)
                .add("n", new long[] {7, -1}, 2)
                .write(path);
        byte[] content = assertDoesNotThrow(() -> Files.readAllBytes(path));
        try (SafetensorsFile mapped = SafetensorsFile.open(path);
                SafetensorsFile read = SafetensorsFile.of(Path.of("name"), content)) {
            assertEquals(mapped.names(), read.names());
            assertEquals(mapped.metadata(), read.metadata());
            assertArrayEquals(mapped.floats("odd"), read.floats("odd"));
            assertArrayEquals(mapped.floats("x"), read.floats("x"));
            assertArrayEquals(mapped.longs("n"), read.longs("n"));
        }
        byte[] cut = Arrays.copyOf(content, content.length - 1);
        String refused =
                assertThrows(GetjException.class, () -> SafetensorsFile.of(Path.of("name"), cut))
                        .getMessage();
        assertTrue(
                refused.startsWith("name is not a safetensors file that can be read: "), refused);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    BOOL | 00 01                             | 0 1
                    U8   | 01 ff                             | 1 255
                    I8   | 01 ff                             | 1 -1
                    U16  | 0100 ffff                         | 1 65535
                    I16  | 0100 ffff                         | 1 -1
                    U32  | 01000000 ffffffff                 | 1 4294967295
                    I32  | 01000000 ffffffff                 | 1 -1
                    I64  | 0100000000000000 ffffffffffffffff | 1 -1
                    U64  | 0100000000000000 ffffffffffffff7f | 1 9223372036854775807
                    """)
    void readsEveryIntegerType(String dtype, String hex, String expected) throws IOException {
        byte[] data = HexFormat.of().parseHex(hex.replace(" ", ""));
        String[] numbers = expected.split(" ");
        try (SafetensorsFile file = open(header("x", dtype, "[2]", 0, data.length), data)) {
            assertArrayEquals(
                    new long[] {Long.parseLong(numbers[0]), Long.parseLong(numbers[1])},
                    file.longs("x"));
        }
    }

    @Test
    void readsShapesMetadataAndParts() throws IOException {
        byte[] data =
                ByteBuffer.allocate(28)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putFloat(1)
                        .putFloat(2)
                        .putFloat(3)
                        .putFloat(4)
                        .putFloat(5)
                        .putFloat(6)
                        .putFloat(7)
                        .array();
        String header =
                "{\"b\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[24,28]},"
                    + "\"__metadata__\":{\"who\":\"me\"},\"none\":{\"dtype\":\"I64\",\"shape\":[0,3],\"data_offsets\":[0,0]},\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}}"
                    + "  ";
        try (SafetensorsFile file = open(header, data)) {
            assertEquals(List.of("none", "a", "b"), List.copyOf(file.names()));
            assertEquals(Map.of("who", "me"), file.metadata());
            assertArrayEquals(new long[] {2, 3}, file.entry("a").shape());
            assertEquals("a: F32 [2, 3]", file.entry("a").toString());
            assertEquals(1, file.entry("b").size());
            assertArrayEquals(new float[] {7}, file.floats("b"));
            assertArrayEquals(new long[0], file.longs("none"));
            assertTrue(file.has("a"));
            assertFalse(file.has("c"));
            float[] part = new float[4];
            file.floats("a", 2, part, 1, 3);
            assertArrayEquals(new float[] {0, 3, 4, 5}, part);
            assertThrows(IndexOutOfBoundsException.class, () -> file.floats("a", 5, part, 0, 2));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> file.floats("a", Long.MAX_VALUE, part, 0, 2));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    [1]                                                             | does not begin with '{'
                    {"x":                                                           | not valid JSON
                    {} {}                                                           | not valid JSON
                    {"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | Duplicate field 'x'
                    {"x":{"dtype":"F32","shape":[2],"dtype":"F16","data_offsets":[0,8]}} | Duplicate field 'dtype'
                    {"x":3}                                                         | tensor 'x' is not described by an object
                    {"x":{"shape":[2],"data_offsets":[0,8]}}                        | tensor 'x' has no dtype
                    {"x":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}          | tensor 'x' has the unknown dtype 'F31'
                    {"x":{"dtype":"F32","data_offsets":[0,8]}}                      | tensor 'x' has no shape
                    {"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}         | tensor 'x' has a shape with '-2' in it
                    {"x":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}        | tensor 'x' has a shape with '2.0' in it
                    {"x":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}} | tensor 'x' has a shape with '99999999999999999999' in it
                    {"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}} | tensor 'x' has a shape whose size overflows
                    {"x":{"dtype":"F32","shape":[2305843009213693952],"data_offsets":[0,8]}} | tensor 'x' has a shape whose size overflows
                    {"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}          | tensor 'x' needs 12 bytes for F32 [3], but its data_offsets hold 8
                    {"x":{"dtype":"F32","shape":[2]}}                               | tensor 'x' has no data_offsets
                    {"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}          | not a [begin, end] pair
                    {"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}        | not a [begin, end] pair
                    {"x":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}         | tensor 'x' ends at byte 12 of the data, but only 8 are there; the file is truncated
                    {"x":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775803,9223372036854775807]}} | the file is truncated
                    {"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}          | tensor 'x' begins at byte 4 of the data, after a gap that begins at 0
                    {"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | tensor 'y' begins at byte 4 of the data, inside another tensor
                    {"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}          | 4 bytes follow the last tensor
                    {"__metadata__":[],"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | __metadata__ is not an object
                    {"__metadata__":{"a":1},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | metadata entry 'a' is not a string
                    """)
    void saysWhatIsWrongWithTheHeader(String header, String complaint) {
        GetjException error = assertThrows(GetjException.class, () -> open(header, new byte[8]));
        assertTrue(error.getMessage().contains(complaint), error.getMessage());
        assertTrue(
                error.getMessage().startsWith(folder.resolve("x.safetensors").toString()),
                error.getMessage());
        assertFalse(error.getMessage().contains("\n"), error.getMessage());
    }

    @Test
    void saysWhatIsWrongWithTheFile() throws IOException {
        Path path = folder.resolve("x.safetensors");
        assertMessage("cannot read " + path + ": no such file", path);
        Files.write(path, new byte[7]);
        assertMessage("it has only 7 bytes", path);
        Files.write(path, lengthAnd(1L << 40, "{}"));
        assertMessage("its header would have 1099511627776 bytes, outside 2 to 100000000", path);
        Files.write(path, lengthAnd(-1, "{}"));
        assertMessage("its header would have 18446744073709551615 bytes", path);
        Files.write(path, lengthAnd(90_000_000, "{}"));
        assertMessage(
                "its header would have 90000000 bytes, the whole file has 10; it is truncated",
                path);
        assertMessage("it is a folder", folder);
    }

    @Test
    void refusesTheWrongKindAndUnknownNames() throws IOException {
        try (SafetensorsFile file = open(header("x", "F32", "[2]", 0, 8), new byte[8])) {
            assertEquals(
                    folder.resolve("x.safetensors") + ": tensor 'x' holds F32, not integers",
                    assertThrows(GetjException.class, () -> file.longs("x")).getMessage());
            assertEquals(
                    folder.resolve("x.safetensors") + " holds no tensor 'y'",
                    assertThrows(GetjException.class, () -> file.floats("y")).getMessage());
        }
        byte[] large = HexFormat.of().parseHex("ffffffffffffffff");
        try (SafetensorsFile file = open(header("x", "U64", "[1]", 0, 8), large)) {
            assertTrue(
                    assertThrows(GetjException.class, () -> file.longs("x"))
                            .getMessage()
                            .contains("holds 18446744073709551615"));
            assertTrue(
                    assertThrows(GetjException.class, () -> file.floats("x"))
                            .getMessage()
                            .contains("holds U64, not floats"));
        }
    }

    private static void assertMessage(String part, Path path) {
        GetjException error = assertThrows(GetjException.class, () -> SafetensorsFile.open(path));
        assertTrue(error.getMessage().contains(part), error.getMessage());
    }

    private static String header(String name, String dtype, String shape, int begin, int end) {
        return "{\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}}"
                .formatted(name, dtype, shape, begin, end);
    }

    private SafetensorsFile open(String header, byte[] data) throws IOException {
        byte[] head = lengthAnd(header.length(), header);
        byte[] bytes = ByteBuffer.allocate(head.length + data.length).put(head).put(data).array();
        return SafetensorsFile.open(Files.write(folder.resolve("x.safetensors"), bytes));
    }

    private static byte[] lengthAnd(long length, String header) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(text)
                .array();
    }

    @Test
    void aHeaderOfTooManyTensorsIsRefusedAsItIsRead() {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i <= 1 << 18; i++) {
            header.append(i == 0 ? "" : ",").append('"').append(i);
            header.append("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }
        String refusal =
                assertThrows(GetjException.class, () -> open(header + "}", new byte[0]))
                        .getMessage();
        assertTrue(refusal.endsWith("it holds more than 262144 tensors"), refusal);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"x":{"extra":NEST                     | nesting depth
                    {"x":{"dtype":"U8","shape":[ONES1]     | a shape of more than 64 numbers
                    """)
    void deepAndLongHeadersAreRefused(String header, String complaint) {
        String hostile =
                header.replace("NEST", "[".repeat(100_000)).replace("ONES", "1,".repeat(100));
        String refusal =
                assertThrows(GetjException.class, () -> open(hostile, new byte[0])).getMessage();
        assertTrue(refusal.contains(complaint), refusal);
    }
}
