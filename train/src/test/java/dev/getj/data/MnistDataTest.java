package dev.getj.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** IDX files as MNIST and its relatives are distributed. */
class MnistDataTest {
    private static final String IMAGES = "train-images-idx3-ubyte";
    private static final String LABELS = "train-labels-idx1-ubyte";

    @TempDir Path folder;

    /** Element i is {@code first + i}, cut to {@code below}. */
    static byte[] idx(int first, int below, int... shape) {
        int elements = 1;
        for (int size : shape) {
            elements *= size;
        }
        ByteBuffer file = ByteBuffer.allocate(4 + 4 * shape.length + elements);
        file.putInt(8 << 8 | shape.length);
        for (int size : shape) {
            file.putInt(size);
        }
        for (int i = 0; i < elements; i++) {
            file.put((byte) ((first + i) % below));
        }
        return file.array();
    }

    static byte[] packed(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }

    private void write(String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, name.endsWith(".gz") ? packed(content) : content);
    }

    private void training(String prefix, String suffix) throws IOException {
        write(prefix + IMAGES + suffix, idx(0, 256, 12, 4, 4));
        write(prefix + LABELS + suffix, idx(0, 10, 12));
    }

    private String refusal(String options) {
        return assertThrows(
                        GetjException.class,
                        () -> ImageData.open("mnist:" + folder + options).close())
                .getMessage()
                .replace(folder.toString(), "DIR");
    }

    @Test
    void classesAreCalledAsInFashionMnistWhereTheFolderIs() throws IOException {
        training("FashionMNIST/raw/", "");
        assertEquals("Shirt", names("").get(6));
        assertEquals(List.of(), names(",names=none"));
        training("digits/", "");
        assertEquals(List.of(), names("/digits"));
        assertEquals("Shirt", names("/digits,names=fashion").get(6));
        training("my-Fashion/", "");
        assertEquals("Shirt", names("/my-Fashion").get(6));
    }

    private List<String> names(String below) {
        try (ImageData data = ImageData.open("mnist:" + folder + below)) {
            return data.summary().classNames();
        }
    }

    @ParameterizedTest
    @CsvSource({"'', ''", "'', .gz", "raw/, ''", "MNIST/raw/, ''", "FashionMNIST/raw/, .gz"})
    void imagesAndLabelsAreRead(String inside, String suffix) throws IOException {
        training(inside, suffix);
        try (ImageData data = ImageData.open("mnist:" + folder)) {
            String names =
                    inside.startsWith("Fashion") ? " (T-shirt/top, Trouser, Pullover, …)" : "";
            assertEquals(
                    folder
                            + ": 12 images of 10 classes"
                            + names
                            + "; from "
                            + inside
                            + "train-images-idx3-ubyte"
                            + suffix,
                    data.summary().line());
            assertEquals(4, data.size());
            assertEquals(1, data.channels());
            float[] image = new float[18];
            for (int i = 0; i < 12; i++) {
                data.read(i, image, 1);
                assertEquals(i % 10, data.label(i));
                for (int p = 0; p < 16; p++) {
                    assertEquals((i * 16 + p) / 127.5f - 1, image[1 + p]);
                }
            }
            assertEquals(0, image[0]);
            assertEquals(0, image[17]);
        }
    }

    @Test
    void theOtherPartAndBothAreRead() throws IOException {
        training("", "");
        write("t10k-images.idx3-ubyte.gz", idx(100, 256, 2, 4, 4));
        write("t10k-labels.idx1-ubyte", idx(3, 10, 2));
        try (ImageData test = ImageData.open("mnist:" + folder + ",split=test");
                ImageData all = ImageData.open("mnist:" + folder + ",split=all")) {
            assertEquals(2, test.count());
            assertEquals(14, all.count());
            assertEquals(4, test.label(1));
            assertEquals(4, all.label(13));
            float[] one = new float[16];
            float[] other = new float[16];
            test.read(1, one, 0);
            all.read(13, other, 0);
            assertEquals(116 / 127.5f - 1, one[0]);
            assertEquals(one[0], other[0]);
        }
    }

    @Test
    void aFrameOfBlackMakesThemLarger() throws IOException {
        training("", "");
        try (ImageData data = ImageData.open("mnist:" + folder + ",pad=8")) {
            assertEquals(8, data.size());
            float[] image = new float[64];
            data.read(1, image, 0);
            assertEquals(-1, image[0]);
            assertEquals(16 / 127.5f - 1, image[2 * 8 + 2]);
            assertEquals(31 / 127.5f - 1, image[5 * 8 + 5]);
            assertEquals(-1, image[6 * 8 + 5]);
            assertTrue(data.summary().line().endsWith("; framed to 8×8"));
        }
        assertEquals("DIR holds images of 4×4; pad=3 is smaller", refusal(",pad=3"));
    }

    /** EMNIST's letters are numbered from 1. */
    @Test
    void lettersAreNumberedFromZero() throws IOException {
        write("emnist-letters-" + IMAGES, idx(0, 256, 3, 4, 4));
        write("emnist-letters-" + LABELS, idx(1, 10, 3));
        try (ImageData data = ImageData.open("mnist:" + folder)) {
            assertEquals(3, data.classes());
            assertEquals(2, data.label(2));
        }
        training("", "");
        assertEquals(
                "DIR holds the images of several data sets (emnist-letters-train-images-idx3-ubyte,"
                        + " train-images-idx3-ubyte); move each into a folder of its own",
                refusal(""));
    }

    @Test
    void whatIsMissingOrDamagedIsNamed() throws IOException {
        assertEquals(
                "DIR holds no train-images-idx3-ubyte, with .gz or without; the files of MNIST or"
                        + " Fashion-MNIST are needed",
                refusal(""));
        write(IMAGES, idx(0, 256, 12, 4, 4));
        assertEquals(
                "cannot read DIR/train-labels-idx1-ubyte: no such file or folder", refusal(""));
        write(LABELS, idx(0, 10, 11));
        assertEquals(
                "DIR/train-labels-idx1-ubyte holds 11 labels, but there are 12 images",
                refusal(""));
        write(LABELS, idx(0, 10, 12, 1, 1));
        assertEquals(
                "DIR/train-labels-idx1-ubyte is no IDX file of bytes in 1 dimension, as MNIST's"
                        + " are",
                refusal(""));
        write(IMAGES, idx(0, 256, 12, 4, 3));
        assertEquals(
                "DIR/train-images-idx3-ubyte holds images of 3×4; square ones of one size are read",
                refusal(""));
    }

    /** 2³¹ images in a file of some bytes: refused before memory is taken. */
    @ParameterizedTest
    @CsvSource({"2147483647, 28", "65536, 65536", "-1, 28", "0, 28", "13, 4"})
    void sizesThatDoNotFitTheFileAreRefused(int count, int side) throws IOException {
        byte[] file = idx(0, 256, 12, 4, 4);
        ByteBuffer.wrap(file).putInt(4, count).putInt(8, side).putInt(12, side);
        String end = "which does not fit a file of 208 bytes or is more than is read";
        write(IMAGES, file);
        assertEquals(
                "DIR/train-images-idx3-ubyte has the sizes [%d, %d, %d], %s"
                        .formatted(count, side, side, end),
                refusal(""));
    }

    @Test
    void aPackedFileThatEndsEarlyOrLateIsRefused() throws IOException {
        byte[] file = idx(0, 256, 12, 4, 4);
        ByteBuffer.wrap(file).putInt(4, 13);
        write(IMAGES + ".gz", file);
        assertEquals(
                "DIR/train-images-idx3-ubyte.gz is damaged: it does not hold the 208 elements that"
                        + " it promises",
                refusal(""));
        byte[] whole = packed(idx(0, 256, 12, 4, 4));
        Files.write(folder.resolve(IMAGES + ".gz"), Arrays.copyOf(whole, whole.length / 2));
        assertTrue(refusal("").startsWith("DIR/train-images-idx3-ubyte.gz is damaged: "));
    }
}
