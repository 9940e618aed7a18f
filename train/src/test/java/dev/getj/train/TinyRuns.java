package dev.getj.train;

import dev.getj.data.Pairs;
import dev.getj.io.SafetensorsWriter;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.op.LossKind;
import dev.getj.model.Estimator;
import dev.getj.model.ModelConfig;
import dev.getj.model.Objective;
import dev.getj.model.Precision;
import dev.getj.solver.Anderson;
import dev.getj.solver.Broyden;
import dev.getj.solver.FixedPointIteration;
import dev.getj.solver.GradientSteps;
import dev.getj.solver.ImplicitGradient;
import dev.getj.solver.StopMeasure;
import dev.getj.solver.Weighting;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Runs of a few milliseconds a step: 4×4 images in four tokens. */
final class TinyRuns {
    /** Not a multiple of the batch, so that batches cross epochs. */
    static final int PAIRS = 13;

    static final int BATCH = 5;

    private TinyRuns() {}

    static ModelConfig model(int classes) {
        return new ModelConfig(
                "tiny",
                new ModelConfig.Images(4, 1, classes),
                new ModelConfig.Token(2, 8, 2),
                new ModelConfig.Stack(1, 2),
                new ModelConfig.Get(new ModelConfig.Stack(2, 3)));
    }

    static RunConfig config(Path pairs, long steps) {
        OptimizerSettings optimizer = new OptimizerSettings(2e-3, 0.9, 0.999, 1e-8, 0.01, 3, 0.9);
        return new RunConfig(
                model(2),
                new Source(pairs.toString()),
                new Learning(Objective.unrolled(LossKind.L1, 3, 0.8), optimizer),
                new Course(BATCH, steps, 7, 1000, 1000),
                new Computing(false, Precision.FLOAT32));
    }

    static RunConfig with(
            RunConfig config, OptimizerSettings optimizer, boolean recompute, long saveEvery) {
        return new RunConfig(
                config.model(),
                config.source(),
                new Learning(config.objective(), optimizer),
                new Course(
                        config.batch(),
                        config.steps(),
                        config.seed(),
                        saveEvery,
                        config.sampleEvery()),
                new Computing(recompute, config.computing().precision()));
    }

    static RunConfig with(RunConfig config, Objective objective) {
        return config.with(new Learning(objective, config.optimizer()));
    }

    static RunConfig with(RunConfig config, Course course) {
        return new RunConfig(
                config.model(), config.source(), config.learning(), course, config.computing());
    }

    static RunConfig dropping(RunConfig config, LabelDropout dropout) {
        Learning learning = config.learning();
        return new RunConfig(
                dropout.network(config.model()),
                config.source(),
                new Learning(
                        learning.objective(),
                        learning.optimizer(),
                        learning.schedule(),
                        learning.initFromTeacher(),
                        dropout,
                        learning.features(),
                        learning.averagesEvery()),
                config.course(),
                config.computing());
    }

    /** Every estimator, solver and weighting. */
    static Stream<Objective> objectives() {
        FixedPointIteration plain = new FixedPointIteration(4, 1e-3, StopMeasure.RELATIVE, 0.9);
        Anderson anderson = Anderson.fast(5, 1e-3);
        Estimator unrolled = Estimator.Unrolled.at(4, List.of(2, 4));
        Estimator phantom = Estimator.Phantom.at(anderson, 3, 0.5, List.of(3));
        Estimator implicit =
                new Estimator.Implicit(
                        plain, Broyden.of(4, 1e-6), ImplicitGradient.Jacobian.NEW_STATE);
        Estimator tracked =
                new Estimator.Implicit(
                        Broyden.of(3, 1e-3), anderson, ImplicitGradient.Jacobian.TRACKED_STEP);
        Estimator truncated =
                new Estimator.Truncated(0, 3, 2, List.of(1, 2), GradientSteps.Memory.RECOMPUTE);
        return Stream.of(
                Objective.of(LossKind.L2, unrolled, new Weighting.Linear(0.9)),
                Objective.of(LossKind.PSEUDO_HUBER, truncated, new Weighting.Exponential(0.8)),
                new Objective(LossKind.L1, phantom, 2, new Weighting.Exponential(0.8), 0.1),
                Objective.of(LossKind.L1, implicit, new Weighting.Constant(1)),
                new Objective(LossKind.L2, tracked, 1, new Weighting.Constant(1), 0.01));
    }

    /** Noise, and as image a simple function of noise and class. */
    static Path writePairs(Path file, int classes) {
        return writePairs(file, classes, PAIRS);
    }

    /** The first {@code count} of them. */
    static Path writePairs(Path file, int classes, int count) {
        Random random = new Random(1);
        float[] noise = new float[count * 16];
        float[] image = new float[noise.length];
        long[] labels = new long[count];
        for (int i = 0; i < noise.length; i++) {
            labels[i / 16] = i / 16 % Math.max(1, classes);
            noise[i] = (float) random.nextGaussian();
            image[i] = (float) Math.tanh(noise[i] + labels[i / 16] - 0.5);
        }
        SafetensorsWriter writer =
                new SafetensorsWriter()
                        .add("noise", noise, count, 1, 4, 4)
                        .add("image", image, count, 1, 4, 4);
        if (classes > 0) {
            writer.add("label", labels, count).metadata("classes", Integer.toString(classes));
        }
        writer.write(file);
        return file;
    }

    /** One session of a run, from its newest checkpoint on. */
    static TrainingLoop.Outcome train(
            RunDirectory run,
            RunConfig config,
            int threads,
            TrainingListener listener,
            BooleanSupplier stop) {
        try (Backend backend = Backends.jvm(threads);
                Pairs pairs = Pairs.open(Path.of(config.source().pairs()))) {
            return new Trainer(backend, run, config, pairs).train(listener, stop);
        }
    }

    static TrainingLoop.Outcome train(RunDirectory run, RunConfig config, int threads) {
        return train(run, config, threads, TrainingListener.NONE, () -> false);
    }
}
