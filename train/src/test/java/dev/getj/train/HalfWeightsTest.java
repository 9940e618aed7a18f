package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.convert.Conversion;
import dev.getj.diffusion.TrainedDenoiser;
import dev.getj.eval.Classifier;
import dev.getj.io.DType;
import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.SafetensorsWriter;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.model.ConfigJson;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Checkpoints of teachers and classifiers as small files of halves, with the same results. */
class HalfWeightsTest {
    private static final ModelConfig VIT =
            new ModelConfig(
                    "custom",
                    new ModelConfig.Images(8, 1, 3),
                    new ModelConfig.Token(4, 16, 2),
                    new ModelConfig.Stack(2, 4),
                    new ModelConfig.Vit());
    private static final Map<String, String> TEACHER =
            Map.of("denoiser", ConfigJson.write(VIT), "sigma_data", "0.7", "step", "9");
    private static final Map<String, String> CLASSIFIER =
            Map.of(
                    "classifier",
                    "{\"channels\": 1, \"image_size\": 8, \"hidden\": 12, \"features\": 5,"
                            + " \"classes\": 3}",
                    "step",
                    "9");

    @TempDir Path folder;

    /** What a checkpoint holds of a network: two sets of weights, and moments. */
    private Path checkpoint(ParameterTable table, Map<String, String> metadata) {
        Random random = new Random(5);
        SafetensorsWriter writer =
                new SafetensorsWriter()
                        .metadata("format", "getj-checkpoint")
                        .metadata("position", "576");
        metadata.forEach(writer::metadata);
        for (String set : new String[] {"model.", "ema.", "exp_avg."}) {
            for (ParameterTable.Entry entry : table.entries()) {
                float[] values = new float[entry.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (0.3 * random.nextGaussian());
                }
                long[] shape = entry.shape().stream().mapToLong(Integer::longValue).toArray();
                writer.add(set + entry.name(), values, shape);
            }
        }
        writer.write(folder.resolve("latest.safetensors"));
        return folder.resolve("latest.safetensors");
    }

    private Path half(Path checkpoint, int parameters, Map<String, String> metadata) {
        Path out = folder.resolve("half.safetensors");
        Conversion done = Conversion.run(new Conversion.Request(checkpoint, out, null, null, true));
        assertEquals("ema.", done.prefix());
        assertEquals(parameters, done.parameters());
        try (SafetensorsFile written = SafetensorsFile.open(out)) {
            assertEquals(done.tensors(), written.names().size());
            Map<String, String> versioned = new HashMap<>(metadata);
            versioned.put("format", "getj-weights");
            versioned.put("version", "1");
            assertEquals(versioned, written.metadata());
            for (String name : written.names()) {
                assertEquals(
                        name.equals("pos_embed") ? DType.F32 : DType.F16,
                        written.entry(name).dtype());
            }
        }
        return out;
    }

    private static float[] images() {
        Random random = new Random(3);
        float[] images = new float[4 * 64];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) random.nextGaussian();
        }
        return images;
    }

    private static float[] denoised(Path file) {
        try (Backend backend = Backends.jvm(2);
                TrainedDenoiser teacher = TrainedDenoiser.load(file, backend, 4)) {
            float[] denoised = new float[4 * 64];
            teacher.denoise(images(), 0.9, new int[] {0, 1, 2, 0}, 4, denoised);
            return denoised;
        }
    }

    @Test
    void aTeacherOfHalvesDenoisesAlmostTheSame() {
        ParameterTable table = ParameterTable.denoiser(VIT);
        Path checkpoint = checkpoint(table, TEACHER);
        float[] full = denoised(checkpoint);
        float[] halves = denoised(half(checkpoint, table.size(), TEACHER));
        assertArrayEquals(full, halves, 1e-2f);
        assertFalse(Arrays.equals(full, halves), "halves cannot be as exact as floats");
    }

    @Test
    void aTeacherThatLacksAPartIsRefused() {
        Path checkpoint = checkpoint(new ParameterTable(VIT), TEACHER);
        GetjException refused =
                assertThrows(
                        GetjException.class,
                        () ->
                                Conversion.run(
                                        new Conversion.Request(
                                                checkpoint,
                                                folder.resolve("x.safetensors"),
                                                null,
                                                null,
                                                false)));
        assertTrue(refused.getMessage().contains(" lacks "), refused::getMessage);
    }

    private static double[] judged(Path file) {
        try (Backend backend = Backends.jvm(2)) {
            return Classifier.load(file, backend).answers(images(), 4).logits();
        }
    }

    @Test
    void aClassifierOfHalvesJudgesAlmostTheSame() {
        ParameterTable table = ParameterTable.layers(64, 12, 5, 3);
        Path checkpoint = checkpoint(table, CLASSIFIER);
        double[] full = judged(checkpoint);
        double[] halves = judged(half(checkpoint, table.size(), CLASSIFIER));
        assertArrayEquals(full, halves, 1e-2);
        assertFalse(Arrays.equals(full, halves), "halves cannot be as exact as floats");
    }
}
