package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.getj.io.SafetensorsFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** {@code getj convert}: the promised keys, the sampled image, and what is said otherwise. */
class ConvertCommandTest {
    private static final Path RESOURCES = Path.of("../model/src/test/resources");
    private static final Path CHECKPOINT = RESOURCES.resolve("reference/ckpt_cond.pth");

    @TempDir Path folder;

    private static Run getj(Object... words) {
        return Run.getj(Arrays.stream(words).map(Object::toString).toArray(String[]::new));
    }

    @Test
    void aCheckpointIsConvertedAndSampled() throws IOException {
        Path weights = folder.resolve("weights.safetensors");
        Path out = folder.resolve("images.safetensors");
        Path expected = RESOURCES.resolve("reference/ckpt_cond.expected.safetensors");
        Run done = getj("convert", CHECKPOINT, weights, "--json", "--which", "ema");
        assertEquals(0, done.code(), done.err());
        JsonNode told = JsonMapper.builder().build().readTree(done.out());
        assertEquals("{\"tensors\":57,\"parameters\":35484}", told.toString());
        assertTrue(done.err().contains("does not tell the number of heads; 2 taken"), done.err());
        Run sampled =
                getj("sample", "--quiet", "--weights", weights, "--input", expected, "--out", out);
        assertEquals(0, sampled.code(), sampled.err());
        try (SafetensorsFile theirs = SafetensorsFile.open(expected);
                SafetensorsFile ours = SafetensorsFile.open(out)) {
            float[] image = theirs.floats("image");
            float largest = 0;
            for (float value : image) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertArrayEquals(image, ours.floats("image"), 1e-5f * largest);
        }
    }

    @Test
    void aRefusalLeavesNothingBehind() throws IOException {
        Path in = folder.resolve("in.pth");
        Path out = folder.resolve("out.safetensors");
        byte[] whole = Files.readAllBytes(CHECKPOINT);
        Files.write(in, Arrays.copyOf(whole, whole.length / 2));
        Run refused = getj("convert", in, out);
        assertEquals(1, refused.code());
        assertEquals(
                "getj: " + in + " is damaged: the directory at its end is missing; it is truncated",
                refused.err().strip());
        whole[whole.length / 3] ^= 1;
        Files.write(in, whole);
        refused = getj("convert", in, out);
        assertEquals(1, refused.code());
        assertTrue(refused.err().contains("the check sum of"), refused.err());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(1, files.count(), "only what was there before");
        }
        refused = getj("convert", folder.resolve("none.pth"), out);
        assertEquals(
                "getj: cannot read " + folder.resolve("none.pth") + ": no such file or folder",
                refused.err().strip());
    }

    @Test
    void optionsThatContradictAreWrongUsage() {
        Path out = folder.resolve("x.safetensors");
        assertEquals(2, getj("convert", CHECKPOINT, out, "--training", "--which", "ema").code());
        assertEquals(2, getj("convert", CHECKPOINT, out, "--heads", "0").code());
        Run both = getj("convert", CHECKPOINT, out, "--which", "both");
        assertEquals(1, both.code());
        assertEquals(
                "getj: %s holds weights as 'model', 'ema' only; take them with --which model"
                        .formatted(CHECKPOINT),
                both.err().strip());
        assertEquals(2, getj("convert", CHECKPOINT, out, "--training", "--half").code());
        assertEquals(2, getj("convert", CHECKPOINT).code());
        Run heads = getj("convert", CHECKPOINT, out, "--heads", "5");
        assertEquals(1, heads.code());
        assertTrue(heads.err().contains("width 24 does not split into 5 heads"), heads.err());
        assertFalse(Files.exists(out));
    }
}
