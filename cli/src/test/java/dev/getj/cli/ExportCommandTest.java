package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class ExportCommandTest {
    private static final Path GET = CommandsTest.GOLDEN.resolve("get_cond_tiny.safetensors");
    private static final Path VIT = CommandsTest.GOLDEN.resolve("vit_uncond_tiny.safetensors");

    @TempDir Path folder;

    private Run export(Path weights, String... more) {
        String[] words = new String[7 + more.length];
        Path out = folder.resolve("model.onnx");
        String line = "export --quiet --json --weights %s --out %s".formatted(weights, out);
        System.arraycopy(line.split(" "), 0, words, 0, 7);
        System.arraycopy(more, 0, words, 7, more.length);
        return Run.getj(words);
    }

    @Test
    void tellsWhatItWrote() throws IOException {
        Run run = export(GET, "--iterations", "2");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("\"iterations\" : 2"), run.out());
        long bytes = Files.size(folder.resolve("model.onnx"));
        assertTrue(run.out().contains("\"bytes\" : " + bytes), run.out());
        Run vit = export(VIT);
        assertEquals(0, vit.code(), vit.err());
        assertTrue(vit.out().contains("\"iterations\" : 0"), vit.out());
    }

    @Test
    void refusesWhatCannotBe() {
        Run none = export(GET, "--iterations", "0");
        assertEquals(2, none.code());
        assertEquals(
                "getj: --iterations 0: a whole number from 1 to 1000 is needed",
                none.err().lines().findFirst().orElse(""));
        Run missing = export(folder.resolve("none"));
        assertEquals(1, missing.code());
        assertTrue(missing.err().contains("no such file"), missing.err());
        assertFalse(Files.exists(folder.resolve("model.onnx")));
    }
}
