package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.tensor.Tensor;

import java.util.Random;

/** Networks small enough for finite differences, with weights of which none is 0. */
public final class TinyNetworks {
    private TinyNetworks() {}

    /**
     * 4×4×2 images in four tokens, 3 classes, 1 injection block and 2 equilibrium blocks of other
     * width.
     */
    public static ModelConfig conditional() {
        return get(3);
    }

    /** As {@link #conditional}, with a normalised state. */
    public static ModelConfig postNorm() {
        ModelConfig pre = conditional();
        return new ModelConfig(
                "tiny post-norm",
                pre.images(),
                pre.token(),
                pre.blocks(),
                new ModelConfig.Get(
                        pre.kind().blocks(), ModelConfig.Norm.POST, ModelConfig.Start.NOISE));
    }

    /** As {@link #conditional}, starting at what leaves the injection block. */
    public static ModelConfig fromInjection() {
        ModelConfig noise = conditional();
        return new ModelConfig(
                "tiny from its injection",
                noise.images(),
                noise.token(),
                noise.blocks(),
                new ModelConfig.Get(
                        noise.kind().blocks(), ModelConfig.Norm.PRE, ModelConfig.Start.INJECTION));
    }

    private static ModelConfig get(int classes) {
        return new ModelConfig(
                "tiny",
                new ModelConfig.Images(4, 2, classes),
                new ModelConfig.Token(2, 8, 2),
                new ModelConfig.Stack(1, 2),
                new ModelConfig.Get(new ModelConfig.Stack(2, 3)));
    }

    /** As {@link #conditional}, without classes. */
    public static ModelConfig unconditional() {
        return get(0);
    }

    /** Two blocks, conditional, nothing of an equilibrium. */
    public static ModelConfig vit() {
        return new ModelConfig(
                "tiny ViT",
                new ModelConfig.Images(4, 2, 3),
                new ModelConfig.Token(2, 8, 2),
                new ModelConfig.Stack(2, 2),
                new ModelConfig.Vit());
    }

    /**
     * Random weights, also where {@link Initialization} puts zeros and ones: those would hide
     * mistakes.
     */
    public static Parameters weights(Backend backend, ModelConfig config, long seed) {
        Parameters weights = new Parameters(backend, new ParameterTable(config));
        Initialization.initialize(config, weights, seed);
        Random random = new Random(seed);
        for (ParameterTable.Entry entry : weights.table().trainedEntries()) {
            Tensor tensor = weights.tensor(entry.name());
            float[] values = tensor.get();
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (0.2 * random.nextGaussian());
            }
            tensor.set(values);
        }
        return weights;
    }

    /** Normal variates. */
    public static float[] normal(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
