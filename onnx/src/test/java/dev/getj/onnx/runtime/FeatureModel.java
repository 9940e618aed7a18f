package dev.getj.onnx.runtime;

import dev.getj.onnx.OnnxGraph;
import dev.getj.onnx.OnnxGraph.Type;

import java.nio.file.Path;
import java.util.Map;

/**
 * A network of one linear layer of features and one of logits, as an ONNX model of square images of
 * three channels.
 *
 * @param type of the images
 * @param batch images at once, or {@link OnnxGraph#BATCH}
 * @param told the side that the file tells, or {@link OnnxGraph#BATCH}
 * @param size the side that it takes
 * @param spatial whether the features are [batch, F, 1, 1]
 * @param logits name of the logits, or null to have none
 */
record FeatureModel(Type type, int batch, int told, int size, boolean spatial, String logits) {
    static final int CHANNELS = 3;
    static final int FEATURES = 5;
    static final int CLASSES = 4;

    static FeatureModel of(int size) {
        return new FeatureModel(Type.FLOAT, OnnxGraph.BATCH, size, size, false, "logits");
    }

    FeatureModel withType(Type newType) {
        return new FeatureModel(newType, batch, told, size, spatial, logits);
    }

    FeatureModel withBatch(int newBatch) {
        return new FeatureModel(type, newBatch, told, size, spatial, logits);
    }

    FeatureModel withTold(int newTold) {
        return new FeatureModel(type, batch, newTold, size, spatial, logits);
    }

    FeatureModel inSpace() {
        return new FeatureModel(type, batch, told, size, true, logits);
    }

    FeatureModel withLogits(String newLogits) {
        return new FeatureModel(type, batch, told, size, spatial, newLogits);
    }

    int inputs() {
        return CHANNELS * size * size;
    }

    /** Weight of an input in a feature. */
    static float weight(int input, int feature) {
        return (float) Math.sin(1 + 3 * input + 7 * feature);
    }

    /** Weight of a feature in a class. */
    static float judgement(int feature, int label) {
        return (float) Math.cos(2 + 5 * feature + 11 * label) / 4;
    }

    Path write(Path file) {
        OnnxGraph g = new OnnxGraph("features");
        String x = g.input("x", type, batch, CHANNELS, told, told);
        String real = g.node("Cast", Map.of("to", 1L), x);
        String rows = g.node("Reshape", real, g.integers(-1, inputs()));
        String features = g.node("MatMul", rows, g.tensor("w", this::weights, inputs(), FEATURES));
        if (spatial) {
            String space = g.node("Reshape", features, g.integers(-1, FEATURES, 1, 1));
            g.output(g.rename(space, "features"), Type.FLOAT, batch, FEATURES, 1, 1);
        } else {
            g.output(g.rename(features, "features"), Type.FLOAT, batch, FEATURES);
        }
        if (logits != null) {
            String v = g.tensor("v", FeatureModel::judgements, FEATURES, CLASSES);
            String told = g.rename(g.node("MatMul", features, v), logits);
            g.output(told, Type.FLOAT, batch, CLASSES);
        }
        g.write(file);
        return file;
    }

    private float[] weights() {
        float[] weights = new float[inputs() * FEATURES];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = weight(i / FEATURES, i % FEATURES);
        }
        return weights;
    }

    private static float[] judgements() {
        float[] judgements = new float[FEATURES * CLASSES];
        for (int i = 0; i < judgements.length; i++) {
            judgements[i] = judgement(i / CLASSES, i % CLASSES);
        }
        return judgements;
    }
}
