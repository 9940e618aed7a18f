package dev.getj.onnx.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.getj.diffusion.Edm;
import dev.getj.diffusion.Teacher;
import dev.getj.diffusion.TeacherFile;
import dev.getj.diffusion.TeacherFile.Role;
import dev.getj.diffusion.TeacherFormat;
import dev.getj.io.GetjException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/**
 * What real exports have: half precision, further inputs, weights beside the model, other names.
 */
class OnnxInputsTest {
    private static final float[] NOISY = {1, -2, 4, 0.5f, 8, 16, -32, 2};
    private static final double SIGMA = 3;

    @TempDir Path folder;

    private static Teacher open(Path file, Map<Role, String> names) {
        return TeacherFormat.openAny(new TeacherFile(file, null, names, 0, 0, 0, Edm.STANDARD, 1));
    }

    private static String refusal(Path file, Map<Role, String> names) {
        return assertThrows(GetjException.class, () -> open(file, names).close()).getMessage();
    }

    /** Two images, of which σ = 3 leaves a tenth. */
    private static void assertDenoises(Teacher teacher, int[] labels, double gain, float accuracy) {
        float[] denoised = new float[NOISY.length];
        teacher.denoise(NOISY, SIGMA, labels, 2, denoised);
        float[] expected = new float[NOISY.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (float) (gain * NOISY[i] / (1 + SIGMA * SIGMA));
        }
        assertArrayEquals(expected, denoised, accuracy);
    }

    @ParameterizedTest
    @CsvSource({"1, 1e-6", "10, 2e-3", "16, 2e-2"})
    void halfPrecisionIsRead(int type, float accuracy) throws IOException {
        Path file = new HandMadeModel(type).write(folder.resolve("half.onnx"));
        try (Teacher teacher = open(file, Map.of())) {
            assertDenoises(teacher, null, 1, accuracy);
        }
    }

    @Test
    void labelsMayBeHalves() throws IOException {
        Path file =
                new HandMadeModel(HandMadeModel.FLOAT)
                        .input("class_labels", HandMadeModel.FLOAT16, -1, 4)
                        .write(folder.resolve("labels.onnx"));
        try (Teacher teacher = open(file, Map.of())) {
            assertEquals(4, teacher.classes());
            assertDenoises(teacher, new int[] {3, 1}, 1, 1e-6f);
        }
    }

    @Test
    void conditionsOfTrainingAreZerosAndTold() throws IOException {
        Path file =
                new HandMadeModel(HandMadeModel.FLOAT)
                        .input("augment_labels", HandMadeModel.FLOAT, -1, 9)
                        .write(folder.resolve("augmented.onnx"));
        try (Teacher teacher = open(file, Map.of())) {
            assertEquals(0, teacher.classes());
            assertEquals(
                    "augmented.onnx, a denoiser of 2×2×1 images, unconditional, zeros as"
                            + " augment_labels",
                    teacher.name());
            assertEquals("augment_labels", teacher.settings().get("zeros"));
            assertDenoises(teacher, null, 1, 1e-6f);
        }
    }

    @Test
    void furtherInputsAreRefusedUntilTheyAreSaid() throws IOException {
        Path file =
                new HandMadeModel(HandMadeModel.FLOAT)
                        .input("text_embeds", HandMadeModel.FLOAT, -1, 768)
                        .write(folder.resolve("text.onnx"));
        assertEquals(
                file
                        + ": what the input text_embeds: float [?, 768] takes is unclear; say"
                        + " --tensor label=text_embeds if it takes classes, --tensor"
                        + " zeros=text_embeds if it may be fed with zeros",
                refusal(file, Map.of()));
        try (Teacher teacher = open(file, Map.of(Role.ZEROS, "text_embeds"))) {
            assertEquals(0, teacher.classes());
            assertDenoises(teacher, null, 1, 1e-6f);
        }
        try (Teacher teacher = open(file, Map.of(Role.LABEL, "text_embeds"))) {
            assertEquals(768, teacher.classes());
        }
    }

    @Test
    void severalInputsMayBeZeros() throws IOException {
        HandMadeModel model = new HandMadeModel(HandMadeModel.FLOAT);
        model.input("a", HandMadeModel.INT64, -1).input("b", HandMadeModel.FLOAT, -1, 3);
        Path file = model.write(folder.resolve("two.onnx"));
        try (Teacher teacher = open(file, Map.of(Role.ZEROS, "a+b"))) {
            assertTrue(teacher.name().endsWith("zeros as a and b"), teacher.name());
            assertDenoises(teacher, null, 1, 1e-6f);
        }
    }

    @Test
    void inputsThatCannotBeZerosAreRefused() throws IOException {
        Path open =
                new HandMadeModel(HandMadeModel.FLOAT)
                        .input("augment_labels", HandMadeModel.FLOAT, -1, -1)
                        .write(folder.resolve("open.onnx"));
        assertTrue(refusal(open, Map.of()).contains("leaves its size open"));
        Path text =
                new HandMadeModel(HandMadeModel.FLOAT)
                        .input("augment_labels", HandMadeModel.STRING, -1, 2)
                        .write(folder.resolve("text.onnx"));
        assertTrue(refusal(text, Map.of()).contains("should be numbers"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TEACHER.ONNX", "teacher.Onnx"})
    void theSuffixIsReadInAnyCase(String name) throws IOException {
        Path file = new HandMadeModel(HandMadeModel.FLOAT).write(folder.resolve(name));
        try (Teacher teacher = open(file, Map.of())) {
            assertDenoises(teacher, null, 1, 1e-6f);
        }
    }

    @Test
    void weightsBesideTheModelAreOfItsIdentity() throws IOException {
        Path file =
                new HandMadeModel(HandMadeModel.FLOAT)
                        .external("gain.bin")
                        .write(folder.resolve("external.onnx"));
        assertEquals(
                file + " keeps weights in the file 'gain.bin', which is not beside it; copy both",
                refusal(file, Map.of()));
        Path beside = folder.resolve("gain.bin");
        Files.write(beside, HandMadeModel.floats(1));
        Map<String, String> before;
        try (Teacher teacher = open(file, Map.of())) {
            before = teacher.settings();
            assertDenoises(teacher, null, 1, 1e-6f);
        }
        Files.write(beside, HandMadeModel.floats(2));
        try (Teacher teacher = open(file, Map.of())) {
            assertDenoises(teacher, null, 2, 1e-6f);
            assertEquals(before.get("sha256"), teacher.settings().get("sha256"));
            assertNotEquals(before, teacher.settings());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../gain.bin", "/etc/hostname", "a/../../gain.bin", "", ".", "a\0b"})
    void weightsElsewhereAreRefused(String location) throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Files.write(folder.resolve("gain.bin"), HandMadeModel.floats(1));
        Path file =
                new HandMadeModel(HandMadeModel.FLOAT)
                        .external(location)
                        .write(inner.resolve("external.onnx"));
        assertTrue(refusal(file, Map.of()).contains("outside its own folder"), location);
    }

    @Test
    void aLinkOutOfTheFolderIsRefused() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Path target = Files.write(folder.resolve("gain.bin"), HandMadeModel.floats(1));
        Files.createSymbolicLink(inner.resolve("gain.bin"), target);
        Path file =
                new HandMadeModel(HandMadeModel.FLOAT)
                        .external("gain.bin")
                        .write(inner.resolve("external.onnx"));
        assertTrue(refusal(file, Map.of()).contains("outside its own folder"));
    }

    @Test
    void otherFilesAreNamed() throws IOException {
        Path page = folder.resolve("page.onnx");
        Files.writeString(page, "<!DOCTYPE html><html><body>Quota exceeded</body></html>");
        assertTrue(refusal(page, Map.of()).contains("it is an HTML page"));
    }

    /**
     * Whatever is damaged, the search for files beside the model ends in an answer or in one line.
     */
    @Test
    void damagedModelsEndTheSearch() throws IOException {
        Files.write(folder.resolve("gain.bin"), HandMadeModel.floats(1));
        Path file =
                new HandMadeModel(HandMadeModel.FLOAT)
                        .external("gain.bin")
                        .write(folder.resolve("damaged.onnx"));
        byte[] sound = Files.readAllBytes(file);
        Random random = new Random(8);
        for (int round = 0; round < 2000; round++) {
            byte[] damaged = sound.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Files.write(file, damaged);
            try {
                ExternalData.of(file);
            } catch (GetjException refused) {
                assertFalse(refused.getMessage().contains("\n"));
            }
        }
    }

    @Test
    void graphsNestedWithoutEndAreRefused() throws IOException {
        byte[] graph = new byte[0];
        for (int depth = 0; depth < 100; depth++) {
            byte[] attribute = HandMadeModel.field(6, graph);
            graph = HandMadeModel.field(1, HandMadeModel.field(5, attribute));
        }
        Path file = folder.resolve("deep.onnx");
        Files.write(
                file, HandMadeModel.join(HandMadeModel.field(1, 8), HandMadeModel.field(7, graph)));
        assertTrue(refusal(file, Map.of()).contains("nests too deeply"));
    }

    @Test
    void filesThatChangeWhileTheyAreLoadedAreNoticed() throws IOException {
        Path weights = Files.write(folder.resolve("gain.bin"), new byte[] {0, 0, (byte) 0x80, 63});
        Path file =
                new HandMadeModel(HandMadeModel.FLOAT)
                        .external("gain.bin")
                        .write(folder.resolve("swapped.onnx"));
        OnnxIdentity before = OnnxIdentity.of(file);
        before.requireUnchanged(file);
        Files.write(weights, new byte[] {0, 0, 0, 64});
        assertEquals(
                file
                        + ", or a file beside it with its weights, changed while it was loaded;"
                        + " start again once it is written",
                assertThrows(GetjException.class, () -> before.requireUnchanged(file))
                        .getMessage());
        OnnxIdentity now = OnnxIdentity.of(file);
        new HandMadeModel(HandMadeModel.FLOAT16).write(file);
        assertThrows(GetjException.class, () -> now.requireUnchanged(file));
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aPipeIsNotOpened() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe.onnx");
        try {
            assumeTrue(
                    new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor()
                            == 0);
        } catch (IOException _) {
            assumeTrue(false, "no mkfifo here");
        }
        assertEquals(
                "cannot read " + pipe + ": it is a pipe or a device, not a regular file",
                assertThrows(GetjException.class, () -> ExternalData.of(pipe)).getMessage());
    }
}
