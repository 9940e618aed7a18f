package dev.getj.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Archives of Java's own writer, and what becomes of them when their directory lies. */
class ZipArchiveTest {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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

    /** A zip of 64-bit sizes, of empty entries named by their numbers. */
    private static MemorySegment empty(Arena arena, int entries) {
        String name = "00000000.";
        int local = 30 + name.length();
        int central = 46 + name.length();
        long directory = (long) local * entries;
        long end = directory + (long) central * entries;
        MemorySegment zip = arena.allocate(end + 56 + 20 + 22);
        for (int i = 0; i < entries; i++) {
            byte[] number = "%08d.".formatted(i).getBytes(StandardCharsets.US_ASCII);
            long at = (long) local * i;
            zip.set(INT, at, 0x04034b50);
            zip.set(SHORT, at + 26, (short) number.length);
            MemorySegment.copy(number, 0, zip, JAVA_BYTE, at + 30, number.length);
            long entry = directory + (long) central * i;
            zip.set(INT, entry, 0x02014b50);
            zip.set(SHORT, entry + 28, (short) number.length);
            zip.set(INT, entry + 42, (int) at);
            MemorySegment.copy(number, 0, zip, JAVA_BYTE, entry + 46, number.length);
        }
        end(zip, end, entries, directory);
        return zip;
    }

    private static void end(MemorySegment zip, long at, long entries, long directory) {
        zip.set(INT, at, 0x06064b50);
        zip.set(LONG, at + 32, entries);
        zip.set(LONG, at + 40, at - directory);
        zip.set(LONG, at + 48, directory);
        zip.set(INT, at + 56, 0x07064b50);
        zip.set(LONG, at + 64, at);
        zip.set(INT, at + 76, 0x06054b50);
    }

    @Test
    void anArchiveOfAllImageNetIsRead() {
        int pictures = 1_281_167 + 1;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zip = empty(arena, pictures);
            Map<String, ZipArchive.Entry> entries = ZipArchive.open("imagenet.zip", zip).entries();
            assertEquals(pictures, entries.size());
            assertTrue(entries.containsKey("01281167."));
        }
    }

    @Test
    void moreEntriesThanTheBoundAreRefusedBeforeTheyAreRead() {
        long entries = ZipDirectory.MAX_ENTRIES + 1;
        try (Arena arena = Arena.ofConfined()) {
            long end = entries * 46;
            MemorySegment zip = arena.allocate(end + 56 + 20 + 22);
            end(zip, end, entries, 0);
            assertEquals(
                    "cannot read many.zip: it holds 4194305 files, more than the 4194304 that are"
                            + " read; split it, or unpack it to a folder",
                    assertThrows(GetjException.class, () -> ZipArchive.open("many.zip", zip))
                            .getMessage());
        }
    }

    @Test
    void theTableOfEntriesHasABoundOfMemory() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zip = empty(arena, 10_000);
            assertEquals(10_000, ZipDirectory.read(zip, 5 << 20).size());
            assertEquals(
                    "its directory of 10000 files takes 4 MiB of Java's memory, and 3 may be used;"
                            + " raise the limit with -Xmx",
                    assertThrows(ZipDirectory.TooLarge.class, () -> ZipDirectory.read(zip, 3 << 20))
                            .getMessage());
        }
    }
}
