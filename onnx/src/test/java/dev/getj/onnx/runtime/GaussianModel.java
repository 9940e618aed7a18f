package dev.getj.onnx.runtime;

import dev.getj.diffusion.Edm;
import dev.getj.diffusion.TeacherForm;
import dev.getj.onnx.OnnxGraph;
import dev.getj.onnx.OnnxGraph.Type;

import java.nio.file.Path;
import java.util.Map;

/**
 * The ideal denoiser of N(mean, 0.3²) in every element, {@code D(x; σ) = mean + (x − mean) · 0.3² /
 * (0.3² + σ²)}, as an ONNX model of 3×4×4 images; or the network that EDM's preconditioning makes
 * this denoiser of. The mean of class k is {@link #mean}.
 *
 * @param type of images and noise levels
 * @param sigma name of the second input
 * @param sigmaShape its shape
 * @param label its type, or null for an unconditional model
 * @param batch images at once, or {@link OnnxGraph#BATCH}
 */
record GaussianModel(
        TeacherForm form, Type type, String sigma, int[] sigmaShape, Type label, int batch) {
    static final double DEVIATION = 0.3;
    static final int CLASSES = 3;
    static final int CHANNELS = 3;
    static final int SIZE = 4;
    static final int ELEMENTS = CHANNELS * SIZE * SIZE;

    /** Told nothing, all is of class 0. */
    static double mean(int label) {
        return 0.25 - 0.2 * label;
    }

    static GaussianModel denoiser() {
        return new GaussianModel(
                TeacherForm.DENOISER,
                Type.FLOAT,
                "sigma",
                new int[] {OnnxGraph.BATCH},
                null,
                OnnxGraph.BATCH);
    }

    static GaussianModel network() {
        return denoiser().of(TeacherForm.NETWORK, "noise_labels");
    }

    GaussianModel of(TeacherForm newForm, String newSigma) {
        return new GaussianModel(newForm, type, newSigma, sigmaShape, label, batch);
    }

    GaussianModel withSigma(int... newShape) {
        return new GaussianModel(form, type, sigma, newShape, label, batch);
    }

    GaussianModel withLabel(Type newLabel) {
        return new GaussianModel(form, type, sigma, sigmaShape, newLabel, batch);
    }

    GaussianModel inDouble() {
        return new GaussianModel(form, Type.DOUBLE, sigma, sigmaShape, label, batch);
    }

    GaussianModel withBatch(int newBatch) {
        return new GaussianModel(form, type, sigma, new int[] {newBatch}, label, newBatch);
    }

    Path write(Path file) {
        OnnxGraph g = new OnnxGraph("Gaussian");
        int[] images = {batch, CHANNELS, SIZE, SIZE};
        String x = cast(g, g.input("x", type, images));
        String told = cast(g, g.input(sigma, type, sigmaShape));
        String level = g.node("Reshape", told, g.integers(-1, 1, 1, 1));
        String mean = mean(g);
        boolean network = form == TeacherForm.NETWORK;
        if (network) {
            level = g.node("Exp", g.node("Mul", level, g.scalar(4)));
        }
        String deviation2 = g.scalar((float) (DEVIATION * DEVIATION));
        String data2 = g.scalar((float) (Edm.STANDARD.sigmaData() * Edm.STANDARD.sigmaData()));
        String level2 = g.node("Mul", level, level);
        String sum = g.node("Add", level2, data2);
        if (network) {
            x = g.node("Mul", x, g.node("Sqrt", sum));
        }
        String keep = g.node("Div", deviation2, g.node("Add", deviation2, level2));
        String image = g.node("Add", mean, g.node("Mul", g.node("Sub", x, mean), keep));
        if (network) {
            String skip = g.node("Mul", x, g.node("Div", data2, sum));
            String gain =
                    g.node("Div", g.node("Mul", level, g.node("Sqrt", data2)), g.node("Sqrt", sum));
            image = g.node("Div", g.node("Sub", image, skip), gain);
        }
        if (type == Type.DOUBLE) {
            image = g.node("Cast", Map.of("to", 11L), image);
        }
        g.output(g.rename(image, "out"), type, images);
        g.write(file);
        return file;
    }

    private String cast(OnnxGraph g, String value) {
        return type == Type.DOUBLE ? g.node("Cast", Map.of("to", 1L), value) : value;
    }

    private String mean(OnnxGraph g) {
        if (label == null) {
            return g.scalar((float) mean(0));
        }
        float[] means = {(float) mean(0), (float) mean(1), (float) mean(2)};
        String table = g.tensor("means", () -> means, CLASSES, 1);
        String rows =
                label == Type.INT64
                        ? g.node("Gather", table, g.input("class", label, batch))
                        : g.node("MatMul", g.input("class", label, batch, CLASSES), table);
        return g.node("Reshape", rows, g.integers(-1, 1, 1, 1));
    }
}
