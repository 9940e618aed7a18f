package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code getj study} with a few steps of its real networks. */
class StudyCommandTest {
    private static final String SMALL = "study --quiet --quick --steps 5 --pairs 32 --images 20 ";

    @TempDir private Path folder;

    private String in(String line) {
        return line.replace("%", folder + "/");
    }

    @Test
    void aStudyIsWrittenDownAndItsTeacherAndClassifierCanBeNamed() throws Exception {
        CommandsTest.ok(
                in(
                        "teacher train --quiet --data builtin:strokes --patch 8 --width 8 --heads 1"
                                + " --depth 1 --batch 2 --steps 1 --out %teacher"));
        CommandsTest.ok(
                in(
                        "classifier train --quiet --data builtin:strokes --steps 1 --out"
                                + " %classifier"));
        String line =
                SMALL
                        + "--json --only pairs --teacher %teacher --classifier %classifier --out"
                        + " %new";
        JsonNode told = new JsonMapper().readTree(CommandsTest.ok(in(line)).out());
        List<String> keys = new ArrayList<>();
        told.fieldNames().forEachRemaining(keys::add);
        assertEquals(List.of("out", "runs", "finished", "page", "study"), keys);
        assertEquals(3, told.get("finished").asInt());
        JsonNode run = told.get("study").get("runs").get(0);
        assertEquals("get-medium", run.get("student").asText());
        JsonNode last = run.get("way").get(run.get("way").size() - 1);
        assertEquals(5, last.get("step").asLong());
        double accuracy = last.get("quality").get("accuracy").asDouble();
        assertTrue(accuracy >= 0 && accuracy <= 1, () -> "accuracy " + accuracy);
        assertTrue(Files.exists(folder.resolve("new/study.md")));

        Run again = CommandsTest.ok(in(line.replace("--json ", "")));
        assertEquals(in("3 runs, results in %new/study.md"), again.out().strip());
    }

    @Test
    void aPairSetIsStudiedAndJudgedByAClassifierAgainstData() throws Exception {
        CommandsTest.ok(in("pairs generate --quiet --count 40 --held-out 8 --out %set"));
        String line = SMALL + "--json --only loss --pair-set %set --out ";
        JsonNode told = new JsonMapper().readTree(CommandsTest.ok(in(line + "%errors")).out());
        JsonNode last = told.at("/study/runs/0/way").path(0).path("quality");
        assertTrue(last.path("frechet").isNull() && last.path("accuracy").isNull(), told::toString);
        assertTrue(last.path("pair_error").asDouble() > 0, told::toString);
        assertTrue(Files.exists(folder.resolve("errors/loss-error.png")));
        assertFalse(Files.exists(folder.resolve("errors/loss.png")));

        line += "%new --classifier builtin:strokes --data builtin:strokes,seed=2,count=50";
        told = new JsonMapper().readTree(CommandsTest.ok(in(line)).out());
        JsonNode teacher = told.at("/study/baselines/teacher");
        JsonNode noise = told.at("/study/baselines/noise");
        double ratio = noise.path("frechet").asDouble() / teacher.path("frechet").asDouble();
        assertTrue(ratio > 2, told::toString);
        assertTrue(teacher.path("accuracy").asDouble() > 0.9, told::toString);
        assertTrue(told.at("/study/baselines/strokes").isNull(), told::toString);

        Run more = Run.getj(in("study --quiet --pair-set %set --pairs 33 --out %more").split(" "));
        assertEquals(1, more.code());
        assertEquals(
                in("getj: %set has 32 pairs to learn from, fewer than --pairs 33"),
                more.err().strip());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    2 | --seeds 0           | --seeds 0: a whole number from 1 to 1000 is needed
                    2 | --steps 4           | at least 5 steps are needed, not 4
                    2 | --pairs 15          | at least 16 pairs are needed, not 15
                    2 | --images 3          | at least 4 images are needed, not 3
                    2 | --batch 0           | --batch 0: a whole number from 1 to 1000000 is needed
                    2 | --lr 0              | --lr 0: a number above 0 is needed
                    2 | --only steps,weight | Invalid value for option '--only'
                    2 | --held-out 5        | --held-out needs --pair-set
                    2 | --data builtin:x    | --data needs --pair-set
                    2 | --pair-set %set --teacher %t    | --teacher and --pair-set exclude each other
                    2 | --pair-set %set --classifier %c | with --pair-set, --data and --classifier need each other
                    1 | --pair-set %set     | cannot read %set
                    1 | --teacher %missing  | cannot read %missing: no such file or folder
                    1 | --classifier %none  | cannot read %none: no such file or folder
                    """)
    void whatCannotBeIsOneLine(int code, String options, String message) {
        Run refused = Run.getj(in("study --quiet --quick --out %new " + options).split(" +"));
        String first = refused.err().lines().findFirst().orElse("");
        assertTrue(first.startsWith("getj: " + in(message)), refused.err());
        assertEquals(code, refused.code(), refused.err());
        assertFalse(Files.exists(folder.resolve("new/settings.json")), "it can be put right");
    }
}
