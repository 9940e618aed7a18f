package dev.getj.train;

import dev.getj.data.ImageShape;
import dev.getj.data.Pairs;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.profile.WatchedBackend;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.model.Factors;
import dev.getj.model.FeatureLoss;
import dev.getj.model.Initialization;
import dev.getj.model.ModelConfig;
import dev.getj.model.Network;
import dev.getj.model.NoiseStream;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.TrainingPass;
import dev.getj.picture.ImageGrid;
import dev.getj.picture.SamplePictures;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.train.distributed.Part;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Distils a teacher's pairs into a network (GET paper, section 4): draw z₀, go to the equilibrium
 * and back, AdamW, EMA. Every number depends on the run's configuration and the step alone, so a
 * run that was stopped and resumed ends in the same bits as one that was not.
 */
public final class Trainer {
    /**
     * What other packages know how to make.
     *
     * @param comparison of images of held-out pairs with the teacher's, as sets, where measured
     * @param begin may overwrite the initial weights of a run that begins
     * @param features a loss beside that of the pixels
     */
    public record Beside(
            Optional<ImageComparison> comparison,
            Consumer<Parameters> begin,
            Optional<FeatureLoss> features) {
        /** Which leaves the weights as they are drawn. */
        public Beside(Optional<ImageComparison> comparison) {
            this(comparison, _ -> {}, Optional.empty());
        }
    }

    private static final int GRID_COLUMNS = 8;

    /** Between the seeds of two steps, so that two runs share none: the golden ratio of 2⁶⁴. */
    private static final long SEEDS_APART = 0x9E3779B97F4A7C15L;

    private final RunConfig config;
    private final Lessons lessons;
    private final Part part;
    private final TrainingLoop loop;
    private final TrainingPass pass;
    private final Optional<Program> drawStart;
    private final IntTensor startKey;
    private final Sampler sampler;
    private final long learned;
    private final Optional<PairError> error;
    private final Optional<ImageComparison> comparison;

    private final float[] noise;
    private final float[] image;
    private final int[] labels;

    /**
     * Prepares a run, or resumes it from its newest checkpoint if there is one. One of several
     * processes takes its part of each batch.
     *
     * @param device stays the caller's to close
     * @throws GetjException if the pairs do not fit the network, the device or the network does not
     *     allow the precision, or the checkpoint is damaged
     */
    public Trainer(Backend device, RunDirectory run, RunConfig config, Pairs pairs) {
        this(device, run, config, pairs, Optional.empty());
    }

    /**
     * As above.
     *
     * @param comparison of images of held-out pairs with the teacher's, as sets, where measured
     */
    public Trainer(
            Backend device,
            RunDirectory run,
            RunConfig config,
            Pairs pairs,
            Optional<ImageComparison> comparison) {
        this(device, run, config, new StoredPairs(pairs, config), new Beside(comparison));
    }

    /**
     * As above.
     *
     * @param beside what the caller brings along
     */
    public Trainer(
            Backend device, RunDirectory run, RunConfig config, Lessons lessons, Beside beside) {
        this.config = config;
        WatchedBackend backend = new WatchedBackend(device);
        this.lessons = lessons;
        comparison = beside.comparison;
        ModelConfig model = config.model();
        requireFit(model, lessons.shape(), lessons.classes());
        if (run.ranks().size() > 1) {
            Agreement.require(run.ranks(), config, lessons.digest());
        }
        part = run.ranks().part(config.batch());
        learned = lessons.count();
        ParameterTable table = new ParameterTable(model);
        Trained trained = Trained.allocate(backend, table);
        Parameters weights = trained.weights();
        Factors factors = Factors.trained(backend, model, weights, config.computing().precision());
        Parameters gradients = new Parameters(backend, table);
        loop =
                new TrainingLoop(
                        backend,
                        run,
                        config,
                        learned,
                        trained,
                        factors,
                        gradients,
                        () -> {
                            Initialization.initialize(model, weights, config.seed());
                            if (!Files.exists(run.latest())) {
                                beside.begin.accept(weights);
                            }
                        });
        pass =
                new TrainingPass(
                        new Network(backend, model, weights, factors),
                        gradients,
                        config.objective(),
                        beside.features,
                        part.count(),
                        config.computing().recompute());
        startKey = backend.allocateInts(StateOp.NORMAL_KEY);
        drawStart = pass.start().map(z0 -> backend.record("draw z0", k -> k.normal(startKey, z0)));
        sampler = new Sampler(backend, model, loop.average(), config.computing().precision());
        if (run.ranks().first()) {
            sampler.prepare(pictures());
        }
        error =
                config.source().heldOut() == 0 || !run.ranks().first()
                        ? Optional.empty()
                        : Optional.of(
                                new PairError(
                                        sampler,
                                        lessons,
                                        pictures().solver(),
                                        Math.min(config.source().heldOut(), learned)));
        noise = new float[part.count() * model.pixels()];
        image = new float[part.count() * model.pixels()];
        labels = new int[part.count()];
    }

    /**
     * Checks that a network can learn from pairs.
     *
     * @throws GetjException saying what of their sizes differs
     */
    public static void requireFit(ModelConfig model, Pairs pairs) {
        requireFit(model, ImageShape.of(pairs), pairs.classes());
    }

    /** As above, of pairs of a shape and so many classes. */
    public static void requireFit(ModelConfig model, ImageShape shape, int classes) {
        shape.require(ImageShape.of(model), "the pairs are %s, the network takes %s");
        if (model.conditional() && classes == 0) {
            throw new GetjException(
                    "the network has %s classes, but the pairs carry no labels; use --classes 0"
                            .formatted(model.classes()));
        }
        if (model.conditional() && classes > model.classes()) {
            throw new GetjException(
                    "the pairs have %s classes, the network only %s"
                            .formatted(classes, model.classes()));
        }
    }

    /** Steps done so far. */
    public long step() {
        return loop.step();
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
    public TrainingLoop.Outcome train(TrainingListener listener, BooleanSupplier stop) {
        return loop.train(new Distillation(), listener, stop);
    }

    private final class Distillation implements TrainingLoop.Work {
        @Override
        public TrainingLoop.Losses gradient(long done) {
            long position = done * config.batch() + part.first();
            lessons.learn(position, noise, image, labels);
            config.learning()
                    .dropout()
                    .apply(config.seed(), position, config.model().classes(), labels);
            pass.noise().set(noise);
            pass.target().set(image);
            pass.labels().set(labels);
            startKey.set(NoiseStream.TRAINING_START.key(config.seed(), position));
            drawStart.ifPresent(Program::run);
            pass.run(config.seed() + done * SEEDS_APART, part.first());
            float[] losses = pass.losses();
            return new TrainingLoop.Losses(losses[losses.length - 1], pass.objective());
        }

        @Override
        public Optional<Metrics.Measured> measure(double samplesPerSecond) {
            return error.map(errors -> Trainer.this.measure(errors, samplesPerSecond));
        }

        @Override
        public void draw(Path picture) {
            ImageGrid.writePng(SamplePictures.grid(sampler.sample(pictures())), picture);
        }
    }

    // on pairs that are held out, and on as many that are not
    private Metrics.Measured measure(PairError errors, double samplesPerSecond) {
        PairError.Error heldOut = errors.of(learned, config.source().heldOut(), comparison);
        PairError.Error seen = errors.of(0, Math.min(config.source().heldOut(), learned));
        return new Metrics.Measured(
                heldOut.mean(), seen.mean(), samplesPerSecond, heldOut.distance());
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
