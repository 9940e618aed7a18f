package dev.getj.picture;

import dev.getj.io.GetjException;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.zip.CRC32;

/** The chunks of a PNG file, checked before a decoder is asked. */
final class PngStructure {
    private static final int SIGNATURE = 8;

    /** Length, name and check sum of a chunk. */
    private static final int FRAME = 12;

    private static final Set<String> NEEDED = Set.of("IHDR", "PLTE", "tRNS", "IDAT");

    private PngStructure() {}

    /**
     * The chunks that pixels depend on: no texts, profiles or tags, whatever they unpack to.
     *
     * @param label of the file, for messages
     * @throws GetjException if it is cut off or a check sum of these chunks does not fit
     */
    static byte[] picture(String label, byte[] bytes) {
        ByteArrayOutputStream picture = new ByteArrayOutputStream(bytes.length);
        picture.write(bytes, 0, Math.min(SIGNATURE, bytes.length));
        ByteBuffer file = ByteBuffer.wrap(bytes);
        int at = SIGNATURE;
        while (at + FRAME <= bytes.length) {
            int length = file.getInt(at);
            if (length < 0 || length > bytes.length - FRAME - at) {
                break;
            }
            String name = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
            boolean end = name.equals("IEND");
            if (end || NEEDED.contains(name)) {
                check(label, bytes, at, length, name);
                picture.write(bytes, at, FRAME + length);
            }
            if (end) {
                return picture.toByteArray();
            }
            at += FRAME + length;
        }
        throw new GetjException(
                label + " is a damaged picture: it is cut off, its last chunk is missing");
    }

    private static void check(String label, byte[] bytes, int at, int length, String name) {
        CRC32 crc = new CRC32();
        crc.update(bytes, at + 4, 4 + length);
        if ((int) crc.getValue() != ByteBuffer.wrap(bytes).getInt(at + 8 + length)) {
            throw new GetjException(
                    "%s is a damaged picture: the check sum of its chunk %s does not fit"
                            .formatted(label, name));
        }
    }
}
