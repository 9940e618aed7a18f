package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.getj.data.PairStatistics;
import dev.getj.data.Pairs;
import dev.getj.data.PairsImport;
import dev.getj.data.Progress;
import dev.getj.diffusion.TeacherConfig;
import dev.getj.diffusion.TrainedDenoiser;
import dev.getj.eval.Classifier;
import dev.getj.eval.ClassifierConfig;
import dev.getj.eval.ClassifierForm;
import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsWriter;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.model.Factors;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.sample.Sampler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code pairs.json} and the metadata of safetensors files with hostile values. */
class HostileMetadataTest {
    private static final int ITEMS = 13;

    private static final List<String> TEXTS =
            List.of(
                    "",
                    " ",
                    "-1",
                    "0",
                    "3",
                    "2147483648",
                    "9223372036854775807",
                    "99999999999999999999",
                    "1e999",
                    "-0.0",
                    "NaN",
                    "null",
                    "[]",
                    "{}",
                    "{",
                    "\u001b[2J\u009b\n",
                    "[".repeat(70_000),
                    "[],".repeat(70_000));

    @TempDir Path folder;

    private interface Use {
        void read(Path file) throws IOException;
    }

    /** The object at the beginning of a safetensors file. */
    private static ObjectNode header(byte[] file) throws IOException {
        int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        return (ObjectNode) HostileJson.JSON.readTree(file, 8, length);
    }

    private static byte[] with(byte[] file, ObjectNode header) {
        int old = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + file.length - 8 - old)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(file, 8 + old, file.length - 8 - old)
                .array();
    }

    /** Every key of the metadata with every text, and with values that are no text. */
    private static void assertReadOrRefused(Path sound, Use use) throws IOException {
        use.read(sound);
        byte[] bytes = Files.readAllBytes(sound);
        Path changed = sound.resolveSibling("changed.safetensors");
        int refused = 0;
        for (Map.Entry<String, JsonNode> entry :
                header(bytes).withObject("__metadata__").properties()) {
            String key = entry.getKey();
            String value = entry.getValue().textValue();
            for (String text : TEXTS) {
                refused += read(bytes, changed, key, HostileJson.JSON.valueToTree(text), use);
            }
            if (value.startsWith("{")) {
                for (HostileJson inner : HostileJson.of(value)) {
                    refused +=
                            read(
                                    bytes,
                                    changed,
                                    key,
                                    HostileJson.JSON.valueToTree(inner.json()),
                                    use);
                }
            }
            for (String odd : List.of("1", "null", "[]", "{\"a\": \"b\"}", "1e999")) {
                assertEquals(
                        1,
                        read(bytes, changed, key, HostileJson.JSON.readTree(odd), use),
                        key + odd);
            }
        }
        assertTrue(refused > 20, "refused " + refused);
    }

    private static int read(byte[] sound, Path file, String key, JsonNode value, Use use)
            throws IOException {
        ObjectNode header = header(sound);
        header.withObject("__metadata__").set(key, value);
        Files.write(file, with(sound, header));
        String text = value.toString();
        String where = key + " = " + text.substring(0, Math.min(300, text.length()));
        return HostileJson.isRefused(where, file.toString(), () -> use.read(file)) ? 1 : 0;
    }

    /** A checkpoint of step 1, all weights 0, read back by {@code use} in many variants. */
    private void assertCheckpoints(RunSettings settings, ParameterTable table, Use use)
            throws IOException {
        Path file = folder.resolve("checkpoint.safetensors");
        try (Backend backend = Backends.jvm(1)) {
            Trained trained = Trained.allocate(backend, table);
            Parameters gradients = new Parameters(backend, table);
            Optimizer optimizer =
                    new Optimizer(
                            backend,
                            settings.optimizer(),
                            trained,
                            Factors.floats(trained.weights()),
                            gradients);
            Checkpoint.write(
                    file, settings, ITEMS, 1, trained.weights(), optimizer, Optional.empty());
            assertReadOrRefused(
                    file,
                    changed -> {
                        Checkpoint.step(changed);
                        Checkpoint.read(
                                changed,
                                settings,
                                ITEMS,
                                trained.weights(),
                                optimizer,
                                Optional.empty());
                        use.read(changed);
                    });
            assertReadOrRefused(file, use);
        }
    }

    @Test
    void everyKeyOfAStudentIsReadOrRefusedInOneLine() throws IOException {
        RunConfig config = TinyRuns.config(Path.of("pairs"), 1);
        assertCheckpoints(
                config,
                new ParameterTable(config.model()),
                file -> {
                    Sampler.load(file).close();
                });
    }

    @Test
    void everyKeyOfATeacherIsReadOrRefusedInOneLine() throws IOException {
        TeacherConfig config = HostileSettingsTest.teacher();
        try (Backend backend = Backends.jvm(1)) {
            assertCheckpoints(
                    config,
                    ParameterTable.denoiser(config.teacher()),
                    file -> TrainedDenoiser.load(file, backend, 1).close());
        }
    }

    @Test
    void everyKeyOfAClassifierIsReadOrRefusedInOneLine() throws IOException {
        ClassifierConfig config = HostileSettingsTest.classifier();
        ClassifierForm form = config.classifier();
        try (Backend backend = Backends.jvm(1)) {
            assertCheckpoints(
                    config,
                    ParameterTable.layers(
                            form.imageSize() * form.imageSize(),
                            form.hidden(),
                            form.features(),
                            form.classes()),
                    file -> Classifier.load(file, backend));
        }
    }

    @Test
    void aClassifierThatClaimsMoreThanItsFileHoldsTakesNoMemory() throws IOException {
        Path file = folder.resolve("classifier.safetensors");
        new SafetensorsWriter()
                .metadata(
                        "classifier",
                        "{\"channels\":1,\"image_size\":256,\"hidden\":8192,\"features\":8192,\"classes\":8192}")
                .add("fc1.weight", new float[4], 2, 2)
                .write(file);
        try (Backend backend = Backends.jvm(1)) {
            assertTrue(
                    HostileJson.isRefused(
                            "sizes", file.toString(), () -> Classifier.load(file, backend)));
        }
    }

    @Test
    void everyKeyOfAFileOfPairsIsReadOrRefusedInOneLine() throws IOException {
        Path set = folder.resolve("pairs.safetensors");
        new SafetensorsWriter()
                .metadata("classes", "2")
                .metadata("seed", "1")
                .metadata("teacher", "some")
                .add("noise", new float[2], 2, 1, 1, 1)
                .add("image", new float[2], 2, 1, 1, 1)
                .add("label", new long[2], 2)
                .write(set);
        assertReadOrRefused(set, HostileMetadataTest::pairs);
    }

    private static void pairs(Path set) {
        try (Pairs pairs = Pairs.open(set)) {
            PairStatistics.of(pairs, Progress.NONE);
        }
    }

    @Test
    void everyValueOfPairsJsonIsReadOrRefusedInOneLine() throws IOException {
        Path set = folder.resolve("set");
        new PairsImport(Path.of("src/test/resources/reference/pairs_cond"))
                .copyTo(set, Progress.NONE);
        Path file = set.resolve("pairs.json");
        List<HostileJson> changes = HostileJson.of(Files.readString(file));
        int refused = 0;
        for (HostileJson change : changes) {
            Files.writeString(file, change.json());
            if (HostileJson.isRefused(change.where(), set.toString(), () -> pairs(set))) {
                refused++;
            }
        }
        assertTrue(refused > changes.size() / 3, "refused %s of %s".formatted(refused, changes));
        Files.writeString(file, "[],".repeat(1 << 20));
        assertEquals(
                "cannot read "
                        + file
                        + ": it has more than the 1048576 bytes that such a file can have",
                assertThrows(GetjException.class, () -> pairs(set)).getMessage());
    }
}
