package dev.getj.train;

import dev.getj.data.Pairs;
import dev.getj.io.SafetensorsWriter;
import dev.getj.kernels.Backend;
import dev.getj.kernels.Backends;
import dev.getj.kernels.LossKind;
import dev.getj.model.ModelConfig;
import dev.getj.model.Objective;

import java.nio.file.Path;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Runs of a few milliseconds a step: 4×4 images in four tokens. */
final class TinyRuns {
    /** Not a multiple of the batch, so that batches cross epochs. */
    static final int PAIRS = 13;

    static final int BATCH = 5;

    private TinyRuns() {}

    static ModelConfig model(int classes) {
        return new ModelConfig("tiny", 4, 1, 2, 8, 2, 1, 2, 2, 3, classes);
    }

    static RunConfig config(Path pairs, long steps) {
        OptimizerSettings optimizer = new OptimizerSettings(2e-3, 0.9, 0.999, 1e-8, 0.01, 3, 0.9);
        return new RunConfig(
                model(2),
                pairs.toString(),
                new Objective(LossKind.L1, 3, 0.8),
                optimizer,
                BATCH,
                steps,
                7,
                false,
                1000,
                1000);
    }

    static RunConfig with(
            RunConfig config, OptimizerSettings optimizer, boolean recompute, long saveEvery) {
        return new RunConfig(
                config.model(),
                config.pairs(),
                config.objective(),
                optimizer,
                config.batch(),
                config.steps(),
                config.seed(),
                recompute,
                saveEvery,
                config.sampleEvery());
    }

    /** Noise, and as image a simple function of noise and class. */
    static Path writePairs(Path file, int classes) {
        Random random = new Random(1);
        float[] noise = new float[PAIRS * 16];
        float[] image = new float[noise.length];
        long[] labels = new long[PAIRS];
        for (int i = 0; i < noise.length; i++) {
            labels[i / 16] = i / 16 % Math.max(1, classes);
            noise[i] = (float) random.nextGaussian();
            image[i] = (float) Math.tanh(noise[i] + labels[i / 16] - 0.5);
        }
        SafetensorsWriter writer =
                new SafetensorsWriter()
                        .add("noise", noise, PAIRS, 1, 4, 4)
                        .add("image", image, PAIRS, 1, 4, 4);
        if (classes > 0) {
            writer.add("label", labels, PAIRS).metadata("classes", Integer.toString(classes));
        }
        writer.write(file);
        return file;
    }

    /** One session of a run, from its newest checkpoint on. */
    static Trainer.Outcome train(
            RunDirectory run,
            RunConfig config,
            int threads,
            TrainingListener listener,
            BooleanSupplier stop) {
        try (Backend backend = Backends.jvm(threads);
                Pairs pairs = Pairs.open(Path.of(config.pairs()))) {
            return new Trainer(backend, run, config, pairs).train(listener, stop);
        }
    }

    static Trainer.Outcome train(RunDirectory run, RunConfig config, int threads) {
        return train(run, config, threads, TrainingListener.NONE, () -> false);
    }
}
