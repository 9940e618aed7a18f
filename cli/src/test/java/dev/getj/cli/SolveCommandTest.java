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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.imageio.ImageIO;

/** {@code getj solve} and {@code getj memory}. */
class SolveCommandTest {
    @TempDir static Path folder;

    @BeforeAll
    static void train() {
        Path pairs = folder.resolve("pairs");
        CommandsTest.ok(
                "pairs generate --quiet --count 6 --classes 3 --images 3 --steps 2 --out " + pairs);
        String settings = "train --quiet --steps 1 --batch 2 --iterations 1 --pairs " + pairs;
        CommandsTest.ok(settings + CommandsTest.TINY + " --out " + folder.resolve("run"));
        CommandsTest.ok(
                settings + CommandsTest.TINY + " --classes 0 --out " + folder.resolve("plain"));
        CommandsTest.ok(
                settings
                        + " --patch 8 --width 16 --heads 2 --depth 1 --deq-depth 0 --out "
                        + folder.resolve("vit"));
    }

    private static String in(String line) {
        return line.replace("%", folder + "/");
    }

    private static JsonNode json(String line) throws IOException {
        return new JsonMapper().readTree(CommandsTest.ok(in(line)).out());
    }

    private static List<String> keys(JsonNode node) {
        List<String> keys = new ArrayList<>();
        node.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    @Test
    void everySolverIsTriedAndDrawn() throws Exception {
        JsonNode told =
                json(
                        "solve --json --quiet --run %run --count 4 --max-iterations 5 --tol 0"
                                + " --chart %all.png");
        assertEquals(
                List.of(
                        "count",
                        "solvers",
                        "spectral_radius",
                        "power_method",
                        "jacobian_penalty",
                        "chart"),
                keys(told));
        assertEquals(4, told.get("count").asInt());
        assertEquals(4, told.get("spectral_radius").size());
        assertEquals(4, told.get("power_method").size());
        JsonNode solvers = told.get("solvers");
        assertEquals(List.of("fixed-point", "anderson", "broyden"), keys(solvers));
        JsonNode anderson = solvers.get("anderson");
        assertEquals(
                List.of("evaluations", "converged", "absolute", "relative", "trace"),
                keys(anderson));
        assertEquals(5, anderson.get("evaluations").asInt());
        assertEquals(5, anderson.get("trace").size());
        assertEquals(6, solvers.get("broyden").get("evaluations").asInt());
        assertTrue(ImageIO.read(folder.resolve("all.png").toFile()).getWidth() > 500);
    }

    @Test
    void oneSolverMayBeChosen() throws Exception {
        JsonNode told =
                json(
                        "solve --json --quiet --weights %run/latest.safetensors --solver anderson"
                                + " --memory 2 --stop rel --tol 1e9 --label 2 --chart %one.png");
        assertEquals(List.of("anderson"), keys(told.get("solvers")));
        assertEquals(1, told.get("solvers").get("anderson").get("evaluations").asInt());
        assertEquals(8, told.get("solvers").get("anderson").get("converged").asInt());
    }

    @Test
    void peopleGetATable() {
        Run told = CommandsTest.ok(in("solve --quiet --run %plain --count 2 --chart %t.png"));
        List<String> lines = told.out().lines().toList();
        assertEquals(5, lines.size(), told.out());
        assertTrue(lines.getFirst().startsWith("solver       evaluations converged"), told.out());
        assertTrue(lines.get(1).matches("fixed-point +40 +0/2 .*"), told.out());
        assertTrue(lines.getLast().startsWith("spectral radius "), told.out());
    }

    @Test
    void memoryIsCountedWithoutBeingTaken() throws Exception {
        JsonNode told =
                json("memory --json --quiet --model GET-B/2 --batch 128 --chart %memory.png");
        assertEquals(List.of("model", "batch", "megabytes"), keys(told));
        JsonNode implicit = told.get("megabytes").get("implicit");
        assertEquals(24, implicit.size());
        assertEquals(implicit.get(0), implicit.get(23));
        assertTrue(Files.exists(folder.resolve("memory.png")));
        Run table = CommandsTest.ok("memory --quiet --batch 2 --iterations 9");
        assertEquals(
                List.of("iterations", "1", "2", "4", "6", "8", "9"),
                table.out().lines().map(line -> line.split(" ")[0]).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    2 | solve --chart %new.png                              | Error: Missing required argument
                    1 | solve --run %missing --chart %new.png               | cannot read %missing: no such file or folder
                    2 | solve --run %run --count 0 --chart %new.png         | --count 0: a whole number from 1 to 100000000 is needed
                    2 | solve --run %run --power-iterations 0 --chart %new.png | --power-iterations 0: a whole number from 1 to 10000 is needed
                    2 | solve --run %run --label 3 --chart %new.png         | label 3 is not a class of this network, which has 0…2
                    2 | solve --run %plain --label 0 --chart %new.png       | this network is unconditional: it takes no --label
                    2 | solve --run %vit --chart %new.png                   | %vit has no equilibrium to solve for
                    2 | solve --run %run --solver broyden --ridge 1 --chart %new.png | --ridge means nothing to --solver broyden
                    2 | solve --run %run --max-iterations 0 --chart %new.png | --max-iterations 0: a whole number from 1 to 10000 is needed
                    2 | memory --iterations 0 --chart %new.png              | --iterations 0: a whole number from 1 to 1000 is needed
                    2 | memory --batch 0 --chart %new.png                   | --batch 0: a whole number from 1 to 1000000 is needed
                    2 | memory --model ViT-S/2 --chart %new.png             | ViT-S/2 has no equilibrium: there are no iterations to count
                    """)
    void whatCannotBeIsOneLine(int code, String line, String message) {
        Run refused = Run.getj(in(line + " --quiet").split(" "));
        String first = refused.err().lines().findFirst().orElse("");
        assertTrue(first.startsWith("getj: " + in(message)), refused.err());
        assertEquals(code, refused.code(), refused.err());
        assertFalse(Files.exists(folder.resolve("new.png")));
    }
}
