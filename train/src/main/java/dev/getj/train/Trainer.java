package dev.getj.train;

import dev.getj.data.Pairs;
import dev.getj.data.Shuffle;
import dev.getj.io.GetjException;
import dev.getj.io.ImageGrid;
import dev.getj.kernels.Backend;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.Program;
import dev.getj.model.Initialization;
import dev.getj.model.ModelConfig;
import dev.getj.model.Network;
import dev.getj.model.NoiseStream;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.TrainingPass;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.Samples;

import java.nio.file.Files;
import java.util.function.BooleanSupplier;

/**
 * Distils a teacher's pairs into a network (GET paper, section 4): draw z₀, go to the equilibrium
 * and back, AdamW, EMA. Every number depends on the run's configuration and the step alone, so a
 * run that was stopped and resumed ends in the same bits as one that was not.
 */
public final class Trainer {
    private static final int GRID_COLUMNS = 8;

    /** Between the seeds of two steps, so that two runs share none: the golden ratio of 2⁶⁴. */
    private static final long SEEDS_APART = 0x9E3779B97F4A7C15L;

    /**
     * How a session ended.
     *
     * @param step last step done, over all sessions
     * @param seconds of this session, without preparation
     * @param finished false if it was asked to stop before
     */
    public record Outcome(
            long step,
            double firstLoss,
            double lastLoss,
            double seconds,
            double samplesPerSecond,
            boolean finished) {}

    private final Backend backend;
    private final RunDirectory run;
    private final RunConfig config;
    private final Pairs pairs;
    private final Shuffle shuffle;
    private final Parameters weights;
    private final Optimizer optimizer;
    private final TrainingPass pass;
    private final Program drawStart;
    private final IntTensor startKey;
    private final Sampler sampler;
    private long step;

    private final long[] indices;
    private final float[] noise;
    private final float[] image;
    private final int[] labels;

    /**
     * Prepares a run, or goes on from its newest checkpoint if there is one.
     *
     * @param backend stays the caller's to close
     * @throws GetjException if the pairs do not fit the network, or the checkpoint is damaged
     */
    public Trainer(Backend backend, RunDirectory run, RunConfig config, Pairs pairs) {
        this.backend = backend;
        this.run = run;
        this.config = config;
        this.pairs = pairs;
        ModelConfig model = config.model();
        requireFit(model, pairs);
        shuffle = new Shuffle(pairs.count(), config.seed());
        ParameterTable table = new ParameterTable(model);
        weights = new Parameters(backend, table);
        Parameters gradients = new Parameters(backend, table);
        optimizer = new Optimizer(backend, config.optimizer(), weights, gradients);
        if (Files.exists(run.latest())) {
            step = Checkpoint.read(run.latest(), config, pairs.count(), weights, optimizer);
        } else {
            Initialization.initialize(model, weights, config.seed());
            optimizer.startAverage();
        }
        pass =
                new TrainingPass(
                        new Network(backend, model, weights),
                        gradients,
                        config.objective(),
                        config.batch(),
                        config.recompute());
        startKey = backend.allocateInts(Kernels.NORMAL_KEY);
        drawStart = backend.record("draw z0", k -> k.normal(startKey, pass.start()));
        sampler = new Sampler(backend, model, optimizer.average());
        sampler.prepare(pictures());
        indices = new long[config.batch()];
        noise = new float[config.batch() * model.pixels()];
        image = new float[config.batch() * model.pixels()];
        labels = new int[config.batch()];
    }

    /**
     * Checks that a network can learn from pairs.
     *
     * @throws GetjException saying what of their sizes differs
     */
    public static void requireFit(ModelConfig model, Pairs pairs) {
        if (pairs.size() != model.imageSize() || pairs.channels() != model.channels()) {
            throw new GetjException(
                    "the pairs are %d×%d×%d, the network takes %d×%d×%d"
                            .formatted(
                                    pairs.size(),
                                    pairs.size(),
                                    pairs.channels(),
                                    model.imageSize(),
                                    model.imageSize(),
                                    model.channels()));
        }
        if (model.conditional() && pairs.classes() == 0) {
            throw new GetjException(
                    "the network has %d classes, but the pairs carry no labels; use --classes 0"
                            .formatted(model.classes()));
        }
        if (model.conditional() && pairs.classes() > model.classes()) {
            throw new GetjException(
                    "the pairs have %d classes, the network only %d"
                            .formatted(pairs.classes(), model.classes()));
        }
    }

    /** Steps done so far. */
    public long step() {
        return step;
    }

    /**
     * The averaged weights as they are now, ready to sample; valid as long as the backend is open.
     */
    public Sampler sampler() {
        return sampler;
    }

    /**
     * Trains until the run's last step, or until {@code stop} says so; then saves.
     *
     * @throws GetjException if the loss is no longer finite, or a file cannot be written
     */
    public Outcome train(TrainingListener listener, BooleanSupplier stop) {
        long begin = System.nanoTime();
        long firstStep = step;
        double first = Double.NaN;
        double last = Double.NaN;
        try (Metrics metrics = new Metrics(run.metrics(), step)) {
            double before = metrics.secondsSoFar();
            run.log(
                    "training %s from step %d to %d on %s"
                            .formatted(
                                    config.model().describe(),
                                    step,
                                    config.steps(),
                                    backend.description()));
            while (step < config.steps() && !stop.getAsBoolean()) {
                Metrics.Line line = step(before, begin);
                metrics.add(line);
                first = Double.isNaN(first) ? line.loss() : first;
                last = line.loss();
                listener.step(line);
                if (step % config.sampleEvery() == 0 || step == config.steps()) {
                    writePictures(metrics, listener);
                }
                if (step % config.saveEvery() == 0 && step < config.steps()) {
                    save(metrics, listener);
                }
            }
            if (step > firstStep) {
                save(metrics, listener);
            }
            first = metrics.lines().isEmpty() ? first : metrics.lines().getFirst().loss();
            last = metrics.lines().isEmpty() ? last : metrics.lines().getLast().loss();
        }
        double seconds = (System.nanoTime() - begin) * 1e-9;
        run.log("stopped after step " + step);
        return new Outcome(
                step,
                first,
                last,
                seconds,
                (step - firstStep) * (double) config.batch() / seconds,
                step >= config.steps());
    }

    private Metrics.Line step(double before, long begin) {
        long position = step * config.batch();
        for (int b = 0; b < config.batch(); b++) {
            indices[b] = shuffle.index(position + b);
        }
        pairs.read(indices, noise, image, labels);
        pass.noise().set(noise);
        pass.target().set(image);
        pass.labels().set(labels);
        startKey.set(NoiseStream.TRAINING_START.key(config.seed(), position));
        drawStart.run();
        pass.run(config.seed() + step * SEEDS_APART);
        step++;
        float[] losses = pass.losses();
        float loss = losses[losses.length - 1];
        if (!Float.isFinite(loss)) {
            throw diverged("the loss is " + loss + " at step " + step);
        }
        optimizer.update(step);
        double seconds = before + (System.nanoTime() - begin) * 1e-9;
        return new Metrics.Line(
                step, loss, pass.objective(), config.optimizer().rate(step), seconds);
    }

    private GetjException diverged(String what) {
        return new GetjException(
                what
                        + ": training diverged; lower --lr or add --warmup"
                        + (Files.exists(run.latest())
                                ? "; " + run.latest() + " holds the last good state"
                                : ""));
    }

    private void save(Metrics metrics, TrainingListener listener) {
        if (!Checkpoint.isFinite(weights, optimizer)) {
            throw diverged("the weights are no longer finite after step " + step);
        }
        metrics.flush();
        Checkpoint.write(run.checkpoint(step), config, pairs.count(), step, weights, optimizer);
        run.publish(step);
        listener.saved(run.latest());
    }

    private void writePictures(Metrics metrics, TrainingListener listener) {
        metrics.flush();
        LossChart.write(metrics.lines(), run.lossChart());
        Samples samples = sampler.sample(pictures());
        ImageGrid.writePng(samples.grid(), run.samples(step));
        listener.sampled(run.samples(step));
    }

    // a row for each of the first classes
    private SampleRequest pictures() {
        ModelConfig model = config.model();
        int rows = model.conditional() ? Math.min(model.classes(), 10) : GRID_COLUMNS;
        int[] classes = new int[rows * GRID_COLUMNS];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = i / GRID_COLUMNS;
        }
        SampleRequest request = SampleRequest.of(classes.length).withSeed(config.seed());
        return model.conditional() ? request.withLabels(classes) : request;
    }
}
