package dev.getj.demo;

import dev.getj.data.DataSpec;
import dev.getj.data.Strokes;
import dev.getj.kernels.op.LossKind;
import dev.getj.model.ModelConfig;
import dev.getj.model.Objective;
import dev.getj.model.Precision;
import dev.getj.sample.WeightsLocation;
import dev.getj.train.OptimizerSettings;

/**
 * What the demo does, sized for minutes on two cores. L2, because in so few steps L1's median of
 * thin strokes is the empty image.
 *
 * @param shipped name of the teacher, the student beside the fresh one, and the classifier
 * @param data images that samples are compared with: others than those that anything learned
 * @param teacherSteps noise levels of the teacher's sampler
 * @param model of the fresh student
 * @param evaluated images of the Fréchet distances and class accuracies
 * @param precision of teacher and students
 */
public record DemoSettings(
        WeightsLocation shipped,
        DataSpec data,
        int teacherSteps,
        long pairs,
        ModelConfig model,
        Objective objective,
        OptimizerSettings optimizer,
        int batch,
        long steps,
        long seed,
        int evaluated,
        Precision precision) {

    private static final ModelConfig.Get EQUILIBRIUM =
            new ModelConfig.Get(
                    new ModelConfig.Stack(1, 4), ModelConfig.Norm.PRE, ModelConfig.Start.INJECTION);

    /**
     * The settings of {@code getj demo}: strokes of 16×16 in four patches, so that a step is cheap
     * and a small network sees a digit as a whole.
     */
    public static DemoSettings standard() {
        return new DemoSettings(
                WeightsLocation.parse("builtin:strokes"),
                DataSpec.parse("builtin:strokes,seed=1"),
                18,
                6000,
                new ModelConfig(
                        "custom",
                        new ModelConfig.Images(Strokes.SIZE, Strokes.CHANNELS, Strokes.CLASSES),
                        new ModelConfig.Token(8, 192, 4),
                        new ModelConfig.Stack(2, 4),
                        EQUILIBRIUM),
                Objective.unrolled(LossKind.L2, 6, 0.8),
                new OptimizerSettings(3e-4, 0.9, 0.999, 1e-8, 0, 0, 0.995),
                32,
                2000,
                0,
                1000,
                Precision.FLOAT32);
    }

    /**
     * The settings of {@code getj demo --data fashion}: photographs of clothes, 28×28, in sixteen
     * patches. Their teacher is three times as much work as that of the strokes, so there are fewer
     * pairs.
     *
     * @param data images of Fashion-MNIST
     */
    public static DemoSettings fashion(DataSpec data) {
        return new DemoSettings(
                WeightsLocation.parse("builtin:fashion"),
                data,
                18,
                3000,
                new ModelConfig(
                        "custom",
                        new ModelConfig.Images(28, 1, 10),
                        new ModelConfig.Token(7, 128, 4),
                        new ModelConfig.Stack(2, 4),
                        EQUILIBRIUM),
                Objective.unrolled(LossKind.L2, 6, 0.8),
                new OptimizerSettings(8e-4, 0.9, 0.999, 1e-8, 0, 50, 0.99, 0.5),
                32,
                1500,
                0,
                500,
                Precision.FLOAT32);
    }

    /** The same demo with less of everything: for tests. */
    public DemoSettings scaled(long newPairs, long newSteps, int newEvaluated) {
        return new DemoSettings(
                shipped,
                data,
                teacherSteps,
                newPairs,
                model,
                objective,
                optimizer,
                batch,
                newSteps,
                seed,
                newEvaluated,
                precision);
    }

    public DemoSettings withPrecision(Precision other) {
        return new DemoSettings(
                shipped,
                data,
                teacherSteps,
                pairs,
                model,
                objective,
                optimizer,
                batch,
                steps,
                seed,
                evaluated,
                other);
    }
}
