package dev.getj.study;

import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;

/**
 * A network that learns from the teacher.
 *
 * @param name lower case, for folders and tables
 */
public record Student(String name, ModelConfig model) {
    /** The side of a patch: that of the images has to be a multiple of it. */
    static final int PATCH = 4;

    private static final int HEADS = 4;
    private static final double RATIO = 4;

    /** A GET with one equilibrium block. */
    static Student get(String name, ModelConfig.Images images, int width, int depth) {
        return new Student(name, model(name, images, width, depth, 1));
    }

    /** A ViT. */
    static Student vit(String name, ModelConfig.Images images, int width, int depth) {
        return new Student(name, model(name, images, width, depth, 0));
    }

    private static ModelConfig model(
            String name, ModelConfig.Images images, int width, int depth, int equilibriumDepth) {
        return new ModelConfig(
                name,
                images,
                new ModelConfig.Token(PATCH, width, HEADS),
                new ModelConfig.Stack(depth, RATIO),
                ModelConfig.Kind.of(equilibriumDepth, RATIO));
    }

    /** Number of parameters, the positional embedding included. */
    public int parameters() {
        return new ParameterTable(model).size();
    }
}
