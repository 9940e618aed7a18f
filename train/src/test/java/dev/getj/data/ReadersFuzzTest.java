package dev.getj.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;

import dev.getj.convert.Conversion;
import dev.getj.convert.NamedTensors;
import dev.getj.io.GetjException;
import dev.getj.io.StridedTensor;
import dev.getj.io.torch.PickleFile;
import dev.getj.picture.Picture;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import javax.imageio.ImageIO;

/**
 * Damaged files through every reader: each ends in an answer or in one line that says what is
 * wrong; no other exception, no memory beyond a bound, no file left behind. The build takes a few
 * rounds; {@code GETJ_FUZZ_ROUNDS} and {@code GETJ_FUZZ_SEED} ask for more, see docs/data.md.
 */
class ReadersFuzzTest {
    private static final int ROUNDS = setting("GETJ_FUZZ_ROUNDS", 400);
    private static final int SEED = setting("GETJ_FUZZ_SEED", 1);

    private static final Path MODEL = Path.of("../model/src/test/resources");
    private static final Path FORMATS = Path.of("../formats/src/test/resources");
    private static final Path PICTURES = Path.of("../pictures/src/test/resources");
    private static final Path TRAIN = Path.of("src/test/resources");

    /** More than any reader needs for these small files; a picture may claim 2²⁴ pixels. */
    private static final long MEMORY = 64L << 20;

    private static final long PICTURE_MEMORY = 1L << 30;

    /** Bytes that views of small storages may become, beside a multiple of the file. */
    private static final long WRITTEN = 1L << 25;

    /** Far more than any reader needs for a small file, even on a slow machine: nanoseconds. */
    private static final long WORK = 10_000_000_000L;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir Path folder;

    private static int setting(String name, int otherwise) {
        String value = System.getenv(name);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    private interface Use {
        /** Reads everything in a file. */
        void read(Path file) throws IOException;
    }

    private enum Reader {
        SAFETENSORS(
                ReadersFuzzTest::tensors,
                MODEL.resolve("reference/ckpt_cond.expected.safetensors")),
        TORCH_ZIP(
                ReadersFuzzTest::tensors,
                FORMATS.resolve("torch/zip.pt"),
                FORMATS.resolve("torch/zip_protocol4.pt"),
                FORMATS.resolve("torch/no_sums.pt"),
                FORMATS.resolve("torch/late_types.pt")),
        TORCH_LEGACY(ReadersFuzzTest::tensors, FORMATS.resolve("torch/legacy.pt")),
        NPZ(
                ReadersFuzzTest::tensors,
                FORMATS.resolve("numpy/arrays.npz"),
                FORMATS.resolve("numpy/compressed.npz")),
        NPY(ReadersFuzzTest::tensors, FORMATS.resolve("numpy/single.npy")),
        PICKLE(
                PickleFile::read,
                FORMATS.resolve("torch/numpy_2.pkl"),
                FORMATS.resolve("torch/numpy_3.pkl"),
                FORMATS.resolve("torch/numpy_4.pkl"),
                FORMATS.resolve("torch/numpy_5.pkl")),
        STATISTICS(FeatureStatistics::read, FORMATS.resolve("numpy/stats.npz")),
        IMAGE_ARRAY(
                ReadersFuzzTest::arrayImages,
                TRAIN.resolve("data/bytes_last.npz"),
                TRAIN.resolve("data/bytes_first.npz")),
        PAIRS_LATENT(
                file -> referencePairs(file, "latent"),
                TRAIN.resolve("reference/pairs_cond/latent/000000049.pkl")),
        PAIRS_IMAGE(
                file -> referencePairs(file, "image"),
                TRAIN.resolve("reference/pairs_cond/image/000000049.pkl")),
        PAIRS_FILE(ReadersFuzzTest::pairs),
        CIFAR10(ReadersFuzzTest::cifar10),
        CIFAR_ARCHIVE(ReadersFuzzTest::cifarArchive),
        CIFAR_PYTHON(ReadersFuzzTest::cifar10),
        IDX_IMAGES(file -> mnist(file, "train-images-idx3-ubyte")),
        IDX_LABELS(file -> mnist(file, "train-labels-idx1-ubyte")),
        IDX_PACKED(file -> mnist(file, "train-images-idx3-ubyte.gz")),
        DATASET_JSON(ReadersFuzzTest::datasetJson),
        PICTURE_ZIP(ReadersFuzzTest::pictureZip),
        PNG(
                ReadersFuzzTest::picture,
                PICTURES.resolve("pictures/colour.png"),
                PICTURES.resolve("pictures/palette.png"),
                PICTURES.resolve("pictures/grey16.png")),
        JPEG(
                ReadersFuzzTest::picture,
                PICTURES.resolve("pictures/colour.jpg"),
                PICTURES.resolve("pictures/grey.jpg")),
        BMP(ReadersFuzzTest::picture, PICTURES.resolve("pictures/picture.bmp")),
        GIF(ReadersFuzzTest::picture);

        private final Use use;
        private final List<Path> samples;

        Reader(Use use, Path... samples) {
            this.use = use;
            this.samples = List.of(samples);
        }

        private long memory() {
            return switch (this) {
                case PNG, JPEG, BMP, GIF, PICTURE_ZIP -> PICTURE_MEMORY;
                default -> MEMORY;
            };
        }

        private List<byte[]> samples() throws IOException {
            return switch (this) {
                case PAIRS_FILE -> List.of(pairsFile());
                case CIFAR10 -> List.of(new byte[3 * 3073]);
                case CIFAR_ARCHIVE -> List.of(tar());
                case CIFAR_PYTHON ->
                        List.of(
                                PickledBatch.of(
                                        new byte[2 * 3072], 3, new String[] {"labels"}, 10));
                case IDX_IMAGES -> List.of(MnistDataTest.idx(0, 256, 5, 4, 4));
                case IDX_LABELS -> List.of(MnistDataTest.idx(0, 10, 5));
                case IDX_PACKED -> List.of(MnistDataTest.packed(MnistDataTest.idx(0, 9, 5, 4, 4)));
                case DATASET_JSON ->
                        List.of(
                                "{\"labels\": [[\"a.png\", 6], [\"b.png\", [0, 1, 0]]], \"x\": {\"y\": [1, null]}}"
                                        .getBytes(StandardCharsets.UTF_8));
                case PICTURE_ZIP -> List.of(zip());
                case GIF -> List.of(gif());
                default -> {
                    List<byte[]> all = new ArrayList<>();
                    for (Path sample : samples) {
                        all.add(Files.readAllBytes(sample));
                    }
                    yield all;
                }
            };
        }
    }

    // ---- what is read --------------------------------------------------------------------------

    private static void tensors(Path file) {
        try (NamedTensors opened = NamedTensors.open(file)) {
            for (StridedTensor tensor : opened.tensors().values()) {
                if (tensor.dtype().isFloat()) {
                    tensor.doubles();
                } else {
                    tensor.longs();
                }
            }
        }
        Path out = file.resolveSibling("converted.safetensors");
        try {
            Conversion.run(new Conversion.Request(file, out, Conversion.Which.EMA, null, false));
            NamedTensors.open(out).close();
            assertTrue(
                    size(out) <= 16 * size(file) + WRITTEN,
                    () -> size(file) + " bytes became " + size(out));
        } finally {
            delete(out);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void arrayImages(Path file) {
        try (ImageData data = ImageData.open("npz:" + file)) {
            float[] image = new float[data.elements()];
            for (long i = 0; i < data.count(); i++) {
                data.read(i, image, 0);
                assertTrue(data.classes() == 0 || data.label(i) < data.classes());
            }
        }
    }

    /** The damaged file among sound ones. */
    private static void referencePairs(Path file, String side) throws IOException {
        Path set = file.resolveSibling("set");
        for (String folder : List.of("latent", "image")) {
            Path sound =
                    TRAIN.resolve("reference/pairs_cond").resolve(folder).resolve("000000049.pkl");
            Path target = set.resolve(folder).resolve("1.pkl");
            Files.createDirectories(target.getParent());
            Files.write(target, Files.readAllBytes(folder.equals(side) ? file : sound));
        }
        pairs(set);
        Path out = file.resolveSibling("imported");
        try {
            new PairsImport(set).copyTo(out, Progress.NONE);
            pairs(out);
        } finally {
            try (Stream<Path> left = Files.exists(out) ? Files.list(out) : Stream.empty()) {
                left.forEach(ReadersFuzzTest::delete);
            }
            delete(out);
        }
    }

    private static void pairs(Path set) {
        try (Pairs pairs = Pairs.open(set)) {
            PairStatistics.of(pairs, Progress.NONE);
        }
    }

    private static byte[] pairsFile() throws IOException {
        Path folder = Files.createTempDirectory("pairs");
        Path out = folder.resolve("set");
        new PairsImport(TRAIN.resolve("reference/pairs_cond")).copyTo(out, Progress.NONE);
        byte[] bytes = Files.readAllBytes(out.resolve("pairs-00000.safetensors"));
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(ReadersFuzzTest::delete);
        }
        return bytes;
    }

    private static void cifar10(Path file) {
        try (ImageData data = ImageData.open("cifar10:" + file)) {
            data.read(data.count() - 1, new float[data.elements()], 0);
        }
    }

    /** Damaged before it is packed, so that the damage reaches the reader of tar. */
    private static void cifarArchive(Path file) throws IOException {
        Path packed = file.resolveSibling("archive.tar.gz");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(Files.readAllBytes(file));
        }
        Files.write(packed, bytes.toByteArray());
        cifar10(packed);
    }

    /** The damaged file beside a sound one. */
    private static void mnist(Path file, String name) throws IOException {
        Path set = Files.createDirectories(file.resolveSibling("mnist"));
        try (Stream<Path> before = Files.list(set)) {
            before.forEach(ReadersFuzzTest::delete);
        }
        Files.write(set.resolve("train-images-idx3-ubyte"), MnistDataTest.idx(0, 256, 5, 4, 4));
        Files.write(set.resolve("train-labels-idx1-ubyte"), MnistDataTest.idx(0, 10, 5));
        if (name.endsWith(".gz")) {
            delete(set.resolve("train-images-idx3-ubyte"));
        }
        Files.write(set.resolve(name), Files.readAllBytes(file));
        try (ImageData data = ImageData.open("mnist:" + set)) {
            everyImage(data);
        }
    }

    private static void everyImage(ImageData data) {
        data.check(data.count(), Progress.NONE);
        assertEquals(1, data.summary().line().lines().count());
        float[] image = new float[data.elements()];
        for (long i = 0; i < data.count(); i++) {
            data.read(i, image, 0);
            assertTrue(data.classes() == 0 || data.label(i) < data.classes());
        }
    }

    private static void datasetJson(Path file) throws IOException {
        Path set = file.resolveSibling("pictures");
        if (!Files.exists(set)) {
            Files.createDirectories(set);
            Files.copy(PICTURES.resolve("pictures/grey.png"), set.resolve("a.png"));
            Files.copy(PICTURES.resolve("pictures/grey.png"), set.resolve("b.png"));
        }
        Files.write(set.resolve("dataset.json"), Files.readAllBytes(file));
        try (ImageData data = ImageData.open("folder:" + set)) {
            everyImage(data);
        }
    }

    private static void pictureZip(Path file) {
        try (ImageData data = ImageData.open("folder:" + file + ",size=8")) {
            everyImage(data);
        }
    }

    private static byte[] zip() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name :
                    List.of("a/grey.png", "b/palette.png", "b/.hidden", "b/deep/x.jpg")) {
                zip.putNextEntry(new ZipEntry(name));
                String picture = name.endsWith(".jpg") ? "grey.jpg" : name.substring(2);
                if (!name.contains("hidden")) {
                    zip.write(Files.readAllBytes(PICTURES.resolve("pictures").resolve(picture)));
                }
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] gif() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(ImageIO.read(PICTURES.resolve("pictures/colour.png").toFile()), "gif", bytes);
        return bytes.toByteArray();
    }

    private static byte[] tar() {
        byte[] tar = new byte[512 + 3584 + 1024];
        byte[] name = "x/data_batch_1.bin".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(name, 0, tar, 0, name.length);
        System.arraycopy("00000006001".getBytes(StandardCharsets.US_ASCII), 0, tar, 124, 11);
        tar[156] = '0';
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
        return tar;
    }

    private static void picture(Path file) {
        Picture.read(file, 3).centre().resized(8, 8);
    }

    // ---- the rounds ----------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource
    void damagedFilesEndInAnAnswerOrInOneLine(Reader reader) throws IOException {
        Path file = folder.resolve("damaged");
        Random random = new Random(SEED * 1000L + reader.ordinal());
        List<byte[]> samples = reader.samples();
        for (byte[] sound : samples) {
            Files.write(file, sound);
            reader.use.read(file);
        }
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] sound = samples.get(random.nextInt(samples.size()));
            byte[] damaged = Mutation.of(sound, random);
            Files.write(file, damaged);
            String where = "%s, seed %d, round %d".formatted(reader, SEED, round);
            long before = allocated();
            long begun = THREADS.getCurrentThreadCpuTime();
            try {
                reader.use.read(file);
            } catch (GetjException refusal) {
                refused++;
                assertFalse(refusal.getMessage().isBlank(), where);
                assertEquals(1, refusal.getMessage().lines().count(), where);
            } catch (Throwable other) {
                Path kept = Path.of("target", "fuzz-" + reader + "-" + SEED + "-" + round);
                Files.write(kept, damaged);
                fail(where + ", kept as " + kept, other);
            }
            long used = allocated() - before;
            assertTrue(used < reader.memory(), () -> where + " took " + used + " bytes");
            long worked = THREADS.getCurrentThreadCpuTime() - begun;
            assertTrue(worked < WORK, () -> where + " took " + worked + " ns");
        }
        assertTrue(refused > ROUNDS / 20, "hardly any damage was found: " + refused);
        try (Stream<Path> left = Files.walk(folder)) {
            assertEquals(0, left.filter(path -> path.toString().endsWith(".tmp")).count());
        }
    }

    /** Bytes that this thread has allocated on the heap so far. */
    private static long allocated() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
