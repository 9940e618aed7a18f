package dev.getj.data;

import static dev.getj.data.DataImages.image;
import static dev.getj.data.DataImages.level;
import static dev.getj.data.DataImages.refusal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** CIFAR's folders and archives, of the binary and of the python version, made here. */
class CifarDataTest {
    @TempDir Path folder;

    /** {@code count} records; a byte of image i at position p is {@code i·7 + p}, cut to a byte. */
    private static byte[] records(int count, int first, int labelBytes, int classes) {
        byte[] bytes = new byte[count * (labelBytes + 3072)];
        for (int i = 0; i < count; i++) {
            int at = i * (labelBytes + 3072);
            bytes[at] = (byte) ((first + i) % (labelBytes == 2 ? 20 : classes));
            if (labelBytes == 2) {
                bytes[at + 1] = (byte) ((first + i) % classes);
            }
            for (int p = 0; p < 3072; p++) {
                bytes[at + labelBytes + p] = (byte) ((first + i) * 7 + p);
            }
        }
        return bytes;
    }

    private static void requireRamp(ImageData data, int index, int image) {
        float[] pixels = image(data, index);
        for (int p = 0; p < 3072; p++) {
            assertEquals(level(image * 7 + p & 0xFF), pixels[p]);
        }
    }

    private void writeCifar10(Path target) throws IOException {
        Files.createDirectories(target);
        Files.write(target.resolve("data_batch_2.bin"), records(3, 2, 1, 10));
        Files.write(target.resolve("data_batch_1.bin"), records(2, 0, 1, 10));
        Files.write(target.resolve("test_batch.bin"), records(4, 50, 1, 10));
        Files.writeString(target.resolve("batches.meta.txt"), "airplane\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cifar-10-batches-bin"})
    void cifar10IsReadFromItsFolder(String inner) throws IOException {
        writeCifar10(folder.resolve(inner));
        try (ImageData data = ImageData.open("cifar10:" + folder)) {
            assertEquals(5, data.count());
            assertEquals(32, data.size());
            assertEquals(3, data.channels());
            assertEquals(10, data.classes());
            for (int i = 0; i < 5; i++) {
                assertEquals(i, data.label(i));
                requireRamp(data, i, i);
            }
        }
        try (ImageData data = ImageData.open("cifar10:" + folder + ",split=test")) {
            assertEquals(4, data.count());
            requireRamp(data, 1, 51);
        }
        try (ImageData data = ImageData.open("cifar10:" + folder + ",split=all")) {
            assertEquals(9, data.count());
        }
        Path one = folder.resolve(inner).resolve("data_batch_2.bin");
        try (ImageData data = ImageData.open("cifar10:" + one)) {
            assertEquals(3, data.count());
            requireRamp(data, 0, 2);
        }
    }

    @Test
    void cifar100HasFineAndCoarseLabels() throws IOException {
        Files.write(folder.resolve("train.bin"), records(30, 10, 2, 100));
        try (ImageData data = ImageData.open("cifar100:" + folder)) {
            assertEquals(100, data.classes());
            assertEquals(39, data.label(29));
            assertEquals("keyboard", data.summary().classNames().get(39));
            requireRamp(data, 29, 39);
        }
        try (ImageData data = ImageData.open("cifar100:" + folder + ",labels=coarse")) {
            assertEquals(20, data.classes());
            assertEquals(19, data.label(29));
            assertEquals("vehicles_2", data.summary().classNames().get(19));
        }
    }

    private static void tar(OutputStream tar, String name, byte[] content) throws IOException {
        byte[] header = new byte[512];
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, header, 0, name.length());
        byte[] size = "%011o".formatted(content.length).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(size, 0, header, 124, size.length);
        header[156] = '0';
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, header, 257, 5);
        tar.write(header);
        tar.write(content);
        tar.write(new byte[Math.floorMod(-content.length, 512)]);
    }

    private byte[] cifarArchive() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream tar = new GZIPOutputStream(bytes)) {
            tar(tar, "cifar-10-batches-bin/readme.html", new byte[700]);
            tar(tar, "cifar-10-batches-bin/data_batch_2.bin", records(3, 2, 1, 10));
            tar(tar, "cifar-10-batches-bin/data_batch_1.bin", records(2, 0, 1, 10));
            tar(tar, "cifar-10-batches-bin/test_batch.bin", records(4, 50, 1, 10));
            tar.write(new byte[1024]);
        }
        return bytes.toByteArray();
    }

    @Test
    void cifarIsReadFromItsArchive() throws IOException {
        Path archive = folder.resolve("cifar-10-binary.tar.gz");
        byte[] whole = cifarArchive();
        Files.write(archive, whole);
        try (ImageData data = ImageData.open("cifar10:" + archive)) {
            assertEquals(5, data.count());
            requireRamp(data, 4, 4);
        }
        Files.write(archive, Arrays.copyOf(whole, whole.length / 2));
        assertEquals(archive + " is damaged: it ends in the middle", refusal("cifar10:" + archive));
    }

    // ---- the python version --------------------------------------------------------------------

    /** Pixels as in {@link #records}, without labels. */
    private static byte[] pixels(int count, int first) {
        byte[] bytes = new byte[count * 3072];
        for (int p = 0; p < bytes.length; p++) {
            bytes[p] = (byte) ((first + p / 3072) * 7 + p % 3072);
        }
        return bytes;
    }

    private static byte[] batch10(int count, int first) {
        return PickledBatch.of(pixels(count, first), first, new String[] {"labels"}, 10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cifar-10-batches-py", "archive"})
    void cifar10IsReadFromItsPythonVersion(String where) throws IOException {
        Path source = folder;
        if (where.equals("archive")) {
            source = folder.resolve("cifar-10-python.tar.gz");
            try (OutputStream tar = new GZIPOutputStream(Files.newOutputStream(source))) {
                tar(tar, "cifar-10-batches-py/batches.meta", new byte[70]);
                tar(tar, "cifar-10-batches-py/data_batch_2", batch10(3, 2));
                tar(tar, "cifar-10-batches-py/data_batch_1", batch10(2, 0));
                tar(tar, "cifar-10-batches-py/test_batch", batch10(4, 50));
                tar.write(new byte[1024]);
            }
        } else {
            Path inner = Files.createDirectories(folder.resolve(where));
            Files.write(inner.resolve("data_batch_2"), batch10(3, 2));
            Files.write(inner.resolve("data_batch_1"), batch10(2, 0));
            Files.write(inner.resolve("test_batch"), batch10(4, 50));
        }
        try (ImageData data = ImageData.open("cifar10:" + source)) {
            assertEquals(
                    "CIFAR-10 in "
                            + source
                            + ": 5 images of 10 classes (airplane, automobile, bird, …); 2 files of"
                            + " the python version, to train",
                    data.summary().line());
            for (int i = 0; i < 5; i++) {
                assertEquals(i, data.label(i));
                requireRamp(data, i, i);
            }
        }
        try (ImageData data = ImageData.open("cifar10:" + source + ",split=test")) {
            assertEquals(4, data.count());
            requireRamp(data, 1, 51);
        }
    }

    @Test
    void cifar100OfThePythonVersionHasFineAndCoarseLabels() throws IOException {
        String[] keys = {"fine_labels", "coarse_labels"};
        byte[] batch = PickledBatch.of(pixels(30, 10), 10, keys, 100, 20);
        Files.write(folder.resolve("train"), batch);
        try (ImageData data = ImageData.open("cifar100:" + folder)) {
            assertEquals(100, data.classes());
            assertEquals(39, data.label(29));
            requireRamp(data, 29, 39);
        }
        try (ImageData data = ImageData.open("cifar100:" + folder + ",labels=coarse")) {
            assertEquals(20, data.classes());
            assertEquals(19, data.label(29));
        }
        Path one = folder.resolve("data_batch_1");
        Files.write(one, batch);
        assertEquals(
                one + " holds no list 'labels' of 30 labels; is it CIFAR-10?",
                refusal("cifar10:" + one));
    }

    /** {@code os.system("…")} in place of a batch. */
    @Test
    void aPickleThatCallsSomethingIsRefusedByName() throws IOException {
        Path file = folder.resolve("data_batch_1");
        byte[] code =
                "\u0080\u0002cposix\nsystem\nU\u0004true\u0085R."
                        .getBytes(StandardCharsets.ISO_8859_1);
        Files.write(file, code);
        String message = refusal("cifar10:" + folder);
        assertTrue(message.startsWith(file + ", byte "), message);
        assertTrue(message.contains("posix.system"), message);
    }

    @Test
    void anArchiveThatHoldsMoreThanCifarIsRefused() throws IOException {
        Path archive = folder.resolve("large.tar.gz");
        byte[] header = new byte[512];
        System.arraycopy("data_batch_1.bin".getBytes(StandardCharsets.US_ASCII), 0, header, 0, 16);
        System.arraycopy("02000001000".getBytes(StandardCharsets.US_ASCII), 0, header, 124, 11);
        header[156] = '0';
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, header, 257, 5);
        try (OutputStream tar = new GZIPOutputStream(Files.newOutputStream(archive))) {
            tar.write(header);
        }
        String message = refusal("cifar10:" + archive);
        assertTrue(
                message.startsWith(
                        archive + " holds more data than CIFAR, or than half of Java's memory"),
                message);
    }

    @Test
    void damagedCifarIsNamed() throws IOException {
        assertEquals(
                folder
                        + " holds no CIFAR-10, neither of the binary version (data_batch_1.bin) nor"
                        + " of the python version (data_batch_1)",
                refusal("cifar10:" + folder));
        Path batch = folder.resolve("data_batch_1.bin");
        Files.write(batch, new byte[3072]);
        assertEquals(
                batch + " has 3072 bytes, which is not a number of records of 3073",
                refusal("cifar10:" + folder));
        byte[] bytes = records(2, 0, 1, 10);
        bytes[3073] = 10;
        Files.write(batch, bytes);
        assertEquals(
                batch + ": image 1 has the label 10, outside 0 to 9; is it CIFAR-10?",
                refusal("cifar10:" + folder));
    }
}
