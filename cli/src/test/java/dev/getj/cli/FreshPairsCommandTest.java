package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Pairs made while training, from the command line. */
class FreshPairsCommandTest {
    private static final String TINY =
            " --width 8 --heads 2 --patch 8 --depth 1 --quiet --batch 6 --eval-every 4";
    private static final String FRESH =
            " --deq-depth 1 --ring 12 --reuse 3 --sampler-steps 2 --held-out 5" + TINY;

    @TempDir Path folder;

    @Test
    void aRunThatWasStoppedEndsInTheSameBits() throws Exception {
        String teacher = folder.resolve("teacher").toString();
        CommandsTest.ok(
                "teacher train --data builtin:strokes,count=40 --width 8 --heads 2 --patch 8"
                        + " --depth 1 --quiet --batch 6 --steps 2 --out "
                        + teacher);
        train("whole", 9, "--teacher " + teacher);
        train("parts", 4, "--teacher " + teacher);
        CommandsTest.ok("train --resume --quiet --steps 9 --out " + folder.resolve("parts"));
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        assertEquals(
                -1,
                Files.mismatch(
                        whole.resolve("latest.safetensors"), parts.resolve("latest.safetensors")));
        assertEquals(errors(whole), errors(parts));
        assertEquals(3, errors(whole).size());
        String config = Files.readString(whole.resolve("config.json"));
        assertTrue(config.contains("\"ring\" : 12"), config);
        Run other = Run.getj(("train --resume --steps 10 --pairs p --out " + whole).split(" "));
        assertEquals(2, other.code());
        assertTrue(other.err().contains("the run learns from fresh pairs, which"), other.err());
    }

    /** What makes the pairs is known by its content, wherever it lies. */
    @Test
    void aTeacherMayMoveButNotChange() throws Exception {
        Path teacher = teacher("teacher", 2);
        Path guide = teacher("guide", 3);
        train("whole", 3, "--teacher %s --guide %s".formatted(teacher, guide));
        train("run", 2, "--teacher %s --guide %s".formatted(teacher, guide));
        Path config = folder.resolve("run/config.json");
        String begun = Files.readString(config);
        Path moved = Files.move(teacher, folder.resolve("moved.safetensors"));
        Path movedGuide = Files.move(guide, folder.resolve("moved-guide.safetensors"));

        assertRefused(
                1,
                "the teacher is not the one that the run began with: its SHA-256 is ",
                "--teacher %s --guide %s".formatted(movedGuide, movedGuide));
        Files.copy(moved, guide);
        assertRefused(
                1,
                "the guide is not the one that the run began with: its SHA-256 is ",
                "--teacher " + moved);
        assertRefused(
                2,
                "--feature-loss builtin:strokes: the run began without",
                places(moved, movedGuide) + " --feature-loss builtin:strokes");
        Files.writeString(
                config,
                begun.replaceAll("\"(teacher|guide)\" : \"[0-9a-f]{64}\"", "\"$1\" : \"\""));
        assertRefused(1, "an earlier version of getj began the run", places(moved, movedGuide));
        Files.writeString(config, begun);

        CommandsTest.ok(
                "train --resume --quiet --steps 3 --out %s %s"
                        .formatted(folder.resolve("run"), places(moved, movedGuide)));
        assertEquals(
                -1,
                Files.mismatch(
                        folder.resolve("whole/latest.safetensors"),
                        folder.resolve("run/latest.safetensors")));
        train("run", 3, places(moved, movedGuide) + " --resume-if-present");
        assertTrue(Files.readString(config).contains("moved-guide.safetensors"));
    }

    private static String places(Path teacher, Path guide) {
        return "--teacher %s --guide %s".formatted(teacher, guide);
    }

    private Path teacher(String name, int steps) throws Exception {
        CommandsTest.ok(
                "teacher train --data builtin:strokes,count=40 --width 8 --heads 2 --patch 8 --depth 1 --quiet --batch 6 --steps %s --out %s"
                        .formatted(steps, folder.resolve(name)));
        return Files.copy(
                folder.resolve(name + "/latest.safetensors"),
                folder.resolve(name + ".safetensors"));
    }

    private void assertRefused(int code, String message, String options) {
        Run refused =
                Run.getj(
                        "train --resume --quiet --steps 3 --out %s %s"
                                .formatted(folder.resolve("run"), options)
                                .split(" "));
        assertEquals(code, refused.code(), refused.err());
        assertTrue(refused.err().contains(message), refused.err());
    }

    private void train(String run, int steps, String source) {
        CommandsTest.ok(
                "train %s --lr 1e-3 --warmup 0 --ema 0.9 --steps %s --out %s"
                                .formatted(source, steps, folder.resolve(run))
                        + FRESH);
    }

    private static List<String> errors(Path run) throws Exception {
        return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                .filter(line -> line.contains("held_out_error"))
                .map(line -> line.replaceAll("\"(seconds|samples_per_second)\":[^,}]*", "").strip())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --pairs p --teacher builtin:strokes | --pairs and --teacher exclude each other
                    --pairs p --feature-weight 2 | --feature-weight needs --feature-loss
                    --pairs p --ring 10 | --ring, --reuse, --sampler-steps, --guide and --guidance need
                    --teacher builtin:strokes --ring 10 --reuse 4 | a ring of 10 pairs does not divide
                    --teacher builtin:strokes --guidance 2 | builtin:strokes was trained without
                    """)
    void whatDoesNotGoTogetherIsSaid(String options, String message) {
        Run run = Run.getj(("train --out " + folder.resolve("run") + " " + options).split(" "));
        assertTrue(run.code() != 0);
        assertTrue(run.err().contains(message), run.err());
        assertTrue(Files.notExists(folder.resolve("run/config.json")));
    }
}
