package dev.getj.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.DType;
import dev.getj.io.GetjException;
import dev.getj.io.Png;
import dev.getj.io.StridedTensor;
import dev.getj.io.torch.PyValue;
import dev.getj.io.torch.TorchFile;
import dev.getj.io.torch.TorchWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Pair folders that the reference wrote, imported and read in place. */
class ReferencePairsTest {
    private static final Path REFERENCE = Path.of("src/test/resources/reference");

    @TempDir Path folder;

    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }

    /** All tensors of a folder, file after file, as the reader of torch files gives them. */
    private static List<float[]> tensors(Path folder, int item) {
        List<float[]> all = new ArrayList<>();
        for (String name : List.of("000000049.pkl", "000000099.pkl")) {
            try (TorchFile file = TorchFile.open(folder.resolve(name))) {
                PyValue value =
                        file.root() instanceof PyValue.PyList list
                                ? list.items().get(item)
                                : file.root();
                all.add(file.tensor("test", (PyValue.Tensor) value).floats());
            }
        }
        return all;
    }

    private static float[] joined(List<float[]> parts) {
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource({"pairs_cond, 9, 10", "pairs_uncond, 9, 0"})
    void everyPairIsReadInPlaceAndImportedAlike(String name, int count, int classes)
            throws IOException {
        Path source = REFERENCE.resolve(name);
        Path out = folder.resolve("out");
        PairsImport pairs = new PairsImport(source);
        pairs.copyTo(out, Progress.NONE);
        float[] latents = joined(tensors(source.resolve("latent"), 0));
        float[] images = joined(tensors(source.resolve("image"), 0));
        for (Path path : List.of(source, out)) {
            try (Pairs read = Pairs.open(path)) {
                assertEquals(count, read.count());
                assertEquals(classes, read.classes());
                assertEquals(3, read.channels());
                assertEquals(8, read.size());
                float[] noise = new float[count * 192];
                float[] image = new float[count * 192];
                int[] labels = new int[count];
                long[] backwards = new long[count];
                for (int i = 0; i < count; i++) {
                    backwards[i] = count - 1 - i;
                }
                read.read(backwards, noise, image, labels);
                for (int i = 0; i < count; i++) {
                    int theirs = (count - 1 - i) * 192;
                    for (int e = 0; e < 192; e++) {
                        assertEquals(latents[theirs + e], noise[i * 192 + e]);
                        assertEquals(images[theirs + e], image[i * 192 + e]);
                    }
                }
                if (classes > 0) {
                    float[] oneHot = joined(tensors(source.resolve("latent"), 1));
                    for (int i = 0; i < count; i++) {
                        assertEquals(1f, oneHot[(count - 1 - i) * classes + labels[i]]);
                    }
                }
            }
        }
    }

    @Test
    void filesAreOrderedAsIntegers() throws IOException {
        Path set = copy(REFERENCE.resolve("pairs_cond"), folder.resolve("set"));
        for (String side : List.of("latent", "image")) {
            Files.move(
                    set.resolve(side).resolve("000000049.pkl"),
                    set.resolve(side).resolve("1000000000.pkl"));
        }
        float[] noise = new float[192];
        float[] image = new float[192];
        try (Pairs pairs = Pairs.open(set)) {
            pairs.read(0, 0, noise, image);
        }
        float[] last = tensors(REFERENCE.resolve("pairs_cond/latent"), 0).getLast();
        assertEquals(last[0], noise[0]);
    }

    @Test
    void aDictIsNoTensor() throws IOException {
        Path set = folder.resolve("set");
        for (String side : List.of("latent", "image")) {
            StridedTensor tensor =
                    StridedTensor.rowMajor(
                            "x",
                            DType.F32,
                            new long[] {2, 1, 2, 2},
                            MemorySegment.ofArray(new float[8]));
            new TorchWriter().add("x", tensor).write(set.resolve(side).resolve("1.pkl"));
        }
        assertEquals(
                set.resolve("latent/1.pkl") + " holds no tensor where its noise should be",
                refusal(set));
    }

    private static String refusal(Path set) {
        return assertThrows(GetjException.class, () -> Pairs.open(set).close()).getMessage();
    }

    @Test
    void damageIsNamed() throws IOException {
        Path set = copy(REFERENCE.resolve("pairs_cond"), folder.resolve("set"));
        Path image = set.resolve("image/000000099.pkl");
        byte[] whole = Files.readAllBytes(image);

        Files.delete(image);
        assertEquals(set + " lacks image/000000099.pkl, the other half of its pairs", refusal(set));

        Files.copy(set.resolve("image/000000049.pkl"), image);
        assertEquals(
                image
                        + " holds images [6, 3, 8, 8], but "
                        + set.resolve("latent/000000099.pkl")
                        + " holds noise [3, 3, 8, 8]",
                refusal(set));

        byte[] cut = Arrays.copyOf(whole, whole.length - 40);
        Files.write(image, cut);
        assertTrue(refusal(set).startsWith(image + " is damaged: "), refusal(set));

        whole[whole.length / 2] ^= 0x10;
        Files.write(image, whole);
        Path out = folder.resolve("out");
        String message =
                assertThrows(
                                GetjException.class,
                                () -> new PairsImport(set).copyTo(out, Progress.NONE))
                        .getMessage();
        assertEquals(
                image + " is damaged: the check sum of '000000099/data/0' does not fit its bytes",
                message);
        assertFalse(Files.exists(out), "a folder that was made for nothing");
    }

    @Test
    void setsOfDifferentKindsAreNotMixed() throws IOException {
        Path set = copy(REFERENCE.resolve("pairs_cond"), folder.resolve("set"));
        for (String side : List.of("latent", "image")) {
            Files.copy(
                    REFERENCE.resolve("pairs_uncond").resolve(side).resolve("000000049.pkl"),
                    set.resolve(side).resolve("000000100.pkl"));
        }
        assertEquals(
                set.resolve("latent/000000100.pkl")
                        + " holds pairs 8×8×3 of 0 classes, the files before it 8×8×3 of 10",
                refusal(set));
    }

    @Test
    void aFolderWithoutPairsIsNoSet() throws IOException {
        Files.createDirectories(folder.resolve("latent"));
        assertFalse(ReferencePairs.at(folder));
        Files.createDirectories(folder.resolve("image"));
        assertEquals(
                folder + " holds no pairs: its folder latent has no .pkl files", refusal(folder));
        Path elsewhere = REFERENCE.resolve("pairs_cond/latent");
        assertEquals(
                elsewhere
                        + " is not in the reference's layout: it has no folders latent and image of"
                        + " .pkl files",
                assertThrows(GetjException.class, () -> new PairsImport(elsewhere)).getMessage());
    }

    @Test
    void aPreviewShowsNoiseAboveItsImage() {
        try (Pairs pairs = Pairs.open(REFERENCE.resolve("pairs_cond"))) {
            var picture = PairPreview.of(pairs);
            int pitch = 8 * 8 + 2;
            assertEquals(8 * pitch + 2, picture.getWidth());
            assertEquals(2 * pitch + 2, picture.getHeight());
            float[] noise = new float[192];
            float[] image = new float[192];
            pairs.read(3, 0, noise, image);
            int x = 2 + 3 * pitch;
            assertEquals(Png.level(noise[0]), picture.getRGB(x, 2) >> 16 & 0xFF);
            assertEquals(Png.level(image[0]), picture.getRGB(x, 2 + pitch) >> 16 & 0xFF);
        }
    }
}
