package dev.getj.picture;

import dev.getj.io.AtomicFile;
import dev.getj.io.GetjException;
import dev.getj.io.Png;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;

import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Turns float images, nominally in [−1, 1] and stored as [C, S, S] with C = 1 (grey) or 3 (red,
 * green, blue), into pictures and PNG files.
 */
public final class ImageGrid {
    /** Grey level of the space between images. */
    private static final int MARGIN_LEVEL = 128;

    private ImageGrid() {}

    /**
     * One image as a picture, pixel for pixel.
     *
     * @param images holds the image from position {@code offset}, as [C, S, S]
     * @throws IllegalArgumentException if {@code channels} is neither 1 nor 3 or {@code images} is
     *     too short
     */
    public static BufferedImage image(float[] images, int offset, int channels, int size) {
        BufferedImage picture = blank(channels, size, size, 0);
        paint(images, offset, channels, size, picture.getRaster(), 0, 0, 1);
        return picture;
    }

    /**
     * Images side by side, row after row, with a margin around each.
     *
     * @param images [count, C, S, S]
     * @param columns images in a row; the last row may stay incomplete
     * @param margin picture pixels between images and at the border
     * @param zoom picture pixels for each image pixel, in either direction
     * @throws IllegalArgumentException if {@code channels} is neither 1 nor 3, another number is
     *     not positive (the margin may be 0), or {@code images} is too short
     */
    public static BufferedImage grid(
            float[] images, int count, int channels, int size, int columns, int margin, int zoom) {
        if (count < 1 || size < 1 || columns < 1 || margin < 0 || zoom < 1) {
            throw new IllegalArgumentException(
                    "cannot lay out %s images of size %s in %s columns, margin %s, zoom %s"
                            .formatted(count, size, columns, margin, zoom));
        }
        int pitch = size * zoom + margin;
        int across = Math.min(columns, count);
        BufferedImage picture =
                blank(
                        channels,
                        across * pitch + margin,
                        Math.ceilDiv(count, columns) * pitch + margin,
                        MARGIN_LEVEL);
        for (int i = 0; i < count; i++) {
            int left = margin + i % columns * pitch;
            int top = margin + i / columns * pitch;
            paint(
                    images,
                    i * channels * size * size,
                    channels,
                    size,
                    picture.getRaster(),
                    left,
                    top,
                    zoom);
        }
        return picture;
    }

    /** The picture as the bytes of a PNG file. Needs no temporary file. */
    public static byte[] png(BufferedImage picture) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(picture);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /**
     * Writes a PNG file, completely or not at all.
     *
     * @throws GetjException if the file cannot be written
     */
    public static void writePng(BufferedImage picture, Path path) {
        AtomicFile.write(path, png(picture));
    }

    private static BufferedImage blank(int channels, int width, int height, int level) {
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("an image has 1 or 3 channels, not " + channels);
        }
        int type = channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
        BufferedImage picture = new BufferedImage(width, height, type);
        int[] row = new int[width * channels];
        Arrays.fill(row, level);
        for (int y = 0; y < height; y++) {
            picture.getRaster().setPixels(0, y, width, 1, row);
        }
        return picture;
    }

    /**
     * Writes samples, not colours: Java would gamma-correct what is set as a colour on a grey
     * picture.
     */
    private static void paint(
            float[] images,
            int offset,
            int channels,
            int size,
            WritableRaster raster,
            int left,
            int top,
            int zoom) {
        if (offset < 0 || offset + channels * size * size > images.length) {
            throw new IllegalArgumentException(
                    "no image of %s channels and size %s at %s of %s floats"
                            .formatted(channels, size, offset, images.length));
        }
        for (int channel = 0; channel < channels; channel++) {
            for (int y = 0; y < size * zoom; y++) {
                int row = offset + (channel * size + y / zoom) * size;
                for (int x = 0; x < size * zoom; x++) {
                    raster.setSample(left + x, top + y, channel, Png.level(images[row + x / zoom]));
                }
            }
        }
    }
}
