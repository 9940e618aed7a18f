package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

/** Averages of the weights whose length is chosen after training. */
class EmaCommandTest {
    @TempDir Path folder;

    @Test
    void weightsOfAnyLengthAreMadeAndSampled() throws Exception {
        String root = folder.toString();
        CommandsTest.ok(
                "pairs generate --quiet --images 20 --steps 2 --count 12 --out " + root + "/pairs");
        CommandsTest.ok(
                "train --quiet --width 8 --heads 2 --patch 8 --depth 1 --deq-depth 1 --batch 4 --steps 7 --ema-every 3 --pairs %s/pairs --out %s/run"
                        .formatted(root, root));
        String command = "ema --json --run %s/run --out %s/%s --length ";
        JsonNode made =
                new JsonMapper()
                        .readTree(
                                CommandsTest.ok(
                                                command.formatted(root, root, "long.safetensors")
                                                        + "0.1")
                                        .out());
        assertEquals(7, made.get("step").asInt());
        assertEquals(3, made.get("snapshots").asInt());
        assertTrue(made.get("misfit").asDouble() < 1e-6);
        CommandsTest.ok(
                "sample --quiet --weights %s/long.safetensors --count 2 --grid %s/grid.png"
                        .formatted(root, root));
        assertTrue(Files.exists(folder.resolve("grid.png")));
        // checkpoints with averages are read as any others
        CommandsTest.ok(
                "convert --quiet %s/run/latest.safetensors %s/plain.safetensors"
                        .formatted(root, root));
        Run other =
                Run.getj(
                        (command.formatted(root, root, "x.safetensors") + "0.1 --step 4")
                                .split(" "));
        assertEquals(1, other.code());
        assertTrue(other.err().contains("has no snapshot of step 4, but of [3, 6, 7]"));
    }
}
