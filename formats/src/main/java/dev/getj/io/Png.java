package dev.getj.io;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/**
 * Square images as PNG files (ISO/IEC 15948), without AWT: signature, header, one compressed block
 * of rows that are not filtered, end.
 */
public final class Png {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};
    private static final int GREY = 0;
    private static final int RGB = 2;

    private Png() {}

    /**
     * An image, 8 bits a channel, by {@link #level}.
     *
     * @param pixels [C, S, S], nominally in [−1, 1]
     * @param channels 1 or 3
     * @param size S
     * @throws IllegalArgumentException if the numbers do not fit each other
     */
    public static byte[] encode(float[] pixels, int channels, int size) {
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException(
                    "a PNG has 1 or 3 channels, not %s".formatted(channels));
        }
        int area = Math.multiplyExact(size, size);
        if (size < 1 || pixels.length != channels * area) {
            throw new IllegalArgumentException(
                    "%s numbers are no image of %s × %s × %s"
                            .formatted(pixels.length, channels, size, size));
        }
        byte[] rows = new byte[size * (1 + channels * size)];
        int at = 0;
        for (int y = 0; y < size; y++) {
            at++; // the row's filter: none
            for (int x = 0; x < size; x++) {
                for (int c = 0; c < channels; c++) {
                    rows[at++] = (byte) level(pixels[c * area + y * size + x]);
                }
            }
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(file)) {
            out.write(SIGNATURE);
            chunk(out, "IHDR", header(size, channels == 1 ? GREY : RGB));
            chunk(out, "IDAT", compressed(rows));
            chunk(out, "IEND", new byte[0]);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return file.toByteArray();
    }

    /**
     * {@code x · 127.5 + 128}, clipped to 0…255 and truncated, as the PyTorch reference makes its
     * bytes; NaN becomes 0.
     */
    public static int level(float x) {
        return (int) Math.clamp(x * 127.5f + 128f, 0f, 255f);
    }

    private static byte[] header(int size, int colour) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(size);
        out.writeInt(size);
        // bits a channel, colour type, compression, filter method, interlacing
        out.write(new byte[] {8, (byte) colour, 0, 0, 0});
        return bytes.toByteArray();
    }

    private static byte[] compressed(byte[] rows) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
            out.write(rows);
        }
        return bytes.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        out.writeInt(data.length);
        out.write(name);
        out.write(data);
        out.writeInt((int) crc.getValue());
    }
}
