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
