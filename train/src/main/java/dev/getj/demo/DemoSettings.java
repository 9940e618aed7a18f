package dev.getj.demo;

import dev.getj.data.Strokes;
import dev.getj.diffusion.StrokesTeacher;
import dev.getj.kernels.LossKind;
import dev.getj.model.ModelConfig;
import dev.getj.model.Objective;
import dev.getj.train.OptimizerSettings;

/**
 * What the demo does, sized for minutes on two cores: strokes of 16×16 in four patches, so that a
 * step is cheap and a small network sees a digit as a whole. L2, because in so few steps L1's
 * median of thin strokes is the empty image.
 *
 * @param teacher the ideal denoiser of the drawn images
 * @param evaluated images of the Fréchet distances
 */
public record DemoSettings(
        StrokesTeacher teacher,
        long pairs,
        ModelConfig model,
        Objective objective,
        OptimizerSettings optimizer,
        int batch,
        long steps,
        long seed,
        int evaluated) {

    /** The settings of {@code getj demo}. */
    public static DemoSettings standard() {
        return new DemoSettings(
                new StrokesTeacher(2000, Strokes.CLASSES, true, 18),
                8000,
                new ModelConfig(
                        "custom",
                        Strokes.SIZE,
                        Strokes.CHANNELS,
                        8,
                        192,
                        4,
                        2,
                        1,
                        4,
                        4,
                        Strokes.CLASSES),
                Objective.unrolled(LossKind.L2, 6, 0.8),
                new OptimizerSettings(3e-4, 0.9, 0.999, 1e-8, 0, 0, 0.995),
                32,
                2000,
                0,
                2000);
    }

    /** The same demo with less of everything: for tests. */
    public DemoSettings scaled(long newPairs, long newSteps, int newEvaluated) {
        return new DemoSettings(
                teacher,
                newPairs,
                model,
                objective,
                optimizer,
                batch,
                newSteps,
                seed,
                newEvaluated);
    }
}
