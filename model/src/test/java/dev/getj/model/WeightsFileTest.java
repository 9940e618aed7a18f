package dev.getj.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.SafetensorsWriter;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.sample.Sampler;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

class WeightsFileTest {
    private static final ModelConfig CONFIG = TinyNetworks.conditional();
    private static final String BIAS = "deq_blocks.1.mlp.fc2.bias";

    private record Stored(float[] values, long[] shape) {}

    @TempDir Path folder;

    private Path file;
    private Backend backend;
    private Parameters weights;
    private Map<String, Stored> tensors;

    @BeforeEach
    void open() {
        file = folder.resolve("weights.safetensors");
        backend = Backends.jvm(1);
        weights = TinyNetworks.weights(backend, CONFIG, 3);
        tensors = stored("");
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private Map<String, Stored> stored(String prefix) {
        Map<String, Stored> stored = new TreeMap<>();
        for (ParameterTable.Entry entry : weights.table().entries()) {
            long[] shape = entry.shape().stream().mapToLong(Integer::longValue).toArray();
            stored.put(
                    prefix + entry.name(), new Stored(weights.tensor(entry.name()).get(), shape));
        }
        return stored;
    }

    private void write(String config) {
        SafetensorsWriter writer = new SafetensorsWriter();
        tensors.forEach((name, tensor) -> writer.add(name, tensor.values(), tensor.shape()));
        if (config != null) {
            writer.metadata("config", config);
        }
        writer.write(file);
    }

    private void write() {
        write(ConfigJson.write(CONFIG));
    }

    private Parameters read() {
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertEquals(CONFIG, WeightsFile.config(opened));
            Parameters read = new Parameters(backend, new ParameterTable(CONFIG));
            WeightsFile.read(opened, WeightsFile.prefix(opened), CONFIG, read);
            return read;
        }
    }

    private void expectRefusal(String message) {
        GetjException error =
                assertThrows(
                        GetjException.class, () -> Sampler.load(file, Backends.jvm(1)).close());
        assertEquals(message.replace("FILE", file.toString()), error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "param.", "ema.", "model."})
    void weightsAreFoundUnderEveryPrefix(String prefix) {
        tensors = stored(prefix);
        write();
        assertArrayEquals(weights.flat().get(), read().flat().get());
    }

    @Test
    void averagedWeightsArePreferred() {
        tensors = stored(WeightsFile.MODEL);
        weights = TinyNetworks.weights(backend, CONFIG, 4);
        tensors.putAll(stored(WeightsFile.EMA));
        write();
        assertArrayEquals(weights.flat().get(), read().flat().get());
    }

    @Test
    void positionsThatAreLeftOutAreComputed() {
        tensors.remove(ParameterTable.POSITION);
        write();
        assertArrayEquals(weights.flat().get(), read().flat().get());
    }

    @Test
    void aMissingFileIsNamed() {
        expectRefusal("cannot read FILE: no such file or folder");
    }

    @Test
    void aFolderWithoutACheckpointIsNamed() {
        GetjException error =
                assertThrows(GetjException.class, () -> Sampler.load(folder, Backends.jvm(1)));
        assertEquals(
                "cannot read " + folder.resolve(Sampler.LATEST) + ": no such file or folder",
                error.getMessage());
    }

    @Test
    void aTruncatedFileIsRefusedWhereverItEnds() throws IOException {
        write();
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 7, 100, whole.length / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            GetjException error =
                    assertThrows(GetjException.class, () -> Sampler.load(file, Backends.jvm(1)));
            assertTrue(
                    error.getMessage()
                            .startsWith(file + " is not a safetensors file that can be read: "),
                    error.getMessage());
            assertFalse(error.getMessage().contains("\n"), error.getMessage());
        }
    }

    @Test
    void aMissingTensorIsNamed() {
        tensors.remove(BIAS);
        write();
        expectRefusal("FILE holds no tensor '" + BIAS + "'");
    }

    @Test
    void aFileWithoutWeightsIsRefused() {
        tensors.remove("x_embedder.proj.weight");
        write();
        expectRefusal("FILE holds no weights: there is no tensor 'x_embedder.proj.weight' in it");
    }

    @Test
    void aWrongShapeIsNamedWithTheRightOne() {
        tensors.put(BIAS, new Stored(new float[9], new long[] {9}));
        write();
        expectRefusal("FILE: tensor '" + BIAS + "' has shape [9], the network needs [8]");
    }

    @Test
    void aTransposedWeightIsNamedToo() {
        tensors.put("qkv_inj.weight", new Stored(new float[48 * 8], new long[] {8, 48}));
        write();
        expectRefusal("FILE: tensor 'qkv_inj.weight' has shape [8, 48], the network needs [48, 8]");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void valuesThatAreNotFiniteAreNamed(float value) {
        tensors.get(BIAS).values()[5] = value;
        write();
        expectRefusal(
                "FILE: tensor '"
                        + BIAS
                        + "' holds "
                        + value
                        + " at position 5; the weights are damaged");
    }

    @Test
    void integersAreNotWeights() {
        tensors.remove(BIAS);
        SafetensorsWriter writer =
                new SafetensorsWriter().metadata("config", ConfigJson.write(CONFIG));
        tensors.forEach((name, tensor) -> writer.add(name, tensor.values(), tensor.shape()));
        writer.add(BIAS, new long[8], 8).write(file);
        expectRefusal("FILE: tensor '" + BIAS + "' holds I64, not floats");
    }

    @Test
    void aFileThatDoesNotTellItsNetworkIsRefused() {
        write(null);
        expectRefusal(
                "FILE has no 'config' in its metadata, so the size of the network is unknown;"
                        + " it was not written by getj: getj convert reads it and writes one that"
                        + " does");
    }

    @Test
    void aConfigurationThatTheTensorsDoNotFitIsRefusedBeforeMemoryIsTaken() {
        // 1.6 billion parameters: six gigabytes, which a small file could ask for
        ModelConfig huge =
                new ModelConfig(
                        "huge",
                        new ModelConfig.Images(4, 2, 3),
                        new ModelConfig.Token(2, 1 << 13, 2),
                        new ModelConfig.Stack(1, 2),
                        new ModelConfig.Get(new ModelConfig.Stack(1, 3)));
        write(ConfigJson.write(huge));
        expectRefusal(
                "FILE: tensor 'x_embedder.proj.weight' has shape [8, 2, 2, 2], the network needs"
                        + " [8192, 2, 2, 2]");
    }

    @Test
    void aConfigurationBeyondEveryArrayIsTheFilesFault() {
        ModelConfig huge =
                new ModelConfig(
                        "huge",
                        new ModelConfig.Images(4, 2, 3),
                        new ModelConfig.Token(2, 1 << 15, 2),
                        new ModelConfig.Stack(9, 2),
                        new ModelConfig.Get(new ModelConfig.Stack(1, 3)));
        write(ConfigJson.write(huge));
        expectRefusal(
                "FILE: impossible model configuration: the network has more than 2^31 parameters: "
                        + huge.describe());
    }
}
