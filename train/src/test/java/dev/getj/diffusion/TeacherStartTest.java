package dev.getj.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsWriter;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.model.ConfigJson;
import dev.getj.model.Initialization;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.WeightsFile;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.WeightsLocation;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Students that begin with a teacher's weights. */
class TeacherStartTest {
    private static final double SIGMA_DATA = 0.8;
    private static final int COUNT = 3;
    private static final int[] LABELS = {2, 0, 1};

    @TempDir Path folder;

    private final Random random = new Random(4);
    private Backend backend;
    private Path file;

    private static ModelConfig vit(int classes, int depth) {
        return new ModelConfig(
                "tiny",
                new ModelConfig.Images(4, 2, classes),
                new ModelConfig.Token(2, 8, 2),
                new ModelConfig.Stack(depth, 2),
                new ModelConfig.Vit());
    }

    @BeforeEach
    void open() {
        backend = Backends.jvm(1);
        file = folder.resolve("teacher.safetensors");
    }

    /** A teacher with weights of which none is 0. */
    private void writeTeacher(ModelConfig model) {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (ParameterTable.Entry entry : ParameterTable.denoiser(model).trainedEntries()) {
            float[] values = new float[entry.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (0.4 * random.nextGaussian());
            }
            long[] shape = entry.shape().stream().mapToLong(Integer::longValue).toArray();
            writer.add(WeightsFile.EMA + entry.name(), values, shape);
        }
        writer.metadata(WeightsFile.DENOISER, ConfigJson.write(model))
                .metadata("sigma_data", Double.toString(SIGMA_DATA))
                .write(file);
    }

    private Parameters begun(ModelConfig student) {
        Parameters weights = new Parameters(backend, new ParameterTable(student));
        Initialization.initialize(student, weights, 1);
        TeacherStart.fill(WeightsLocation.at(file), student, weights);
        return weights;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void aVitOfTheTeachersSizeIsItsEstimateAtTheHighestLevel(int classes) {
        ModelConfig model = vit(classes, 2);
        writeTeacher(model);
        float[] noise = new float[COUNT * model.pixels()];
        float[] noisy = new float[noise.length];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextGaussian();
            noisy[i] = (float) (Edm.SIGMA_MAX * noise[i]);
        }
        float[] estimate = new float[noise.length];
        TrainedDenoiser.load(file, backend, COUNT)
                .denoise(noisy, Edm.SIGMA_MAX, LABELS, COUNT, estimate);
        float skip = (float) new Edm(SIGMA_DATA).cSkip(Edm.SIGMA_MAX);
        for (int i = 0; i < estimate.length; i++) {
            estimate[i] -= skip * noisy[i];
        }
        Sampler sampler = new Sampler(backend, model, begun(model));
        SampleRequest request = SampleRequest.of(COUNT);
        float[] made =
                sampler.sample(
                                noise,
                                new float[0],
                                classes == 0 ? request : request.withLabels(LABELS))
                        .pixels();
        assertArrayEquals(estimate, made, 1e-4f);
    }

    @Test
    void aGetTakesAsManyBlocksAsFit() {
        writeTeacher(vit(3, 3));
        ModelConfig get =
                new ModelConfig(
                        "tiny GET",
                        new ModelConfig.Images(4, 2, 3),
                        new ModelConfig.Token(2, 8, 2),
                        new ModelConfig.Stack(1, 2),
                        new ModelConfig.Get(new ModelConfig.Stack(3, 3)));
        Parameters drawn = new Parameters(backend, new ParameterTable(get));
        Initialization.initialize(get, drawn, 1);
        Parameters begun = begun(get);
        for (String taken :
                new String[] {
                    "blocks.0.mlp.fc1.weight",
                    "deq_blocks.0.attn.qkv.bias",
                    "deq_blocks.1.attn.proj.weight",
                    "final_layer.linear.weight"
                }) {
            assertFalse(same(drawn, begun, taken), taken);
        }
        for (String kept :
                new String[] {
                    "qkv_inj.weight",
                    "deq_blocks.0.mlp.fc1.weight",
                    "deq_blocks.2.attn.qkv.weight",
                    "pos_embed"
                }) {
            assertTrue(same(drawn, begun, kept), kept);
        }
    }

    private static boolean same(Parameters a, Parameters b, String name) {
        return Arrays.equals(a.tensor(name).get(), b.tensor(name).get());
    }

    @Test
    void otherTokensAreRefused() {
        writeTeacher(vit(3, 1));
        ModelConfig unconditional = vit(0, 1);
        assertEquals(
                file
                        + ": a student that begins as its teacher has the same classes: the"
                        + " teacher's is 3, not 0",
                assertThrows(GetjException.class, () -> begun(unconditional)).getMessage());
    }

    @Test
    void aTeacherWithANullClassIsItsOwnGuide() {
        ModelConfig model = vit(3, 2).withNullClass();
        writeTeacher(model);
        TrainedDenoiser teacher = TrainedDenoiser.load(file, backend, COUNT);
        Teacher unlabelled = teacher.unlabelled().orElseThrow();
        assertEquals(0, unlabelled.classes());
        float[] noisy = new float[COUNT * model.pixels()];
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] = (float) random.nextGaussian();
        }
        float[] none = new float[noisy.length];
        unlabelled.denoise(noisy, 1, LABELS, COUNT, none);
        float[] told = new float[noisy.length];
        teacher.denoise(noisy, 1, new int[] {3, 3, 3}, COUNT, told);
        assertArrayEquals(told, none);
        teacher.denoise(noisy, 1, LABELS, COUNT, told);
        assertFalse(Arrays.equals(told, none));
        float[] led = new float[noisy.length];
        new GuidedTeacher(teacher, unlabelled, 2).denoise(noisy, 1, LABELS, COUNT, led);
        for (int e = 0; e < led.length; e++) {
            told[e] = none[e] + 2f * (told[e] - none[e]);
        }
        assertArrayEquals(told, led);
        writeTeacher(vit(3, 2));
        assertTrue(TrainedDenoiser.load(file, backend, COUNT).unlabelled().isEmpty());
    }

    @Test
    void aStudentTakesTheNullClassOfATeacherThatHasOne() {
        writeTeacher(vit(3, 2).withNullClass());
        String table = "y_embedder.embedding_table.weight";
        float[] rows = begun(vit(3, 2).withNullClass()).tensor(table).get();
        float[] classes = begun(vit(3, 2)).tensor(table).get();
        assertEquals(3 * 24, classes.length);
        assertArrayEquals(classes, Arrays.copyOf(rows, classes.length));
        writeTeacher(vit(3, 2));
        float[] drawn = begun(vit(3, 2).withNullClass()).tensor(table).get();
        assertFalse(Arrays.equals(rows, drawn));
        assertEquals(4 * 24, drawn.length);
    }
}
