package dev.getj.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;
import dev.getj.io.NumpyFile;
import dev.getj.io.StridedTensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;

/** Pictures that Pillow wrote, against what Pillow reads and resizes. */
class PictureTest {
    private static final Path FILES = Path.of("src/test/resources/pictures");

    @TempDir Path folder;

    private static Picture read(String name, int channels) {
        return Picture.read(FILES.resolve(name), channels);
    }

    /** Pillow's levels, [C, height, width]. */
    private static float[] expected(String name, int channels) {
        try (NumpyFile file = NumpyFile.open(FILES.resolve("expected.npz"))) {
            StridedTensor array = file.array(name);
            long[] values = array.longs();
            int stored = array.shape().length == 2 ? 1 : 3;
            int plane = values.length / stored;
            float[] levels = new float[channels * plane];
            for (int i = 0; i < levels.length; i++) {
                int channel = stored == 1 ? 0 : i / plane;
                levels[i] = values[i % plane * stored + channel];
            }
            return levels;
        }
    }

    private static double meanDifference(float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length);
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            sum += Math.abs(expected[i] - actual[i]);
        }
        return sum / expected.length;
    }

    @ParameterizedTest
    @CsvSource({
        "colour.png, colour, 3",
        "alpha.png, colour, 3",
        "picture.bmp, colour, 3",
        "palette.png, palette, 3",
        "grey.png, grey, 1",
        "grey.png, grey, 3"
    })
    void losslessPicturesAreReadExactly(String file, String array, int channels) {
        Picture picture = read(file, channels);
        assertEquals(40, picture.width());
        assertEquals(30, picture.height());
        assertArrayEquals(expected(array, channels), picture.levels());
    }

    @Test
    void sixteenBitsAndTransparentGreyAreRead() {
        float[] red = Arrays.copyOf(expected("colour", 3), 1200);
        assertArrayEquals(red, read("grey16.png", 1).levels());
        assertArrayEquals(red, read("grey_alpha.png", 1).levels());
    }

    @Test
    void coloursBecomeGreyAsPillowDoes() {
        assertTrue(meanDifference(expected("grey", 1), read("colour.png", 1).levels()) < 0.5);
    }

    /** Two decoders may differ by a level. */
    @ParameterizedTest
    @CsvSource({"colour.jpg, colour_jpg, 3", "grey.jpg, grey_jpg, 1"})
    void jpegPicturesAreRead(String file, String array, int channels) {
        assertTrue(meanDifference(expected(array, channels), read(file, channels).levels()) < 1);
    }

    @Test
    void theMiddleSquareIsCutOut() {
        assertArrayEquals(expected("square", 3), read("colour.png", 3).centre().levels());
    }

    /**
     * Pillow rounds to whole levels after each direction; the second one's weights, whose
     * magnitudes add up to 1.4, can make 0.7 of the first half level.
     */
    @ParameterizedTest
    @CsvSource({"shrunk, 8", "grown, 64"})
    void sizesChangeAsWithPillow(String array, int side) {
        Picture square = read("colour.png", 3).centre();
        assertArrayEquals(expected(array, 3), square.resized(side, side).levels(), 1.2f);
        assertArrayEquals(square.levels(), square.resized(30, 30).levels(), 1e-3f);
        assertArrayEquals(
                expected("stretched", 3), read("colour.png", 3).resized(16, 16).levels(), 1.2f);
    }

    @Test
    void othersAreRefused() {
        String message = assertThrows(GetjException.class, () -> read("cmyk.jpg", 3)).getMessage();
        assertTrue(message.contains("is neither grey nor in RGB"), message);
    }

    @Test
    void aPictureThatClaimsToBeHugeIsRefusedBeforeItIsDecoded() throws IOException {
        byte[] bytes = Files.readAllBytes(FILES.resolve("colour.png"));
        ByteBuffer header = ByteBuffer.wrap(bytes);
        header.putInt(16, 30_000).putInt(20, 30_000);
        CRC32 crc = new CRC32();
        crc.update(bytes, 12, 17);
        header.putInt(29, (int) crc.getValue());
        Path huge = folder.resolve("huge.png");
        Files.write(huge, bytes);
        assertEquals(
                huge + " has 30000×30000 pixels; at most 16777216 in all are read",
                assertThrows(GetjException.class, () -> Picture.read(huge, 3)).getMessage());
    }
}
