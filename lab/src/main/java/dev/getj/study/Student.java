package dev.getj.study;

import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;

/**
 * A network that learns from the teacher.
 *
 * @param name lower case, for folders and tables
 * @param rate of learning, its own; 0 for that of the study's optimizer
 * @param lastAlone whether the last state alone is supervised, instead of all; nothing to a ViT
 */
public record Student(String name, ModelConfig model, double rate, boolean lastAlone) {
    /** The side of a patch: that of the images has to be a multiple of it. */
    static final int PATCH = 4;

    private static final int HEADS = 4;
    private static final double RATIO = 4;

    /** At the study's rate, all states supervised. */
    Student(String name, ModelConfig model) {
        this(name, model, 0, false);
    }

    /** A GET with one equilibrium block. */
    static Student get(String name, ModelConfig.Images images, int width, int depth) {
        return get(name, images, width, depth, ModelConfig.Norm.PRE, ModelConfig.Start.NOISE);
    }

    /** The same with another norm and start than the paper's. */
    static Student get(
            String name,
            ModelConfig.Images images,
            int width,
            int depth,
            ModelConfig.Norm norm,
            ModelConfig.Start start) {
        ModelConfig.Kind kind = ModelConfig.Kind.of(1, RATIO, norm, start);
        return new Student(name, model(name, images, width, depth, RATIO, kind));
    }

    /** A ViT. */
    static Student vit(String name, ModelConfig.Images images, int width, int depth) {
        return vit(name, images, width, depth, RATIO);
    }

    /** A ViT with another MLP ratio. */
    static Student vit(String name, ModelConfig.Images images, int width, int depth, double ratio) {
        ModelConfig.Kind kind = new ModelConfig.Vit();
        return new Student(name, model(name, images, width, depth, ratio, kind));
    }

    private static ModelConfig model(
            String name,
            ModelConfig.Images images,
            int width,
            int depth,
            double ratio,
            ModelConfig.Kind kind) {
        return new ModelConfig(
                name,
                images,
                new ModelConfig.Token(PATCH, width, HEADS),
                new ModelConfig.Stack(depth, ratio),
                kind);
    }

    Student withRate(double rate) {
        return new Student(name, model, rate, lastAlone);
    }

    Student supervisedAtLast() {
        return new Student(name, model, rate, true);
    }

    boolean isGet() {
        return switch (model.kind()) {
            case ModelConfig.Get _ -> true;
            case ModelConfig.Vit _ -> false;
        };
    }

    /** Number of parameters, the positional embedding included. */
    public int parameters() {
        return new ParameterTable(model).size();
    }

    /**
     * Multiply-accumulates of one image's forward pass.
     *
     * @param iterations of a GET
     */
    long multiplyAccumulates(int iterations) {
        return model.multiplyAccumulates(iterations);
    }
}
