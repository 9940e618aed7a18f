package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

/** Labels left out in training, and guidance of what was trained so. */
class LabelDropoutCommandTest {
    private static final String TINY = " --width 8 --heads 2 --patch 8 --depth 1 --quiet";

    @TempDir Path folder;

    @Test
    void teacherPairsAndStudentAreGuided() throws Exception {
        String root = folder.toString();
        CommandsTest.ok(
                "teacher train --data builtin:strokes,count=40 --steps 2 --batch 4"
                        + " --label-dropout 0.2 --out %s/teacher".formatted(root)
                        + TINY);
        CommandsTest.ok(
                "pairs generate --quiet --teacher %s/teacher --guidance 1.5 --steps 2 --count 12 --out %s/pairs"
                        .formatted(root, root));
        String pairs = Files.readString(folder.resolve("pairs/pairs.json"));
        assertTrue(pairs.contains("\"guidance\" : \"1.5\""), pairs);
        assertTrue(pairs.contains("\"guide_classes\" : \"none\""), pairs);
        CommandsTest.ok(
                "train --pairs %s/pairs --deq-depth 1 --steps 2 --batch 4 --label-dropout 0.2 --out %s/run"
                                .formatted(root, root)
                        + TINY);
        String config = Files.readString(folder.resolve("run/config.json"));
        assertTrue(config.contains("\"label_dropout\" : 0.2"), config);
        assertTrue(config.contains("\"null_class\" : true"), config);
        for (int guidance = 1; guidance <= 2; guidance++) {
            CommandsTest.ok(
                    "sample --quiet --run %s/run --guidance %s --count 4 --out %s/%s.safetensors"
                            .formatted(root, guidance, root, guidance));
        }
        assertTrue(
                Files.mismatch(folder.resolve("1.safetensors"), folder.resolve("2.safetensors"))
                        >= 0,
                "samples with guidance are those without");
        CommandsTest.ok("train --resume --quiet --steps 3 --out %s/run".formatted(root));
    }

    @Test
    void whatWasTrainedWithoutIsNotGuided() {
        Run student =
                Run.getj(
                        ("sample --weights builtin:strokes --guidance 2 --count 2 --grid "
                                        + folder.resolve("grid.png"))
                                .split(" "));
        assertTrue(student.code() != 0);
        assertTrue(
                student.err()
                        .contains(
                                "guidance 2.0: this network knows no null class to be led away"
                                        + " from, as it was trained without label dropout"),
                student.err());
        Run teacher =
                Run.getj(
                        ("teacher sample --run builtin:strokes --guidance 2 --count 2 --grid "
                                        + folder.resolve("grid.png"))
                                .split(" "));
        assertEquals(2, teacher.code());
        assertTrue(
                teacher.err()
                        .contains(
                                "--guidance needs --guide, the teacher to lead away from, as this"
                                        + " one was trained without --label-dropout"),
                teacher.err());
    }

    @Test
    void networksWithoutClassesHaveNoneToLeaveOut() {
        Run run =
                Run.getj(
                        ("teacher train --data builtin:strokes,count=40 --classes 0 --label-dropout"
                                        + " 0.1 --steps 1 --out "
                                        + folder.resolve("teacher")
                                        + TINY)
                                .split(" "));
        assertTrue(run.code() != 0);
        assertTrue(
                run.err().contains("a network without classes has none to leave out"), run.err());
    }
}
