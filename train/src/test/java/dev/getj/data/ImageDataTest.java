package dev.getj.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Every kind of image data, from files made here or by the Python world. */
class ImageDataTest {
    private static final Path PICTURES = Path.of("../pictures/src/test/resources/pictures");
    private static final Path NUMPY = Path.of("src/test/resources/data");

    @TempDir Path folder;

    private static float[] image(ImageData data, long index) {
        float[] image = new float[data.elements() + 2];
        data.read(index, image, 1);
        assertEquals(0, image[0]);
        assertEquals(0, image[image.length - 1]);
        return Arrays.copyOfRange(image, 1, image.length - 1);
    }

    private static String refusal(String spec) {
        return assertThrows(GetjException.class, () -> ImageData.open(spec).close()).getMessage();
    }

    private static float level(int level) {
        return level / 127.5f - 1;
    }

    // ---- specs ---------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    digits:x            | 'digits:x' names no data: use builtin:strokes, builtin:fashion, cifar10:DIR, cifar100:DIR, mnist:DIR, folder:DIR, folder:FILE.zip or npz:FILE, with options such as folder:DIR,size=32,fit=crop (docs/data.md)
                    folder:             | 'folder:' names an empty path; is a variable of the shell not set? 'folder:.' is this folder
                    npz:,range=0:255    | 'npz:,range=0:255' names an empty path; is a variable of the shell not set? 'npz:.' is this folder
                    strokes             | 'strokes' names no data: use builtin:strokes, builtin:fashion, cifar10:DIR, cifar100:DIR, mnist:DIR, folder:DIR, folder:FILE.zip or npz:FILE, with options such as folder:DIR,size=32,fit=crop (docs/data.md)
                    builtin:circles     | 'builtin:circles': the built-in data are called builtin:strokes and builtin:fashion
                    builtin:fashion,seed=1 | 'builtin:fashion,seed=1': builtin:fashion takes the options pad, split, not 'seed'; a comma that belongs to the path is written twice: builtin:fashion,,seed=1
                    cifar10:x,size=3    | 'cifar10:x,size=3': cifar10 takes the options split, not 'size'; a comma that belongs to the path is written twice: cifar10:x,,size=3
                    folder:x,size=0     | size=0: a whole number from 1 to 4096 is needed
                    folder:x,fit=best   | fit=best: it can be crop or stretch
                    cifar10:x,split=me  | split=me: it can be train or test or all
                    folder:x,size=8,size=9 | 'folder:x,size=8,size=9' gives size twice; a comma that belongs to the path is written twice: folder:x,,size=8,size=9
                    """)
    void wrongSpecsAreExplained(String spec, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> ImageData.open(spec))
                        .getMessage());
    }

    @Test
    void aPathMayHoldCommasAndColons() {
        DataSpec spec = DataSpec.parse("folder:C:/my,pictures,2024,size=16,fit=stretch");
        assertEquals("C:/my,pictures,2024", spec.path());
        assertEquals("16", spec.options().get("size"));
    }

    /** The folders that Hydra makes have names such as {@code lr=0.1,batch=32}. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    folder:lr=0.1,,batch=32/images         | lr=0.1,batch=32/images |
                    folder:lr=0.1,,batch=32/images,size=16 | lr=0.1,batch=32/images | 16
                    folder:a,,,size=16                     | a,                     | 16
                    folder:a,,size=16                      | a,size=16              |
                    folder:a=b,c                           | a=b,c                  |
                    """)
    void aCommaThatBelongsToThePathIsWrittenTwice(String text, String path, String size) {
        DataSpec spec = DataSpec.parse(text);
        assertEquals(path, spec.path());
        assertEquals(size, spec.options().get("size"));
        assertEquals(spec, DataSpec.parse(spec.text()));
        assertEquals(
                Path.of(path).toAbsolutePath().toString(),
                DataSpec.parse(spec.absolute().text()).path());
    }

    @Test
    void theEscapeIsToldWithThePathAsItMustBeWritten() {
        assertEquals(
                "'folder:lr=0.1,batch=32/images': folder takes the options channels, first, fit,"
                        + " labels, part, size, not 'batch'; a comma that belongs to the path is"
                        + " written twice: folder:lr=0.1,,batch=32/images",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> DataSpec.parse("folder:lr=0.1,batch=32/images"))
                        .getMessage());
    }

    @Test
    void strokesAreThoseOfTheSeed() {
        try (ImageData data = ImageData.open("builtin:strokes,count=20,seed=3")) {
            assertEquals(20, data.count());
            assertEquals(10, data.classes());
            assertEquals(7, data.label(17));
            assertArrayEquals(Strokes.images(3, 5, 1), image(data, 5));
            assertThrows(IndexOutOfBoundsException.class, () -> image(data, 20));
        }
    }

    // ---- CIFAR ---------------------------------------------------------------------------------

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

    // ---- CIFAR's python version ----------------------------------------------------------------

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

    // ---- folders -------------------------------------------------------------------------------

    private void copy(String picture, String to) throws IOException {
        Path target = folder.resolve(to);
        Files.createDirectories(target.getParent());
        Files.copy(PICTURES.resolve(picture), target);
    }

    @Test
    void subFoldersAreClasses() throws IOException {
        copy("grey.png", "b/1.PNG");
        copy("colour.png", "a/2.png");
        copy("colour.jpg", "a/1.jpeg");
        Files.writeString(folder.resolve("a/notes.txt"), "not a picture");
        Files.createDirectories(folder.resolve("empty"));
        try (ImageData data = ImageData.open("folder:" + folder)) {
            assertEquals(3, data.count());
            // the empty folder is a class, too
            assertEquals(3, data.classes());
            assertEquals(0, data.label(1));
            assertEquals(1, data.label(2));
            assertEquals(30, data.size());
            float[] colour = image(data, 1);
            // the middle square begins at column 5, where red is 30
            assertEquals(level(30), colour[0]);
            float[] grey = image(data, 2);
            assertEquals(grey[77], grey[900 + 77]);
        }
        try (ImageData data = ImageData.open("folder:" + folder + ",size=8,channels=1")) {
            assertEquals(8, data.size());
            assertEquals(64, image(data, 0).length);
        }
        try (ImageData data = ImageData.open("folder:" + folder + ",size=10,fit=stretch")) {
            // red grows by 6 a column: the whole width is there
            assertEquals(level(6 * 38), image(data, 1)[9], 0.05f);
        }
    }

    @Test
    void aFolderThatIsNoDataSetIsExplained() throws IOException {
        assertEquals(
                folder + " holds no .png, .jpg, .jpeg, .bmp or .gif files, nor do folders in it",
                refusal("folder:" + folder));
        copy("colour.png", "a/1.png");
        copy("colour.png", "2.png");
        assertEquals(
                folder
                        + ": 2.png lies beside folders of pictures (a); say labels=none to take all"
                        + " 2 pictures without classes, or labels=folders to leave out what lies"
                        + " beside the folders",
                refusal("folder:" + folder));
    }

    // ---- NumPy ---------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"bytes_last.npz", "bytes_first.npz", "floats.npz"})
    void imagesOfAnArrayAreRead(String name) {
        try (ImageData data = ImageData.open("npz:" + NUMPY.resolve(name))) {
            assertEquals(5, data.count());
            assertEquals(3, data.channels());
            assertEquals(4, data.size());
            assertEquals(name.equals("floats.npz") ? 0 : 7, data.classes());
            for (int i = 0; i < 5; i++) {
                assertEquals(name.equals("floats.npz") ? 0 : 6 - i, data.label(i));
                float[] image = image(data, i);
                for (int p = 0; p < 48; p++) {
                    assertEquals(level(i * 48 + p), image[p], 1e-6f);
                }
            }
        }
    }

    @Test
    void arraysAreChosenByName() {
        Path file = NUMPY.resolve("named.npz");
        try (ImageData data = ImageData.open("npz:" + file + ",images=mine,labels=kinds")) {
            assertEquals(1, data.channels());
            assertEquals(3, data.classes());
            assertEquals(2, data.label(1));
        }
        assertEquals(
                file
                        + ": array 'kinds' is I64 [2]; bytes or floats of shape [n, S, S, C] or [n,"
                        + " C, S, S], C = 1 or 3, are expected",
                refusal("npz:" + file + ",images=kinds"));
    }

    @Test
    void statisticsAreReadInEveryFormAndRefusedIfUnsound() {
        FeatureStatistics stored =
                FeatureStatistics.read(Path.of("../formats/src/test/resources/numpy/stats.npz"));
        assertEquals(16, stored.features());
        for (String name : new String[] {"stats_fortran.npz", "stats_packed.npz"}) {
            FeatureStatistics other = FeatureStatistics.read(NUMPY.resolve(name));
            assertArrayEquals(stored.mean(), other.mean());
            assertArrayEquals(stored.covariance(), other.covariance());
        }
        FeatureStatistics single = FeatureStatistics.read(NUMPY.resolve("stats_single.npz"));
        assertArrayEquals(stored.mean(), single.mean(), 1e-6);
        Path lopsided = NUMPY.resolve("stats_lopsided.npz");
        String message =
                assertThrows(GetjException.class, () -> FeatureStatistics.read(lopsided))
                        .getMessage();
        assertEquals(
                lopsided + ": sigma is no covariance: [1, 0] is 1.0, but [0, 1] is 2.0", message);
    }
}
