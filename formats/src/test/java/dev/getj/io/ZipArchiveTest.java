package dev.getj.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Archives of Java's own writer, and what becomes of them when their directory lies. */
class ZipArchiveTest {
    private static final byte[] TEXT = "some text".repeat(50).getBytes(StandardCharsets.UTF_8);

    private static byte[] archive() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("packed"));
            zip.write(TEXT);
            ZipEntry plain = new ZipEntry("plain!");
            plain.setMethod(ZipEntry.STORED);
            plain.setSize(TEXT.length);
            CRC32 crc = new CRC32();
            crc.update(TEXT);
            plain.setCrc(crc.getValue());
            zip.putNextEntry(plain);
            zip.write(TEXT);
        }
        return bytes.toByteArray();
    }

    private static ZipArchive open(byte[] bytes) {
        return ZipArchive.open("FILE", MemorySegment.ofArray(bytes));
    }

    private static int directory(byte[] archive) {
        return little(archive).getInt(archive.length - 6);
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String refusal(byte[] archive) {
        return assertThrows(GetjException.class, () -> open(archive)).getMessage();
    }

    @Test
    void readsStoredAndPackedEntries() throws IOException {
        ZipArchive archive = open(archive());
        for (String name : new String[] {"packed", "plain!"}) {
            ZipArchive.Entry entry = archive.entries().get(name);
            archive.check(entry);
            assertArrayEquals(TEXT, archive.content(entry, 1000).toArray(JAVA_BYTE), name);
        }
        assertTrue(archive.entries().get("packed").compressed());
    }

    @Test
    void unpacksNoMoreThanAllowed() throws IOException {
        ZipArchive archive = open(archive());
        ZipArchive.Entry packed = archive.entries().get("packed");
        assertEquals(
                "FILE: 'packed' would unpack to 450 bytes, more than the 449 that are read; store"
                        + " it uncompressed",
                assertThrows(GetjException.class, () -> archive.content(packed, 449)).getMessage());
    }

    @Test
    void aSizeThatLiesIsFound() throws IOException {
        byte[] bytes = archive();
        for (int size : new int[] {449, 451}) {
            little(bytes).putInt(directory(bytes) + 24, size);
            ZipArchive archive = open(bytes);
            assertEquals(
                    "FILE is damaged: 'packed' does not unpack to the "
                            + size
                            + " bytes it promises",
                    assertThrows(
                                    GetjException.class,
                                    () -> archive.content(archive.entries().get("packed"), 1000))
                            .getMessage());
        }
        little(bytes).putInt(directory(bytes) + 24, 100_000_000);
        assertTrue(refusal(bytes).contains("'packed' cannot have 100000000 bytes, packed into"));
    }

    @Test
    void aFlippedBitIsFound() throws IOException {
        byte[] bytes = archive();
        bytes[directory(bytes) - 5] ^= 4;
        ZipArchive archive = open(bytes);
        assertEquals(
                "FILE is damaged: the check sum of 'plain!' does not fit its bytes",
                assertThrows(
                                GetjException.class,
                                () -> archive.check(archive.entries().get("plain!")))
                        .getMessage());
    }

    @Test
    void overlappingTwiceNamedAndUnknownEntriesAreRefused() throws IOException {
        byte[] overlapping = archive();
        int first = directory(overlapping);
        int second = first + 46 + "packed".length();
        little(overlapping).putInt(second + 42, little(overlapping).getInt(first + 42));
        assertTrue(refusal(overlapping).contains("overlap"), refusal(overlapping));

        byte[] twice = archive();
        System.arraycopy("packed".getBytes(StandardCharsets.US_ASCII), 0, twice, second + 46, 6);
        assertEquals("FILE is damaged: it holds 'packed' twice", refusal(twice));

        byte[] method = archive();
        little(method).putShort(first + 10, (short) 12);
        assertEquals(
                "FILE is damaged: 'packed' is packed by method 12, which is not read",
                refusal(method));

        byte[] encrypted = archive();
        little(encrypted).putShort(first + 8, (short) 1);
        assertEquals(
                "FILE is damaged: 'packed' is encrypted, which is not read", refusal(encrypted));
    }

    @Test
    void directoriesOutsideTheFileAreRefused() throws IOException {
        byte[] bytes = archive();
        little(bytes).putInt(bytes.length - 6, bytes.length);
        assertTrue(refusal(bytes).contains("does not fit a file of"));
        byte[] many = archive();
        little(many).putShort(many.length - 12, (short) -1);
        assertTrue(refusal(many).contains("a directory of 65535 entries"));
        byte[] beyond = archive();
        little(beyond).putInt(directory(beyond) + 42, -1);
        assertTrue(refusal(beyond).startsWith("FILE is damaged: "), refusal(beyond));
    }
}
