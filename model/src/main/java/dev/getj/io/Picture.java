package dev.getj.io;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A picture from a PNG or JPEG file, decoded by Java's own readers, as levels 0…255 [C, height,
 * width]. Transparency is dropped, colour profiles and orientation tags are not applied, levels of
 * 16 bits are cut to their upper 8.
 *
 * @param channels 1 (grey) or 3 (red, green, blue)
 */
public record Picture(int width, int height, int channels, float[] levels) {
    /** A file may claim any size in a few bytes. */
    private static final long MAX_PIXELS = 1L << 24;

    private static final long MAX_FILE_BYTES = 1L << 28;

    /**
     * Decodes a file.
     *
     * @param channels 1 or 3: colours become grey by ITU-R 601 luma, grey becomes equal colours
     * @throws GetjException if it is neither PNG nor JPEG, damaged, or larger than 2²⁴ pixels
     */
    public static Picture read(Path path, int channels) {
        try {
            if (Files.size(path) > MAX_FILE_BYTES) {
                throw new GetjException(path + " is too large for a picture: more than 256 MiB");
            }
            return decode(path, Files.readAllBytes(path), channels);
        } catch (IOException e) {
            throw GetjException.reading(path, e);
        }
    }

    private static Picture decode(Path path, byte[] bytes, int channels) {
        ImageReader reader = ImageIO.getImageReadersByFormatName(format(path, bytes)).next();
        try (ImageInputStream in =
                new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(in, true, true);
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            if (width < 1 || height < 1 || (long) width * height > MAX_PIXELS) {
                throw new GetjException(
                        "%s has %s×%s pixels; at most %s in all are read"
                                .formatted(path, width, height, MAX_PIXELS));
            }
            BufferedImage image = reader.read(0);
            int colours = image.getColorModel().getColorSpace().getType();
            if (colours != ColorSpace.TYPE_RGB && colours != ColorSpace.TYPE_GRAY) {
                throw new GetjException(
                        path + " is neither grey nor in RGB (CMYK, as a rule); save it as RGB");
            }
            return of(image, channels);
        } catch (GetjException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Java's readers meet damaged files with exceptions of many kinds.
            throw new GetjException(path + " is a damaged picture: " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
    }

    private static String format(Path path, byte[] bytes) {
        if (bytes.length > 4 && bytes[0] == (byte) 0x89 && bytes[1] == 'P' && bytes[2] == 'N') {
            return "png";
        }
        if (bytes.length > 4 && bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xD8) {
            return "jpeg";
        }
        throw new GetjException(path + " is neither a PNG nor a JPEG picture");
    }

    /**
     * Takes the samples as they are stored: Java would correct grey levels for a linear colour
     * space when asked for colours.
     */
    private static Picture of(BufferedImage image, int channels) {
        int width = image.getWidth();
        int height = image.getHeight();
        boolean indexed = image.getColorModel() instanceof IndexColorModel;
        Raster raster = image.getRaster();
        boolean grey = !indexed && raster.getNumBands() < 3;
        int shift = Math.max(0, raster.getSampleModel().getSampleSize(0) - 8);
        int[] pixels = new int[width * Math.max(4, raster.getNumBands())];
        float[] levels = new float[channels * width * height];
        int plane = width * height;
        for (int y = 0; y < height; y++) {
            if (indexed) {
                image.getRGB(0, y, width, 1, pixels, 0, width);
            } else {
                raster.getPixels(0, y, width, 1, pixels);
            }
            for (int x = 0; x < width; x++) {
                int at = x * raster.getNumBands();
                int red = indexed ? pixels[x] >> 16 & 0xFF : pixels[at] >> shift;
                int green = grey ? red : indexed ? pixels[x] >> 8 & 0xFF : pixels[at + 1] >> shift;
                int blue = grey ? red : indexed ? pixels[x] & 0xFF : pixels[at + 2] >> shift;
                int pixel = y * width + x;
                if (channels == 1) {
                    boolean even = red == green && green == blue;
                    levels[pixel] = even ? red : 0.299f * red + 0.587f * green + 0.114f * blue;
                } else {
                    levels[pixel] = red;
                    levels[plane + pixel] = green;
                    levels[2 * plane + pixel] = blue;
                }
            }
        }
        return new Picture(width, height, channels, levels);
    }

    /** The largest square in the middle. */
    public Picture centre() {
        int side = Math.min(width, height);
        int left = (width - side) / 2;
        int top = (height - side) / 2;
        float[] square = new float[channels * side * side];
        for (int row = 0; row < channels * side; row++) {
            int y = row / side * height + top + row % side;
            System.arraycopy(levels, y * width + left, square, row * side, side);
        }
        return new Picture(side, side, channels, square);
    }

    /** The picture in another size, by Lanczos filtering; see {@link Resampling}. */
    public Picture resized(int newWidth, int newHeight) {
        float[] rows = new Resampling(width, newWidth).rows(levels, channels * height);
        float[] resized = new Resampling(height, newHeight).columns(rows, channels, newWidth);
        for (int i = 0; i < resized.length; i++) {
            resized[i] = Math.clamp(resized[i], 0f, 255f);
        }
        return new Picture(newWidth, newHeight, channels, resized);
    }
}
