package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.NumpyFile;
import dev.getj.io.Png;
import dev.getj.io.SafetensorsFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import picocli.CommandLine;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

import javax.imageio.ImageIO;

/** The forms in which samples are written. */
class ImageFilesTest {
    private static final String SAMPLE = "sample --weights builtin:strokes --quiet --count 3 ";

    @TempDir private Path folder;

    /** Runs a command; what it wrote as bytes, and what it printed besides. */
    private record Bytes(int code, byte[] bytes, String err) {
        static Bytes of(String line) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            StandardOutput output = new StandardOutput(bytes);
            StringWriter err = new StringWriter();
            int code =
                    Main.run(
                            line.split(" "),
                            output,
                            new PrintWriter(output, true),
                            new PrintWriter(err, true));
            return new Bytes(code, bytes.toByteArray(), err.toString());
        }
    }

    @Test
    void allFormsHoldTheSameImages() throws IOException {
        Path raw = folder.resolve("s.safetensors");
        Path numpy = folder.resolve("s.npz");
        Path images = folder.resolve("images");
        CommandsTest.ok(SAMPLE + "--out " + raw);
        CommandsTest.ok(SAMPLE + "--out " + numpy + " --images " + images);
        assertFalse(folder.resolve("samples.png").toFile().exists());
        assertEquals(3, images.toFile().list().length);
        try (SafetensorsFile expected = SafetensorsFile.open(raw);
                NumpyFile bytes = NumpyFile.open(numpy)) {
            float[] pixels = expected.floats("image");
            assertArrayEquals(new long[] {3, 16, 16, 1}, bytes.array("arr_0").shape());
            byte[] levels = bytes.array("arr_0").contiguous().toArray(ValueLayout.JAVA_BYTE);
            assertArrayEquals(expected.longs("label"), bytes.array("arr_1").longs());
            for (int i = 0; i < 3; i++) {
                BufferedImage image = ImageIO.read(images.resolve("00000" + i + ".png").toFile());
                assertEquals(16, image.getWidth());
                for (int at = 0; at < 256; at++) {
                    int level = Png.level(pixels[i * 256 + at]);
                    assertEquals(level, Byte.toUnsignedInt(levels[i * 256 + at]));
                    assertEquals(level, image.getRaster().getSample(at % 16, at / 16, 0));
                }
            }
        }
    }

    @Test
    void aHyphenIsStandardOutput() throws IOException {
        Path raw = folder.resolve("s.safetensors");
        CommandsTest.ok(SAMPLE + "--out " + raw);
        Bytes written = Bytes.of(SAMPLE + "--out -");
        assertEquals(0, written.code, written.err);
        assertArrayEquals(Files.readAllBytes(raw), written.bytes);
        assertTrue(written.err.startsWith("3 images in "), written.err);
        Bytes picture = Bytes.of(SAMPLE + "--grid -");
        assertEquals(0, picture.code, picture.err);
        assertTrue(ImageIO.read(new ByteArrayInputStream(picture.bytes)).getWidth() > 16);
    }

    @ParameterizedTest
    @CsvSource({
        "--out - --grid -, --out - and --grid - both want standard output",
        "--out - --json, --out - and --json both want standard output",
        "--grid=- --json, --grid - and --json both want standard output",
    })
    void standardOutputTakesOneThing(String options, String message) {
        Bytes refused = Bytes.of(SAMPLE + options);
        assertEquals(2, refused.code);
        assertEquals(0, refused.bytes.length);
        assertEquals("getj: " + message, refused.err.lines().findFirst().orElse(""));
    }

    @CommandLine.Command
    private static final class Both {
        @CommandLine.Mixin private CommonOptions common;
        @CommandLine.Mixin private ImageFiles files;
    }

    @Test
    void coloursComeLastInNumpyFiles() {
        float[] pixels = {-1, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 1};
        Path file = folder.resolve("c.npz");
        Both command = new Both();
        new CommandLine(command).parseArgs("--quiet", "--out", file.toString());
        command.files.write(command.common, new ImageFiles.Made(pixels, null, 1, 3, 2), () -> null);
        try (NumpyFile read = NumpyFile.open(file)) {
            assertArrayEquals(
                    new byte[] {
                        0, (byte) 128, -1, 0, (byte) 128, -1, 0, (byte) 128, -1, 0, (byte) 128, -1
                    },
                    read.array("arr_0").contiguous().toArray(ValueLayout.JAVA_BYTE));
            assertFalse(read.has("arr_1"));
        }
    }
}
