package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Pairs that are kept apart, from the commands that make them to those that measure on them. */
class HeldOutCommandTest {
    private static final String TINY =
            " --width 16 --heads 2 --patch 4 --depth 1 --deq-depth 1 --batch 4 --seed 3";

    @TempDir static Path folder;

    private static Path pairs;
    private static Path run;
    private static JsonNode trained;

    @BeforeAll
    static void train() throws Exception {
        pairs = folder.resolve("pairs");
        run = folder.resolve("run");
        CommandsTest.ok(
                "pairs generate --quiet --images 20 --steps 3 --count 40 --held-out 12 --out "
                        + pairs);
        trained =
                json(
                        "train --json --quiet --steps 6 --eval-every 4 --schedule cosine --lr 1e-3"
                                + " --clip 1e-3 --pairs %s --out %s".formatted(pairs, run)
                                + TINY);
    }

    private static JsonNode json(String line) throws Exception {
        return new JsonMapper().readTree(CommandsTest.ok(line).out());
    }

    @Test
    void trainingTellsBothErrorsAndHowOftenItClipped() throws Exception {
        assertTrue(trained.get("held_out_error").asDouble() > 0);
        assertTrue(trained.get("train_error").asDouble() > 0);
        assertEquals(6, trained.get("clipped_steps").asLong());
        List<Integer> measured = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            JsonNode step = new JsonMapper().readTree(line);
            assertTrue(step.get("gradient_norm").asDouble() > 1e-3);
            if (step.has("held_out_error")) {
                measured.add(step.get("step").asInt());
                assertTrue(step.get("samples_per_second").asDouble() > 0);
                assertTrue(step.get("frechet").asDouble() > 0);
            }
        }
        assertEquals(List.of(4, 6), measured);
        String config = Files.readString(run.resolve("config.json"));
        assertTrue(config.contains("\"held_out\" : 12"), config);
        assertTrue(config.contains("\"schedule\" : \"COSINE\""), config);
    }

    @Test
    void theSameErrorsAreToldOnDemand() throws Exception {
        JsonNode measured = json("eval --json --quiet --run %s --pairs %s".formatted(run, pairs));
        assertEquals(12, measured.get("held_out").asInt());
        assertEquals(12, measured.get("pairs").asInt());
        assertEquals(
                trained.get("held_out_error").asDouble(),
                measured.get("pair_error").asDouble(),
                1e-12);
        assertEquals(
                trained.get("train_error").asDouble(),
                measured.get("learned_error").asDouble(),
                1e-12);
        assertTrue(measured.get("standard_error").asDouble() > 0);

        JsonNode all =
                json(
                        "eval --json --quiet --held-out 0 --count 7 --run %s --pairs %s"
                                .formatted(run, pairs));
        assertEquals(7, all.get("pairs").asInt());
        assertEquals(0, all.get("held_out").asInt());
        assertFalse(all.has("learned_error"));
        String text =
                CommandsTest.ok("eval --quiet --run %s --pairs %s".formatted(run, pairs)).out();
        assertTrue(text.matches("squared error 0\\.\\d{5} ± .* 12 held-out pairs, .*\\R"), text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    pairs generate --out x --count 5 --held-out 5 | --held-out 5 leaves none of --count 5 pairs to learn from
                    eval --run RUN --data builtin:strokes --held-out 3 | --held-out needs --pairs
                    eval --teacher builtin:strokes --pairs PAIRS | --pairs measures a student: give --run
                    eval --run RUN --pairs PAIRS --damage blur | mean nothing to --pairs
                    train --resume --out RUN --steps 9 | falls to 0 at step 6, its steps cannot change
                    """)
    void whatDoesNotGoTogetherIsRefused(String line, String message) {
        Run refused =
                Run.getj(
                        line.replace("RUN", run.toString())
                                .replace("PAIRS", pairs.toString())
                                .split(" "));
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains(message), refused.err());
    }
}
