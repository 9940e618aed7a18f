package dev.getj.picture;

import dev.getj.io.GetjException;
import dev.getj.io.RegularFile;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A picture from a PNG, JPEG, BMP or GIF file (its first frame), decoded by Java's own readers, as
 * levels 0…255 [C, height, width]. Damage that a reader would pass over is refused: files that are
 * cut off, check sums that do not fit, lost data. Colours of a JPEG file are those of libjpeg, see
 * {@link JpegStructure}. Transparency is dropped, colour profiles and orientation tags are not
 * applied, levels of 16 bits are cut to their upper 8.
 *
 * @param channels 1 (grey) or 3 (red, green, blue)
 */
public record Picture(int width, int height, int channels, float[] levels) {
    /** A file may claim any size in a few bytes. */
    private static final long MAX_PIXELS = 1L << 24;

    /** The largest file that is read. */
    public static final long MAX_FILE_BYTES = 1L << 28;

    /** {@code biCompression} of a BMP file: beyond these it holds a picture of another format. */
    private static final int BMP_COMPRESSION_AT = 30;

    private static final int BMP_BITFIELDS = 3;

    /**
     * Decodes a file.
     *
     * @param channels 1 or 3: colours become grey by ITU-R 601 luma, grey becomes equal colours
     * @throws GetjException if it is no picture of these formats, damaged, or larger than 2²⁴
     *     pixels
     */
    public static Picture read(Path path, int channels) {
        RegularFile.require(path);
        try {
            if (Files.size(path) > MAX_FILE_BYTES) {
                throw new GetjException(path + " is too large for a picture: more than 256 MiB");
            }
            return decode(path.toString(), Files.readAllBytes(path), channels);
        } catch (IOException e) {
            throw GetjException.reading(path, e);
        }
    }

    /**
     * Decodes a file that is in memory.
     *
     * @param label its name, for messages
     * @param channels 1 or 3, as for {@link #read}
     * @throws GetjException as {@link #read}
     */
    public static Picture decode(String label, byte[] bytes, int channels) {
        PictureFormat format = PictureFormat.of(label, bytes);
        return switch (format) {
            case JPEG -> {
                JpegStructure jpeg = JpegStructure.of(label, bytes);
                if (jpeg.components() != 1 && jpeg.components() != 3) {
                    throw new GetjException(
                            label
                                    + " is neither grey nor in RGB (CMYK, as a rule); save it as"
                                    + " RGB");
                }
                yield decode(label, format, jpeg.picture(), channels, jpeg.colours());
            }
            case PNG -> decode(label, format, PngStructure.picture(label, bytes), channels, null);
            case BMP -> {
                if (bytes.length > BMP_COMPRESSION_AT
                        && bytes[BMP_COMPRESSION_AT] > BMP_BITFIELDS) {
                    throw new GetjException(
                            label + " is a BMP file around a picture of another format; save that");
                }
                yield decode(label, format, bytes, channels, null);
            }
            case GIF -> decode(label, format, bytes, channels, null);
        };
    }

    private static Picture decode(
            String label,
            PictureFormat format,
            byte[] bytes,
            int channels,
            JpegStructure.Colours jpeg) {
        ImageReader reader = ImageIO.getImageReadersByFormatName(format.java()).next();
        List<String> lost = new ArrayList<>();
        reader.addIIOReadWarningListener(
                (_, warning) -> {
                    if (jpeg == null || JpegStructure.isLoss(warning)) {
                        lost.add(warning);
                    }
                });
        try (ImageInputStream in =
                new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(in, true, true);
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            if (width < 1 || height < 1 || (long) width * height > MAX_PIXELS) {
                throw new GetjException(
                        "%s has %s×%s pixels; at most %s in all are read"
                                .formatted(label, width, height, MAX_PIXELS));
            }
            Picture picture =
                    jpeg == null
                            ? of(label, reader.read(0), channels)
                            : of(reader.readRaster(0, null), jpeg, channels);
            if (!lost.isEmpty()) {
                throw new GetjException(label + " is a damaged picture: " + lost.getFirst());
            }
            return picture;
        } catch (GetjException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Java's readers meet damaged files with exceptions of many kinds.
            throw new GetjException(label + " is a damaged picture: " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
    }

    /** Of the components of a JPEG file as they are coded. */
    private static Picture of(Raster raster, JpegStructure.Colours colours, int channels) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        int bands = raster.getNumBands();
        int[] pixels = new int[width * bands];
        float[] levels = new float[channels * width * height];
        for (int y = 0; y < height; y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, pixels);
            if (bands == 3 && colours == JpegStructure.Colours.YCBCR) {
                JpegStructure.toRgb(pixels, width);
            }
            for (int x = 0; x < width; x++) {
                int at = x * bands;
                int last = bands - 1;
                int pixel = y * width + x;
                set(
                        levels,
                        pixel,
                        channels,
                        pixels[at],
                        pixels[at + Math.min(1, last)],
                        pixels[at + last]);
            }
        }
        return new Picture(width, height, channels, levels);
    }

    /**
     * Takes the samples as they are stored: Java would correct grey levels for a linear colour
     * space when asked for colours. Palettes and samples packed into a word are asked for colours.
     */
    private static Picture of(String label, BufferedImage image, int channels) {
        int colours = image.getColorModel().getColorSpace().getType();
        if (colours != ColorSpace.TYPE_RGB && colours != ColorSpace.TYPE_GRAY) {
            throw new GetjException(label + " is neither grey nor in RGB; save it as RGB");
        }
        int width = image.getWidth();
        int height = image.getHeight();
        boolean packed = !(image.getColorModel() instanceof ComponentColorModel);
        Raster raster = image.getRaster();
        boolean grey = !packed && raster.getNumBands() < 3;
        int shift = Math.max(0, raster.getSampleModel().getSampleSize(0) - 8);
        int[] pixels = new int[width * Math.max(4, raster.getNumBands())];
        float[] levels = new float[channels * width * height];
        for (int y = 0; y < height; y++) {
            if (packed) {
                image.getRGB(0, y, width, 1, pixels, 0, width);
            } else {
                raster.getPixels(0, y, width, 1, pixels);
            }
            for (int x = 0; x < width; x++) {
                int at = x * raster.getNumBands();
                int red = packed ? pixels[x] >> 16 & 0xFF : pixels[at] >> shift;
                int green = grey ? red : packed ? pixels[x] >> 8 & 0xFF : pixels[at + 1] >> shift;
                int blue = grey ? red : packed ? pixels[x] & 0xFF : pixels[at + 2] >> shift;
                set(levels, y * width + x, channels, red, green, blue);
            }
        }
        return new Picture(width, height, channels, levels);
    }

    private static void set(float[] levels, int pixel, int channels, int red, int green, int blue) {
        if (channels == 1) {
            boolean even = red == green && green == blue;
            levels[pixel] = even ? red : 0.299f * red + 0.587f * green + 0.114f * blue;
        } else {
            int plane = levels.length / channels;
            levels[pixel] = red;
            levels[plane + pixel] = green;
            levels[2 * plane + pixel] = blue;
        }
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
