package dev.getj.cli;

import dev.getj.io.AtomicFile;
import dev.getj.io.FileFormat;
import dev.getj.io.NpzWriter;
import dev.getj.io.Png;
import dev.getj.io.SafetensorsWriter;
import dev.getj.io.Suffix;
import dev.getj.picture.ImageGrid;

import picocli.CommandLine.Option;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/** Where sampled images go. */
final class ImageFiles {
    private static final Path STANDARD_OUTPUT = Path.of("-");
    private static final Path USUAL = Path.of("samples.png");

    @Option(
            names = "--grid",
            paramLabel = "F.png",
            description = "Picture of all images, one row a class; - is standard output.")
    private Path grid;

    @Option(
            names = "--out",
            paramLabel = "OUT",
            description =
                    "File of all images: OUT.safetensors takes them raw, [N, C, S, S] in [-1, 1];"
                            + " OUT.npz as bytes, [N, S, S, C], as tools for FID read them;"
                            + " - is standard output, raw.")
    private Path out;

    @Option(
            names = "--images",
            paramLabel = "DIR",
            description = "Folder for each image as a PNG file, 000000.png and so on.")
    private Path images;

    /**
     * Images [N, C, S, S] in [−1, 1].
     *
     * @param labels a class each; null without classes
     */
    record Made(float[] pixels, int[] labels, int count, int channels, int size) {}

    /**
     * Refuses to write two things to standard output, before anything is sampled.
     *
     * @throws picocli.CommandLine.ParameterException if --out and --grid are both {@code -}, or one
     *     is and JSON is wanted
     */
    void requireOneOnStandardOutput(CommonOptions common) {
        boolean first = STANDARD_OUTPUT.equals(out);
        boolean second = STANDARD_OUTPUT.equals(grid);
        if (first && second) {
            throw common.wrongUsage("--out - and --grid - both want standard output");
        }
        if ((first || second) && common.json()) {
            throw common.wrongUsage(
                    (first ? "--out" : "--grid") + " - and --json both want standard output");
        }
    }

    /** Writes what was asked for; {@code picture} draws the grid. */
    void write(CommonOptions common, Made made, Supplier<BufferedImage> picture) {
        if (out != null) {
            write(common, out, Suffix.is(out, ".npz") ? numpy(made) : safetensors(made));
            common.note("raw images: " + out);
        }
        if (images != null) {
            for (int i = 0; i < made.count; i++) {
                int offset = i * made.channels * made.size * made.size;
                ImageGrid.writePng(
                        ImageGrid.image(made.pixels, offset, made.channels, made.size),
                        images.resolve(String.format(Locale.ROOT, "%06d.png", i)));
            }
            common.note("images: " + images);
        }
        Path file = grid == null && out == null && images == null ? USUAL : grid;
        if (file != null) {
            byte[] png = ImageGrid.png(picture.get());
            write(common, file, stream -> stream.write(png));
            common.note("picture: " + file);
        }
    }

    private static void write(CommonOptions common, Path file, AtomicFile.Content content) {
        if (!file.equals(STANDARD_OUTPUT)) {
            AtomicFile.write(file, content);
            return;
        }
        try {
            content.writeTo(common.takeStandardOutput());
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static AtomicFile.Content safetensors(Made made) {
        SafetensorsWriter writer =
                new SafetensorsWriter()
                        .format(FileFormat.SAMPLES)
                        .add("image", made.pixels, made.count, made.channels, made.size, made.size);
        if (made.labels != null) {
            writer.add("label", Arrays.stream(made.labels).asLongStream().toArray(), made.count);
        }
        return writer::writeTo;
    }

    // [N, S, S, C], rounded as in pictures
    private static byte[] bytes(Made made) {
        int area = made.size * made.size;
        byte[] bytes = new byte[made.count * area * made.channels];
        for (int i = 0; i < bytes.length; i++) {
            int channel = i % made.channels;
            int pixel = i / made.channels;
            int image = pixel / area;
            int at = (image * made.channels + channel) * area + pixel % area;
            bytes[i] = (byte) Png.level(made.pixels[at]);
        }
        return bytes;
    }

    // the names are NumPy's for arrays without one, which ADM's evaluation suite takes
    private static AtomicFile.Content numpy(Made made) {
        NpzWriter writer =
                new NpzWriter()
                        .add("arr_0", bytes(made), made.count, made.size, made.size, made.channels);
        if (made.labels != null) {
            writer.add("arr_1", Arrays.stream(made.labels).asLongStream().toArray(), made.count);
        }
        return writer::writeTo;
    }
}
