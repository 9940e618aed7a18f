package dev.getj.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;

import javax.imageio.ImageIO;

class PngTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 5", "3, 1", "3, 7", "3, 64"})
    void anotherReaderSeesTheSamePixels(int channels, int size) throws IOException {
        Random random = new Random(channels * 100 + size);
        float[] pixels = new float[channels * size * size];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = 2.4f * random.nextFloat() - 1.2f;
        }
        byte[] file = Png.encode(pixels, channels, size);
        BufferedImage read = ImageIO.read(new ByteArrayInputStream(file));
        assertEquals(size, read.getWidth());
        assertEquals(size, read.getHeight());
        assertEquals(channels, read.getRaster().getNumBands());
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < size; y++) {
                for (int x = 0; x < size; x++) {
                    int expected = Png.level(pixels[(c * size + y) * size + x]);
                    assertEquals(expected, read.getRaster().getSample(x, y, c));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 0",
        "0, 128",
        "1, 255",
        "-3, 0",
        "9, 255",
        "NaN, 0",
        "-0.997, 0",
        "0.999, 255"
    })
    void levelsAreClippedAndTruncated(float value, int level) {
        assertEquals(level, Png.level(value));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4})
    void onlyGreyAndColourAreEncoded(int channels) {
        assertThrows(
                IllegalArgumentException.class, () -> Png.encode(new float[channels], channels, 1));
    }

    @Test
    void numbersHaveToFitTheSize() {
        assertThrows(IllegalArgumentException.class, () -> Png.encode(new float[5], 1, 2));
        assertThrows(IllegalArgumentException.class, () -> Png.encode(new float[0], 1, 0));
    }
}
