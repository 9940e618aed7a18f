package dev.getj.onnx.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.Pairs;
import dev.getj.data.PairsDescription;
import dev.getj.data.Progress;
import dev.getj.diffusion.Edm;
import dev.getj.diffusion.HeunSampler;
import dev.getj.diffusion.Teacher;
import dev.getj.diffusion.TeacherFile;
import dev.getj.diffusion.TeacherFile.Role;
import dev.getj.diffusion.TeacherForm;
import dev.getj.diffusion.TeacherFormat;
import dev.getj.diffusion.TeacherPairs;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.onnx.OnnxGraph;
import dev.getj.onnx.OnnxGraph.Type;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Models that denoise a Gaussian, whose images have a closed form. */
class OnnxTeacherTest {
    private static final int COUNT = 5;
    private static final int[] LABELS = {2, 0, 1, 1, 2};

    /** The denoiser answers in floats, of up to 80 in the early steps. */
    private static final double TOLERANCE = 2e-5;

    @TempDir Path folder;

    private Teacher open(GaussianModel model) {
        return open(model, 0);
    }

    private Teacher open(GaussianModel model, int classes) {
        Path file = model.write(folder.resolve("model.onnx"));
        return TeacherFormat.openAny(
                new TeacherFile(file, null, Map.of(), 0, 0, classes, Edm.STANDARD, 1));
    }

    private static float[] latents() {
        float[] latents = new float[COUNT * GaussianModel.ELEMENTS];
        Random random = new Random(6);
        for (int i = 0; i < latents.length; i++) {
            latents[i] = (float) random.nextGaussian();
        }
        return latents;
    }

    /**
     * What Heun's method makes of the Gaussian's {@code dx/dσ = (x − mean) σ / (s² + σ²)}: every
     * step multiplies x − mean by a number.
     */
    private static double heun(double latent, double mean, int steps) {
        double[] levels = Edm.schedule(steps);
        double x = levels[0] * latent - mean;
        for (int i = 0; i < steps; i++) {
            double step = levels[i + 1] - levels[i];
            double slope = rate(levels[i]);
            double slopeThere = rate(levels[i + 1]) * (1 + step * slope);
            x *= 1 + step * (levels[i + 1] == 0 ? slope : (slope + slopeThere) / 2);
        }
        return mean + x;
    }

    private static double rate(double sigma) {
        return sigma / (GaussianModel.DEVIATION * GaussianModel.DEVIATION + sigma * sigma);
    }

    /** The end of the exact flow, {@code mean + (x − mean) s/√(s² + σmax²)}. */
    private static double flow(double latent, double mean) {
        double s = GaussianModel.DEVIATION;
        return mean + (Edm.SIGMA_MAX * latent - mean) * s / Math.hypot(s, Edm.SIGMA_MAX);
    }

    static Stream<GaussianModel> models() {
        GaussianModel denoiser = GaussianModel.denoiser();
        return Stream.of(
                denoiser,
                GaussianModel.network(),
                denoiser.withSigma(),
                denoiser.withSigma(1),
                denoiser.withSigma(OnnxGraph.BATCH, 1, 1, 1),
                GaussianModel.network().inDouble(),
                denoiser.inDouble(),
                denoiser.withBatch(2),
                denoiser.withBatch(1),
                denoiser.withBatch(7).withLabel(Type.FLOAT),
                denoiser.withBatch(2).withLabel(Type.INT64),
                denoiser.withLabel(Type.FLOAT),
                GaussianModel.network().withLabel(Type.INT64));
    }

    @ParameterizedTest
    @MethodSource("models")
    void heunMakesWhatItMakesOfAGaussian(GaussianModel model) {
        boolean told = model.label() != null;
        try (Teacher teacher = open(model, model.label() == Type.INT64 ? 3 : 0)) {
            assertEquals(GaussianModel.ELEMENTS, teacher.elements());
            assertEquals(told ? 3 : 0, teacher.classes());
            String form = model.form().name().toLowerCase(Locale.ROOT);
            assertEquals(form, teacher.settings().get("form"));
            float[] latents = latents();
            double[] images = new HeunSampler(18).sample(teacher, latents, LABELS, COUNT);
            double[] expected = new double[images.length];
            for (int e = 0; e < images.length; e++) {
                int label = told ? LABELS[e / GaussianModel.ELEMENTS] : 0;
                expected[e] = heun(latents[e], GaussianModel.mean(label), 18);
            }
            assertArrayEquals(expected, images, TOLERANCE);
        }
    }

    @Test
    void manyStepsFollowTheExactFlow() {
        try (Teacher teacher = open(GaussianModel.network())) {
            float[] latents = latents();
            double[] images = new HeunSampler(256).sample(teacher, latents, null, COUNT);
            for (int e = 0; e < images.length; e++) {
                assertEquals(flow(latents[e], GaussianModel.mean(0)), images[e], 1e-3);
            }
        }
    }

    /** Stopped after every batch; other batches would be as good. */
    @Test
    void pairsAreMadeAndGoneOnWith() {
        try (Teacher teacher = open(GaussianModel.denoiser().withLabel(Type.FLOAT));
                Backend backend = Backends.jvm(1)) {
            Path file = folder.resolve("model.onnx");
            Path set = folder.resolve("set");
            TeacherPairs maker = new TeacherPairs(teacher, 18, 4);
            PairsDescription description = maker.description(10, 3);
            assertEquals(
                    "model.onnx, a denoiser of 4×4×3 images, 3 classes, 18 Heun steps",
                    description.teacher());
            for (long left = 0; left < 10; ) {
                int[] batches = {1};
                left =
                        maker.generate(
                                backend, set, description, Progress.NONE, () -> batches[0]-- == 0);
            }
            try (Pairs pairs = Pairs.open(set)) {
                assertEquals(description, pairs.description());
                float[] noise = new float[GaussianModel.ELEMENTS];
                float[] image = new float[GaussianModel.ELEMENTS];
                for (int i = 0; i < 10; i++) {
                    pairs.read(i, 0, noise, image);
                    assertEquals(i % 3, pairs.label(i));
                    for (int e = 0; e < image.length; e++) {
                        double expected = heun(noise[e], GaussianModel.mean(i % 3), 18);
                        assertEquals(expected, image[e], TOLERANCE);
                    }
                }
            }
            try (Teacher other = open(GaussianModel.network().withLabel(Type.FLOAT))) {
                String before = description.settings().get("sha256");
                assertNotEquals(before, other.settings().get("sha256"));
                assertEquals("0.5", other.settings().get("sigma_data"));
            }
        }
    }

    @Test
    void namesAndSizesCanBeGiven() {
        OnnxGraph graph = new OnnxGraph("unnamed");
        int[] open = {OnnxGraph.BATCH, OnnxGraph.BATCH, OnnxGraph.BATCH, OnnxGraph.BATCH};
        String first = graph.input("a", Type.FLOAT, open);
        String second = graph.input("b", Type.FLOAT, open);
        String both = graph.node("Mul", first, second);
        graph.output(graph.rename(both, "c"), Type.FLOAT, open);
        graph.output(graph.rename(first, "d"), Type.FLOAT, open);
        Path file = folder.resolve("unnamed.onnx");
        graph.write(file);
        refused("which inputs are image", file, null, Map.of(), 0);
        Map<Role, String> inputs = Map.of(Role.IMAGE, "b", Role.SIGMA, "a");
        refused("which output is the image", file, null, inputs, 0);
        Map<Role, String> all = Map.of(Role.IMAGE, "b", Role.SIGMA, "a", Role.OUTPUT, "c");
        refused("leaves its size open; give --channels", file, null, all, 0);
        refused("give --form denoiser or --form network", file, null, all, 2);
        refused("has no tensor 'e' to be image", file, null, Map.of(Role.IMAGE, "e"), 2);
        TeacherFile told =
                new TeacherFile(file, TeacherForm.DENOISER, all, 2, 2, 0, Edm.STANDARD, 1);
        try (Teacher teacher = TeacherFormat.openAny(told)) {
            float[] noisy = new float[16];
            float[] expected = new float[16];
            for (int i = 0; i < 16; i++) {
                noisy[i] = i;
                expected[i] = 10 * i;
            }
            float[] denoised = new float[16];
            teacher.denoise(noisy, 10, null, 2, denoised);
            assertArrayEquals(expected, denoised);
        }
    }

    @Test
    void whatIsNoDenoiserIsRefused() throws IOException {
        Path file = folder.resolve("model.onnx");
        GaussianModel.denoiser().write(file);
        refused("the input x: float [?, 3, 4, 4]", file, null, Map.of(), 5);
        GaussianModel.denoiser().withLabel(Type.INT64).write(file);
        refused("leaves its size open; give --classes", file, null, Map.of(), 0);
        GaussianModel.denoiser().withLabel(Type.FLOAT).write(file);
        GetjException classes =
                assertThrows(
                        GetjException.class,
                        () -> open(GaussianModel.denoiser().withLabel(Type.FLOAT), 4));
        assertTrue(classes.getMessage().contains("--classes 4 does not fit"), classes.getMessage());
        classes = assertThrows(GetjException.class, () -> open(GaussianModel.denoiser(), 4));
        assertTrue(classes.getMessage().contains("takes no labels"), classes.getMessage());
        OnnxGraph sampler = new OnnxGraph("no denoiser");
        sampler.input("noise", Type.FLOAT, 1, 3, 4, 4);
        String z0 = sampler.input("z0", Type.FLOAT, 1, 4, 8);
        sampler.output(sampler.rename(z0, "z"), Type.FLOAT, 1, 4, 8);
        sampler.write(file);
        refused("is unclear from (noise: float [1, 3, 4, 4]; z0:", file, null, Map.of(), 0);
        GaussianModel.denoiser().of(TeacherForm.DENOISER, "time").write(file);
        refused("does not tell whether it is sigma", file, null, Map.of(), 0);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        refused("a part of it reaches beyond its end", file, null, Map.of(), 0);
        Files.write(file, new byte[] {8, 8, 0x3a, 0});
        refused("ONNX Runtime cannot load it", file, null, Map.of(), 0);
        refused("no such file", folder.resolve("none.onnx"), null, Map.of(), 0);
        Path other = Files.createFile(folder.resolve("model.pt"));
        refused("nothing on the class path reads", other, null, Map.of(), 0);
    }

    private static void refused(
            String part, Path file, TeacherForm form, Map<Role, String> names, int channels) {
        TeacherFile described =
                new TeacherFile(file, form, names, channels, channels, 0, Edm.STANDARD, 1);
        GetjException refused =
                assertThrows(GetjException.class, () -> TeacherFormat.openAny(described).close());
        assertTrue(refused.getMessage().contains(part), refused.getMessage());
        assertTrue(refused.getMessage().contains(file.getFileName().toString()));
    }
}
