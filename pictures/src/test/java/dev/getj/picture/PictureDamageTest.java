package dev.getj.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.awt.image.BufferedImage;
import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;

/** Pictures as disks, networks and other programs leave them, made here. */
class PictureDamageTest {
    private static final int SIDE = 48;

    /** Smooth colours, and one sharp corner. */
    private static BufferedImage image(int type) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, type);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int blue = x < 8 && y < 8 ? 200 : 20;
                image.setRGB(x, y, 5 * x << 16 | (240 - 4 * y) << 8 | blue);
            }
        }
        return image;
    }

    private static byte[] encoded(RenderedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, format, out));
        return out.toByteArray();
    }

    /** A JPEG file without subsampling. */
    private static byte[] jpeg(boolean progressive) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam settings = writer.getDefaultWriteParam();
        if (progressive) {
            settings.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
        }
        BufferedImage image = image(BufferedImage.TYPE_INT_RGB);
        IIOMetadata metadata =
                writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), settings);
        String form = metadata.getNativeMetadataFormatName();
        IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(form);
        IIOMetadataNode first =
                (IIOMetadataNode) root.getElementsByTagName("componentSpec").item(0);
        first.setAttribute("HsamplingFactor", "1");
        first.setAttribute("VsamplingFactor", "1");
        metadata.setFromTree(form, root);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ImageOutputStream to = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(to);
            writer.write(null, new IIOImage(image, null, metadata), settings);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    private static byte[] file(String kind) throws IOException {
        return switch (kind) {
            case "jpeg" -> jpeg(false);
            case "progressive" -> jpeg(true);
            default -> encoded(image(BufferedImage.TYPE_INT_RGB), kind);
        };
    }

    private static String refusal(byte[] bytes) {
        String message =
                assertThrows(GetjException.class, () -> Picture.decode("x", bytes, 3)).getMessage();
        assertTrue(message.startsWith("x "), message);
        return message;
    }

    private static int marker(byte[] bytes, int code) {
        for (int at = 0; at + 1 < bytes.length; at++) {
            if (bytes[at] == (byte) 0xFF && bytes[at + 1] == (byte) code) {
                return at;
            }
        }
        throw new AssertionError("there is no marker " + code);
    }

    private static byte[] without(byte[] bytes, int from, int length) {
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - length);
        System.arraycopy(bytes, from + length, shorter, from, shorter.length - from);
        return shorter;
    }

    // ---- what is read --------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "gif", "jpeg", "progressive"})
    void everyFormatIsRead(String kind) throws IOException {
        Picture picture = Picture.decode("x", file(kind), 3);
        float[] expected = Picture.decode("x", file("png"), 3).levels();
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            sum += Math.abs(expected[i] - picture.levels()[i]);
        }
        // GIF has 256 colours of these; JPEG blurs the corner
        double allowed = kind.equals("gif") ? 6 : kind.length() > 3 ? 3 : 0;
        assertTrue(sum / expected.length <= allowed, kind + " differs by " + sum / expected.length);
    }

    @Test
    void samplesOfFiveBitsAreStretchedToEight() throws IOException {
        byte[] bmp = encoded(image(BufferedImage.TYPE_USHORT_565_RGB), "bmp");
        assertEquals(240, Picture.decode("x", bmp, 3).levels()[SIDE * SIDE], 8);
    }

    /** libjpeg: without a JFIF or Adobe segment, components are Y, Cb, Cr unless called R, G, B. */
    @ParameterizedTest
    @CsvSource({"1, 2, 3", "4, 2, 3", "0, 1, 2"})
    void componentIdsWithoutJfifStillMeanYCbCr(byte y, byte cb, byte cr) throws IOException {
        byte[] bytes = jpeg(false);
        float[] expected = Picture.decode("x", bytes, 3).levels();
        int app0 = marker(bytes, 0xE0);
        int length = 2 + (bytes[app0 + 2] & 0xFF) * 256 + (bytes[app0 + 3] & 0xFF);
        byte[] bare = without(bytes, app0, length);
        assertArrayEquals(expected, Picture.decode("x", named(bare, y, cb, cr), 3).levels());
    }

    @Test
    void componentsCalledRgbAreNotConverted() throws IOException {
        byte[] bytes = jpeg(false);
        int app0 = marker(bytes, 0xE0);
        byte[] bare = without(bytes, app0, 18);
        float[] plain = Picture.decode("x", bare, 3).levels();
        byte[] rgb = named(bare, (byte) 'R', (byte) 'G', (byte) 'B');
        float[] taken = Picture.decode("x", rgb, 3).levels();
        // the luma of the picture is now its red
        int middle = SIDE * SIDE / 2;
        float luma =
                0.299f * plain[middle]
                        + 0.587f * plain[SIDE * SIDE + middle]
                        + 0.114f * plain[2 * SIDE * SIDE + middle];
        assertEquals(luma, taken[middle], 1.5f);
    }

    private static byte[] named(byte[] bytes, byte... ids) {
        byte[] renamed = bytes.clone();
        int frame = marker(bytes, 0xC0);
        int scan = marker(bytes, 0xDA);
        for (int c = 0; c < 3; c++) {
            renamed[frame + 10 + 3 * c] = ids[c];
            renamed[scan + 5 + 2 * c] = ids[c];
        }
        return renamed;
    }

    // ---- what is refused -----------------------------------------------------------------------

    /**
     * Whether a cut loses pixels is not always clear to a decoder: then the whole must come out.
     */
    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "gif", "jpeg", "progressive"})
    void aFileThatIsCutOffIsRefused(String kind) throws IOException {
        byte[] whole = file(kind);
        float[] expected = Picture.decode("x", whole, 3).levels();
        int step = Math.max(1, whole.length / 97);
        for (int length = whole.length - 3; length > 0; length -= step) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                float[] levels = Picture.decode("x", cut, 3).levels();
                assertEquals("gif", kind, kind + " cut to " + length + " was read");
                assertArrayEquals(expected, levels, kind + " cut to " + length);
            } catch (GetjException refused) {
                assertFalse(refused.getMessage().isBlank());
            }
        }
    }

    @Test
    void aJpegFileWhoseSecondHalfIsEmptyIsRefused() throws IOException {
        byte[] bytes = file("jpeg");
        Arrays.fill(bytes, bytes.length * 3 / 4, bytes.length - 2, (byte) 0);
        assertTrue(refusal(bytes).startsWith("x is a damaged picture"));
    }

    @Test
    void scansAreBounded() throws IOException {
        byte[] bytes = file("progressive");
        int last = bytes.length - 2;
        while (bytes[last] != (byte) 0xFF || bytes[last + 1] != (byte) 0xDA) {
            last--;
        }
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        many.write(bytes, 0, last);
        for (int i = 0; i < JpegStructure.MAX_SCANS; i++) {
            many.write(bytes, last, bytes.length - 2 - last);
        }
        many.write(bytes, bytes.length - 2, 2);
        assertEquals(
                "x has more than 100 scans, more than encoders write; save the picture again",
                refusal(many.toByteArray()));
    }

    @Test
    void damageInsideAPngFileIsFound() throws IOException {
        byte[] bytes = file("png");
        bytes[bytes.length / 2] ^= 1;
        assertEquals(
                "x is a damaged picture: the check sum of its chunk IDAT does not fit",
                refusal(bytes));
    }

    /** The name of a file is not asked, its first bytes are. */
    @ParameterizedTest
    @CsvSource({
        "'', is empty",
        "RIFF1234WEBPVP8, is a WebP picture",
        "II*, is no picture",
        "<!DOCTYPE html>, is an HTML or XML page",
        "version https://git-lfs.github.com/spec/v1, is a pointer of Git LFS",
        "'    ftypavif', is an AVIF or HEIC picture",
        "something else, is no picture"
    })
    void whatAFileIsInsteadIsSaid(String content, String reason) {
        String message = refusal(content.getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(message.startsWith("x " + reason), message);
        assertTrue(message.endsWith("; PNG, JPEG, BMP and GIF pictures are read"), message);
    }

    @Test
    void aBmpFileAroundAnotherPictureIsRefused() throws IOException {
        byte[] bytes = file("bmp");
        bytes[30] = 4;
        assertEquals(
                "x is a BMP file around a picture of another format; save that", refusal(bytes));
    }
}
