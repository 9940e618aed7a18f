package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.getj.io.FileFormat;
import dev.getj.io.SafetensorsFile;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files from before formats had versions are sampled, judged, converted and resumed. */
class UnversionedFilesTest {
    @TempDir Path temporary;

    private Path old;

    @BeforeEach
    void copy() throws IOException {
        old = OldFiles.copy(temporary.resolve("old"));
    }

    private Run ok(String line) {
        return CommandsTest.ok(line.replace("%", old + "/"));
    }

    private float[] floats(String file, String tensor) {
        try (SafetensorsFile opened = SafetensorsFile.open(old.resolve(file))) {
            return opened.floats(tensor);
        }
    }

    /** What the files are: a newer getj has not made them anew. */
    @Test
    void theyCarryNoVersion() throws IOException {
        List<String> versioned = List.of("pairs.json"); // from the beginning
        for (Path file : OldFiles.json(old)) {
            assertEquals(
                    versioned.contains(file.getFileName().toString()),
                    new JsonMapper().readTree(file.toFile()).has(FileFormat.VERSION),
                    file::toString);
        }
        for (String file : List.of("student/latest", "weights", "samples", "pairs/pairs-00000")) {
            try (SafetensorsFile opened =
                    SafetensorsFile.open(old.resolve(file + ".safetensors"))) {
                assertEquals(null, opened.metadata().get(FileFormat.VERSION), file);
            }
        }
    }

    @Test
    void aRunAndConvertedWeightsAreSampledAsBefore() {
        String request = " --quiet --count 4 --iterations 2 --seed 3 --out %";
        ok("sample --run %student" + request + "run.safetensors");
        ok("sample --weights %weights.safetensors" + request + "weights-now.safetensors");
        float[] before = floats("samples.safetensors", "image");
        // other vector widths add up in another order
        assertArrayEquals(before, floats("run.safetensors", "image"), 1e-4f);
        assertArrayEquals(before, floats("weights-now.safetensors", "image"), 1e-4f);
    }

    @Test
    void aRunIsResumedAsBefore() throws IOException {
        ok("train --quiet --resume --steps 5 --pairs %pairs --out %student");
        try (SafetensorsFile before = SafetensorsFile.open(old.resolve("resumed.safetensors"));
                SafetensorsFile now =
                        SafetensorsFile.open(old.resolve("student/latest.safetensors"))) {
            assertEquals(before.names(), now.names());
            assertEquals("5", now.metadata().get("step"));
            assertEquals(before.metadata().get("position"), now.metadata().get("position"));
            // moments are sums of gradients; weights may differ by the rate where gradients are
            // rounding errors
            for (String name : before.names()) {
                float tolerance = name.startsWith("exp_avg") ? 1e-5f : 2 * 1e-3f;
                assertArrayEquals(before.floats(name), now.floats(name), tolerance, name);
            }
        }
        assertEquals(5, Files.readAllLines(old.resolve("student/metrics.jsonl")).size());
        String config = Files.readString(old.resolve("student/config.json"));
        assertTrue(config.startsWith("{\n  \"version\" : 1,\n  \"model\" :"), config);
    }

    @Test
    void teacherAndClassifierAreUsedAndResumed() {
        ok("pairs generate --quiet --count 4 --steps 2 --teacher %teacher --out %new-pairs");
        ok(
                "teacher sample --quiet --count 2 --sampler-steps 2 --run %teacher --out"
                        + " %t.safetensors");
        ok(
                "eval --quiet --run %student --count 20 --data builtin:strokes,count=50"
                        + " --data-count 40 --features classifier --classifier %classifier");
        ok(
                "eval --quiet --images %samples.safetensors --count 4 --data"
                        + " builtin:strokes,count=50 --data-count 40");
        ok("teacher train --quiet --resume --steps 4 --out %teacher");
        ok("classifier train --quiet --resume --steps 4 --out %classifier");
    }

    @Test
    void pairsAreReadAndACheckpointIsConvertedAndExported() {
        assertTrue(ok("pairs inspect %pairs").out().contains("8"));
        ok(
                "train --quiet --steps 1 --batch 2 --iterations 1 --pairs %pairs --out %new"
                        + CommandsTest.TINY);
        ok("convert --quiet %student/latest.safetensors %now.safetensors");
        ok("export --quiet --run %student --out %sampler.onnx");
        ok("solve --quiet --run %student --count 2 --chart %solve.png");
        assertArrayEquals(
                floats("weights.safetensors", "x_embedder.proj.weight"),
                floats("now.safetensors", "x_embedder.proj.weight"));
    }
}
