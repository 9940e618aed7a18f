package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.Pairs;
import dev.getj.io.SafetensorsFile;
import dev.getj.picture.Picture;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;

/** Images → teacher → pairs → student, on tiny sizes. */
class TeacherCommandTest {
    private static final String TINY = " --patch 8 --width 16 --heads 2 --depth 1 --batch 4";

    @TempDir static Path folder;

    private static Path run;

    @BeforeAll
    static void trainATeacher() {
        run = folder.resolve("teacher");
        CommandsTest.ok(
                "teacher train --quiet --steps 2 --schedule cosine --flip --data"
                        + " builtin:strokes,count=50 --out "
                        + run
                        + TINY);
    }

    @Test
    void aTeacherMakesPairsThatAStudentLearns() {
        assertTrue(Files.exists(run.resolve("samples/00000002.png")));
        Path pairs = folder.resolve("pairs");
        CommandsTest.ok(
                "pairs generate --quiet --count 12 --steps 2 --seed 5 --teacher %s --out %s"
                        .formatted(run, pairs));
        float[] image = new float[256];
        try (Pairs made = Pairs.open(pairs)) {
            assertEquals(10, made.classes());
            made.read(11, 0, new float[256], image);
        }
        // pair i is sample i
        Path raw = folder.resolve("raw.safetensors");
        CommandsTest.ok(
                "teacher sample --quiet --count 12 --sampler-steps 2 --seed 5 --run %s --out %s"
                        .formatted(run, raw));
        try (SafetensorsFile file = SafetensorsFile.open(raw)) {
            float[] images = file.floats("image");
            float[] last = new float[256];
            System.arraycopy(images, 11 * 256, last, 0, 256);
            assertArrayEquals(image, last);
            assertEquals(1, file.longs("label")[11]);
        }
        CommandsTest.ok(
                "train --quiet --steps 1 --batch 2 --iterations 1 --pairs %s --out %s"
                                .formatted(pairs, folder.resolve("student"))
                        + CommandsTest.TINY);
    }

    @Test
    void aFinishedRunIsTakenUpAndAPictureIsDrawn() {
        Run again = CommandsTest.ok("teacher train --resume --out " + run);
        assertTrue(again.err().contains("all 2 steps are done"), again.err());
        Path grid = folder.resolve("grid.png");
        CommandsTest.ok(
                "teacher sample --quiet --label 3 --count 2 --sampler-steps 2 --run %s --grid %s"
                        .formatted(run, grid));
        assertTrue(Files.exists(grid));
    }

    // so that the two can be compared: images of the same size, one row a class
    @Test
    void gridsOfTeachersAreLaidOutLikeThoseOfStudents() {
        Path teacher = folder.resolve("teacher.png");
        Path student = folder.resolve("student.png");
        CommandsTest.ok(
                "teacher sample --quiet --count 30 --sampler-steps 2 --run %s --grid %s"
                        .formatted(run, teacher));
        CommandsTest.ok(
                "sample --quiet --count 30 --iterations 1 --weights builtin:strokes --grid %s"
                        .formatted(student));
        assertEquals("200 × 662", size(teacher));
        assertEquals("200 × 662", size(student));
        assertEquals("530 × 662", size(run.resolve("samples/00000002.png")));
    }

    private static String size(Path picture) {
        Picture read = Picture.read(picture, 1);
        return read.width() + " × " + read.height();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2|teacher|teacher needs a command: train or sample",
                "2|teacher train --out %n|--data is needed, the images to learn: builtin:strokes,",
                "2|teacher train --resume --out %r --steps 9|--steps 9: the learning rate of this"
                        + " run falls to 0 at step 2, its steps cannot change",
                "2|teacher train --resume --out %r --flip|--flip cannot be given with --resume: the"
                        + " run keeps the settings it began with",
                "1|teacher train --out %r --data builtin:strokes --steps 1|%r holds a run already;"
                        + " resume it by --resume, or choose another --out",
                "2|teacher sample --run %r --label 10|--label 10: this teacher has classes 0 to 9",
                "1|sample --run %r|%r/latest.safetensors is a teacher, which needs many steps:"
                        + " sample it with getj teacher sample",
                "1|train --resume --out %r|%r is a run of getj teacher train; resume it by getj"
                        + " teacher train --resume --out %r",
                "1|classifier train --resume --out %r|%r is a run of getj teacher train; resume"
                        + " it by getj teacher train --resume --out %r",
                "2|pairs generate --teacher %r --classes 3 --out %n|--classes, --unconditional and"
                        + " --images are for the ideal denoiser: leave them out with --teacher",
                "1|pairs generate --teacher %n --out %n|cannot read %n: no such file or folder",
            })
    void whatCannotBeIsRefused(int code, String line, String message) {
        Run refused = Run.getj(fill(line).split(" "));
        assertTrue(refused.err().startsWith("getj: " + fill(message)), refused.err());
        assertEquals(code, refused.code());
    }

    private static String fill(String text) {
        return text.replace("%r", run.toString()).replace("%n", folder.resolve("none").toString());
    }
}
