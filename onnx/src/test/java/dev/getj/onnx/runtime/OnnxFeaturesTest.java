package dev.getj.onnx.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.CounterRandom;
import dev.getj.data.ImageData;
import dev.getj.data.Progress;
import dev.getj.eval.DrawnImages;
import dev.getj.eval.FeatureFile;
import dev.getj.eval.FeatureFile.Range;
import dev.getj.eval.FeatureFile.Role;
import dev.getj.eval.FeatureFormat;
import dev.getj.eval.FeatureSet;
import dev.getj.eval.Features;
import dev.getj.eval.FrechetDistance;
import dev.getj.eval.Moments;
import dev.getj.io.GetjException;
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
import java.util.Map;
import java.util.stream.Stream;

/** Networks of two linear layers, whose answers are computed here in double. */
class OnnxFeaturesTest {
    private static final int COUNT = 37;
    private static final int SIZE = 4;
    private static final int ELEMENTS = FeatureModel.CHANNELS * SIZE * SIZE;

    /** Sums of 48 products of floats of up to 255. */
    private static final double TOLERANCE = 2e-3;

    @TempDir Path folder;

    private static FeatureFile described(Path file, Range range) {
        return new FeatureFile(file, Map.of(), range, 0, FeatureModel.CHANNELS, SIZE, 1);
    }

    private Features open(FeatureModel model, Range range) {
        return FeatureFormat.openAny(
                described(model.write(folder.resolve("features.onnx")), range));
    }

    private static int level(int element) {
        return (int) CounterRandom.uniform(5, element, 0, 0, 256);
    }

    private static float[] images() {
        float[] images = new float[COUNT * ELEMENTS];
        for (int e = 0; e < images.length; e++) {
            images[e] = ImageData.ofLevel(level(e));
        }
        return images;
    }

    /** [COUNT, F], of the levels brought to a range. */
    private static double[] expected(Range range) {
        double[] features = new double[COUNT * FeatureModel.FEATURES];
        for (int f = 0; f < features.length; f++) {
            for (int e = 0; e < ELEMENTS; e++) {
                int level = level(f / FeatureModel.FEATURES * ELEMENTS + e);
                double value = range.low() + (range.high() - range.low()) * level / 255;
                features[f] += value * FeatureModel.weight(e, f % FeatureModel.FEATURES);
            }
        }
        return features;
    }

    private static double[] logits(double[] features) {
        double[] logits = new double[COUNT * FeatureModel.CLASSES];
        for (int l = 0; l < logits.length; l++) {
            int image = l / FeatureModel.CLASSES;
            for (int f = 0; f < FeatureModel.FEATURES; f++) {
                logits[l] +=
                        features[image * FeatureModel.FEATURES + f]
                                * FeatureModel.judgement(f, l % FeatureModel.CLASSES);
            }
        }
        return logits;
    }

    static Stream<FeatureModel> models() {
        FeatureModel model = FeatureModel.of(SIZE);
        return Stream.of(
                model,
                model.inSpace(),
                model.withBatch(1),
                model.withBatch(7).inSpace(),
                model.withBatch(50),
                model.withTold(OnnxGraph.BATCH),
                model.withType(Type.DOUBLE),
                model.withType(Type.UINT8),
                model.withLogits(null),
                model.withLogits("logits_unbiased"));
    }

    @ParameterizedTest
    @MethodSource("models")
    void answersAreTheNetworks(FeatureModel model) {
        boolean bytes = model.type() == Type.UINT8;
        for (Range range : new Range[] {new Range(0, 1), new Range(-1, 1), new Range(0, 255)}) {
            boolean usual = range.low() == 0 && range.high() == (bytes ? 255 : 1);
            if (bytes && !usual) {
                continue;
            }
            try (Features features = open(model, usual ? null : range)) {
                assertEquals(FeatureModel.FEATURES, features.dimensions());
                Features.Answers answers = features.answers(images(), COUNT);
                double[] expected = expected(range);
                assertArrayEquals(expected, answers.features(), TOLERANCE);
                if (model.logits() == null) {
                    assertEquals(0, features.classes());
                    assertNull(answers.logits());
                } else {
                    assertEquals(FeatureModel.CLASSES, features.classes());
                    assertArrayEquals(logits(expected), answers.logits(), TOLERANCE);
                }
            }
        }
    }

    /** Features are linear in the images, so they tell what became of these. */
    @Test
    void imagesAreResizedToWhatTheNetworkTakes() {
        NetworkImages seven = new NetworkImages(3, SIZE, 3, 7, 0, 1, false);
        float[] resized = new float[seven.elements()];
        seven.prepare(images(), 0, resized, 0);
        double[] expected = new double[FeatureModel.FEATURES];
        for (int e = 0; e < resized.length; e++) {
            for (int f = 0; f < expected.length; f++) {
                expected[f] += (double) resized[e] * FeatureModel.weight(e, f);
            }
        }
        FeatureModel model = FeatureModel.of(7);
        try (Features features = open(model, null)) {
            assertArrayEquals(expected, features.answers(images(), 1).features(), 1e-4);
            assertEquals(
                    "features.onnx, 5 features and 4 classes of 7×7×3 images from 0 to 1, resized"
                            + " from 4",
                    features.name());
        }
        Path file = model.withTold(OnnxGraph.BATCH).write(folder.resolve("open.onnx"));
        FeatureFile told = new FeatureFile(file, Map.of(), null, 7, 3, SIZE, 1);
        try (Features features = FeatureFormat.openAny(told)) {
            assertArrayEquals(expected, features.answers(images(), 1).features(), 1e-4);
        }
    }

    @Test
    void greyImagesAreShownInColour() {
        Path file = FeatureModel.of(SIZE).write(folder.resolve("features.onnx"));
        float[] grey = Arrays.copyOf(images(), SIZE * SIZE);
        float[] colour = new float[ELEMENTS];
        for (int e = 0; e < ELEMENTS; e++) {
            colour[e] = grey[e % grey.length];
        }
        FeatureFile ofGrey = new FeatureFile(file, Map.of(), null, 0, 1, SIZE, 1);
        try (Features one = FeatureFormat.openAny(ofGrey);
                Features three = FeatureFormat.openAny(described(file, null))) {
            assertArrayEquals(three.answers(colour, 1).features(), one.answers(grey, 1).features());
        }
    }

    @Test
    void distanceAndScoreAreThoseOfTheAnswers() {
        double[] expected = expected(new Range(0, 1));
        Moments moments = new Moments(FeatureModel.FEATURES).add(expected, COUNT);
        Moments origin = new Moments(FeatureModel.FEATURES);
        for (int i = 0; i < 2 * FeatureModel.FEATURES; i++) {
            double[] corner = new double[FeatureModel.FEATURES];
            corner[i / 2] = i % 2 == 0 ? 3 : -3;
            origin.add(corner, 1);
        }
        double[] marginal = new double[FeatureModel.CLASSES];
        double[][] probabilities = probabilities(logits(expected));
        for (double[] image : probabilities) {
            for (int c = 0; c < marginal.length; c++) {
                marginal[c] += image[c] / COUNT;
            }
        }
        double divergence = 0;
        for (double[] image : probabilities) {
            for (int c = 0; c < marginal.length; c++) {
                divergence += image[c] * Math.log(image[c] / marginal[c]) / COUNT;
            }
        }
        DrawnImages drawn = new DrawnImages("drawn", images(), null, 3, SIZE, 0);
        try (Features features = open(FeatureModel.of(SIZE), null)) {
            FeatureSet set = FeatureSet.of(features, drawn, COUNT, 3, 1, Progress.NONE);
            assertEquals(
                    FrechetDistance.between(moments, origin),
                    FrechetDistance.between(set.moments(), origin),
                    1e-4);
            assertEquals(Math.exp(divergence), set.inceptionScore(), 1e-5);
            assertEquals(3 * FeatureModel.FEATURES, set.vectors().length);
            assertEquals(expected[7], set.vectors()[7], 1e-4);
        }
    }

    private static double[][] probabilities(double[] logits) {
        double[][] probabilities = new double[COUNT][FeatureModel.CLASSES];
        for (int i = 0; i < COUNT; i++) {
            double sum = 0;
            for (int c = 0; c < FeatureModel.CLASSES; c++) {
                probabilities[i][c] = Math.exp(logits[i * FeatureModel.CLASSES + c]);
                sum += probabilities[i][c];
            }
            for (int c = 0; c < FeatureModel.CLASSES; c++) {
                probabilities[i][c] /= sum;
            }
        }
        return probabilities;
    }

    @Test
    void outputsCanBeNamed() {
        Path file = FeatureModel.of(SIZE).withLogits("fc").write(folder.resolve("f.onnx"));
        try (Features features = FeatureFormat.openAny(described(file, null))) {
            assertEquals(0, features.classes());
        }
        FeatureFile named =
                new FeatureFile(
                        file,
                        Map.of(Role.FEATURES, "fc", Role.LOGITS, "features"),
                        null,
                        0,
                        3,
                        SIZE,
                        1);
        try (Features features = FeatureFormat.openAny(named)) {
            assertEquals(FeatureModel.CLASSES, features.dimensions());
            assertEquals(FeatureModel.FEATURES, features.classes());
        }
        FeatureFile wrong = new FeatureFile(file, Map.of(Role.LOGITS, "none"), null, 0, 3, SIZE, 1);
        refused("has no tensor 'none' to be logits; there are (features: float [?, 5]", wrong);
    }

    private Path model(String output, Type type, int... shape) {
        OnnxGraph g = new OnnxGraph("unfit");
        String x = g.input("x", type, shape);
        g.output(g.rename(x, output), type, shape);
        Path file = folder.resolve("unfit.onnx");
        g.write(file);
        return file;
    }

    private void refused(String part, Path file) {
        refused(part, described(file, null));
    }

    private static void refused(String part, FeatureFile file) {
        GetjException refused =
                assertThrows(GetjException.class, () -> FeatureFormat.openAny(file).close());
        assertTrue(refused.getMessage().contains(part), refused.getMessage());
        assertTrue(refused.getMessage().contains(file.path().getFileName().toString()));
    }

    @Test
    void whatIsNoFeatureNetworkIsRefused() throws IOException {
        refused("should be float or uint8 [batch, C, S, S]", model("y", Type.FLOAT, 1, 3, 4, 5));
        refused("should be float or uint8 [batch, C, S, S]", model("y", Type.INT64, 1, 3, 4, 4));
        refused("should be float or uint8 [batch, C, S, S]", model("y", Type.FLOAT, 1, 48));
        refused("[batch, 3, S, S] for these images", model("y", Type.FLOAT, 1, 5, 4, 4));
        refused("of 1 to 4096 pixels a side", model("y", Type.FLOAT, 1, 3, 90000, 90000));
        refused("more than memory holds", model("y", Type.FLOAT, 2_000_000_000, 3, 4, 4));
        refused(
                "has shape [2, 3, 4, 4]; [2, F] or [2, F, 1, 1]",
                model("y", Type.FLOAT, -1, 3, 4, 4));
        refused("no such file", folder.resolve("none.onnx"));
        Path file = FeatureModel.of(SIZE).withType(Type.UINT8).write(folder.resolve("b.onnx"));
        refused("leave --range out", described(file, new Range(0, 1)));
        refused("--resize 9 does not fit", new FeatureFile(file, Map.of(), null, 9, 3, SIZE, 1));
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 300));
        refused("a part of it reaches beyond its end", file);
        Files.write(file, new byte[] {8, 8, 0x3a, 0});
        refused("ONNX Runtime cannot load it", file);
        Path wrongSize =
                FeatureModel.of(5).withTold(OnnxGraph.BATCH).write(folder.resolve("c.onnx"));
        refused("ONNX Runtime failed", wrongSize);
        Path other = Files.createFile(folder.resolve("inception.pt"));
        refused("nothing on the class path reads", other);
        GaussianModel.denoiser().write(folder.resolve("teacher.onnx"));
        refused("a feature network takes images and nothing else", folder.resolve("teacher.onnx"));
        OnnxGraph g = new OnnxGraph("two");
        String x = g.input("x", Type.FLOAT, -1, 3, 4, 4);
        String rows = g.node("Flatten", x);
        g.output(g.rename(rows, "a"), Type.FLOAT, -1, 48);
        g.output(g.rename(rows, "b"), Type.FLOAT, -1, 48);
        g.write(folder.resolve("two.onnx"));
        refused("say it with --tensor features=NAME", folder.resolve("two.onnx"));
    }

    @Test
    void answersThatAreNoNumbersAreRefused() {
        OnnxGraph g = new OnnxGraph("logarithm");
        String x = g.input("x", Type.FLOAT, -1, 3, 4, 4);
        g.output(g.rename(g.node("Flatten", g.node("Log", x)), "y"), Type.FLOAT, -1, 48);
        Path file = folder.resolve("log.onnx");
        g.write(file);
        float[] black = new float[ELEMENTS];
        Arrays.fill(black, -1);
        try (Features features = FeatureFormat.openAny(described(file, null))) {
            GetjException refused =
                    assertThrows(GetjException.class, () -> features.answers(black, 1));
            assertEquals(file + ": the output y holds -Infinity", refused.getMessage());
        }
    }
}
