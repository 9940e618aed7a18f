package dev.getj.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.io.Png;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import javax.imageio.ImageIO;

class ImageGridTest {
    @TempDir Path folder;

    @Test
    void bytesAreScaledClippedAndTruncated() {
        assertEquals(0, Png.level(-1.1f));
        assertEquals(0, Png.level(-1));
        assertEquals(128, Png.level(0));
        assertEquals(191, Png.level(0.5f));
        assertEquals(255, Png.level(1));
        assertEquals(255, Png.level(Float.POSITIVE_INFINITY));
        assertEquals(0, Png.level(Float.NaN));
    }

    @Test
    void picturesNeedNoTemporaryFile() throws IOException {
        Path cache = Files.createDirectory(folder.resolve("cache"));
        ImageIO.setCacheDirectory(cache.toFile());
        try {
            Files.delete(cache);
            ImageGrid.writePng(ImageGrid.image(new float[256], 0, 1, 16), folder.resolve("a.png"));
        } finally {
            ImageIO.setCacheDirectory(null);
        }
    }

    @Test
    void greyImagesKeepTheirLevelsThroughAPngFile() throws IOException {
        float[] image = new float[256];
        for (int i = 0; i < 256; i++) {
            image[i] = (i - 127.5f) / 127.5f;
        }
        Path path = folder.resolve("grey.png");
        ImageGrid.writePng(ImageGrid.image(image, 0, 1, 16), path);
        BufferedImage picture = ImageIO.read(path.toFile());
        for (int i = 0; i < 256; i++) {
            assertEquals(Png.level(image[i]), picture.getRaster().getSample(i % 16, i / 16, 0));
        }
    }

    @Test
    void colourChannelsAreRedGreenBlue() {
        float[] image = {1, -1, -1, -1, -1, 1, -1, -1, -1, -1, 1, -1};
        BufferedImage picture = ImageGrid.image(image, 0, 3, 2);
        int[] pixels = picture.getRGB(0, 0, 2, 2, null, 0, 2);
        assertArrayEquals(new int[] {0xFFFF0000, 0xFF00FF00, 0xFF0000FF, 0xFF000000}, pixels);
    }

    @Test
    void gridsLayImagesOutRowByRow() {
        float[] images = {-1, -0.5f, 1};
        BufferedImage picture = ImageGrid.grid(images, 3, 1, 1, 2, 1, 2);
        assertEquals(7, picture.getWidth());
        assertEquals(7, picture.getHeight());
        int[][] expected = {
            {128, 128, 128, 128, 128, 128, 128},
            {128, 0, 0, 128, 64, 64, 128},
            {128, 0, 0, 128, 64, 64, 128},
            {128, 128, 128, 128, 128, 128, 128},
            {128, 255, 255, 128, 128, 128, 128},
            {128, 255, 255, 128, 128, 128, 128},
            {128, 128, 128, 128, 128, 128, 128}
        };
        for (int y = 0; y < 7; y++) {
            assertArrayEquals(expected[y], picture.getRaster().getPixels(0, y, 7, 1, (int[]) null));
        }
        assertArrayEquals(
                ImageGrid.png(picture), ImageGrid.png(ImageGrid.grid(images, 3, 1, 1, 2, 1, 2)));
    }

    @Test
    void refusesWhatIsNoImage() {
        assertThrows(IllegalArgumentException.class, () -> ImageGrid.image(new float[8], 0, 2, 2));
        assertThrows(IllegalArgumentException.class, () -> ImageGrid.image(new float[8], 5, 1, 2));
        assertThrows(
                IllegalArgumentException.class,
                () -> ImageGrid.grid(new float[4], 1, 1, 2, 0, 1, 1));
    }
}
