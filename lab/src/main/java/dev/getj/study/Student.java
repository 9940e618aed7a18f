package dev.getj.study;

import dev.getj.data.Strokes;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;

/**
 * A network that learns from the teacher.
 *
 * @param name lower case, for folders and tables
 */
public record Student(String name, ModelConfig model) {
    private static final int PATCH = 4;
    private static final int HEADS = 4;
    private static final double RATIO = 4;

    /** A GET for the strokes: 16 tokens, one equilibrium block. */
    static Student get(String name, int width, int depth) {
        return new Student(name, model(name, width, depth, 1));
    }

    /** A ViT for the strokes: 16 tokens. */
    static Student vit(String name, int width, int depth) {
        return new Student(name, model(name, width, depth, 0));
    }

    private static ModelConfig model(String name, int width, int depth, int equilibriumDepth) {
        return new ModelConfig(
                name,
                new ModelConfig.Images(Strokes.SIZE, Strokes.CHANNELS, Strokes.CLASSES),
                new ModelConfig.Token(PATCH, width, HEADS),
                new ModelConfig.Stack(depth, RATIO),
                ModelConfig.Kind.of(equilibriumDepth, RATIO));
    }

    /** Number of parameters, the positional embedding included. */
    public int parameters() {
        return new ParameterTable(model).size();
    }
}
