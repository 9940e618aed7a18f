package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.getj.data.Pairs;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code builtin:strokes} stands for the right network wherever weights or a run are named. */
class ShippedCommandsTest {
    @TempDir private Path folder;

    private Run ok(String line) {
        return CommandsTest.ok(line.replace("%", folder + "/"));
    }

    @Test
    void aStudentForWhatSamples() throws IOException {
        ok("sample --quiet --weights builtin:strokes --count 2 --grid %a.png");
        ok("sample --quiet --run builtin:strokes --count 2 --grid %b.png");
        assertEquals(-1, Files.mismatch(folder.resolve("a.png"), folder.resolve("b.png")));
        ok("export --quiet --weights builtin:strokes --iterations 1 --out %x.onnx");
        assertTrue(Files.size(folder.resolve("x.onnx")) > 1 << 20);
        Run solved =
                ok(
                        "solve --quiet --weights builtin:strokes --count 1 --solver fixed-point"
                                + " --chart %c.png");
        assertTrue(solved.out().contains("spectral radius"), solved.out());
    }

    @Test
    void clothesByTheirNames() throws IOException {
        ok("sample --quiet --weights builtin:fashion --label shirt --count 1 --grid %a.png");
        ok("sample --quiet --weights builtin:fashion --label 6 --count 1 --grid %b.png");
        assertEquals(-1, Files.mismatch(folder.resolve("a.png"), folder.resolve("b.png")));
        ok(
                "teacher sample --quiet --run builtin:fashion --label bag --count 1 --sampler-steps"
                        + " 2 --grid %c.png");
    }

    @Test
    void aTeacherForWhatMakesPairs() {
        ok("pairs generate --quiet --teacher builtin:strokes --count 3 --steps 2 --out %p");
        try (Pairs pairs = Pairs.open(folder.resolve("p"))) {
            assertEquals(10, pairs.classes());
        }
        ok(
                "teacher sample --quiet --run builtin:strokes --count 1 --sampler-steps 2 --grid"
                        + " %t.png");
    }

    @Test
    void oneOfEachForWhatJudges() throws IOException {
        for (String judged : new String[] {"--run builtin:strokes", "--teacher builtin:strokes"}) {
            Run done =
                    ok(
                            "eval --quiet --json --count 20 --sampler-steps 8 --classifier"
                                    + " builtin:strokes --data builtin:strokes,count=100 "
                                    + judged);
            JsonNode told = JsonMapper.builder().build().readTree(done.out());
            assertTrue(told.get("class_accuracy").asDouble() >= 0.9, done.out());
        }
    }
}
