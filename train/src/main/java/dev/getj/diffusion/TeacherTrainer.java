package dev.getj.diffusion;

import dev.getj.data.CounterRandom;
import dev.getj.data.DataDigest;
import dev.getj.data.ImageData;
import dev.getj.data.ImageShape;
import dev.getj.data.Shuffle;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.profile.WatchedBackend;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.DenoiserTrainingPass;
import dev.getj.model.Factors;
import dev.getj.model.Initialization;
import dev.getj.model.ModelConfig;
import dev.getj.model.NoiseStream;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.picture.ImageGrid;
import dev.getj.picture.SamplePictures;
import dev.getj.train.Agreement;
import dev.getj.train.RunDirectory;
import dev.getj.train.Trained;
import dev.getj.train.TrainingListener;
import dev.getj.train.TrainingLoop;
import dev.getj.train.distributed.Part;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * Trains a denoiser as EDM does (Karras et al. 2022, equation 8): an image with noise of a random
 * level, {@code x = image + σ · noise}, and the loss {@code λ(σ) |D(x; σ) − image|²}, see {@link
 * Edm#example}.
 */
public final class TeacherTrainer {
    private static final int GRID_COLUMNS = 8;
    private static final int MOST_ROWS = 10;

    /** Draws of an example's random numbers: its noise level, and whether it is mirrored. */
    private static final int LEVEL = 0;

    private static final int FLIP = 2;

    /** Keeps these random numbers apart from the order of the images. */
    private static final long EXAMPLES = 0x7EAC4E25;

    private final TeacherConfig config;
    private final RunDirectory run;
    private final ImageData data;
    private final Part part;
    private final Shuffle shuffle;
    private final Edm edm;
    private final TrainingLoop loop;
    private final DenoiserTrainingPass pass;
    private final Program drawNoise;
    private final IntTensor noiseKey;
    private final Tensor noise;
    private final TrainedDenoiser denoiser;
    private final float[] pictureNoise;

    private final float[] hostNoise;
    private final float[] image;
    private final float[] input;
    private final float[] target;
    private final int[] labels;
    private final double[] levels;

    /**
     * Prepares a run, or resumes it from its newest checkpoint if there is one. One of several
     * processes takes its part of each batch.
     *
     * @param device stays the caller's to close
     * @throws GetjException if the data does not fit the network, the device or the network does
     *     not allow the precision, or the checkpoint is damaged
     */
    public TeacherTrainer(Backend device, RunDirectory run, TeacherConfig config, ImageData data) {
        WatchedBackend backend = new WatchedBackend(device);
        this.run = run;
        this.config = config;
        this.data = data;
        ModelConfig model = config.teacher();
        requireFit(model, data);
        Agreement.require(run.ranks(), config, DataDigest.of(data));
        part = run.ranks().part(config.batch());
        shuffle = new Shuffle(data.count(), config.seed());
        edm = config.edm();
        ParameterTable table = ParameterTable.denoiser(model);
        Trained trained = Trained.allocate(backend, table);
        Parameters weights = trained.weights();
        Factors factors = Factors.trained(backend, model, weights, config.computing().precision());
        Parameters gradients = new Parameters(backend, table);
        loop =
                new TrainingLoop(
                        backend,
                        run,
                        config,
                        data.count(),
                        trained,
                        factors,
                        gradients,
                        () -> Initialization.initialize(model, weights, config.seed()));
        pass =
                new DenoiserTrainingPass(
                        backend,
                        model,
                        weights,
                        factors,
                        gradients,
                        part.count(),
                        config.computing().recompute());
        noiseKey = backend.allocateInts(StateOp.NORMAL_KEY);
        noise = backend.allocate(part.count(), model.pixels());
        drawNoise = backend.record("draw noise", k -> k.normal(noiseKey, noise));
        int pictures = rows(model) * GRID_COLUMNS;
        denoiser =
                new TrainedDenoiser(
                        backend,
                        model,
                        edm,
                        loop.average(),
                        pictures,
                        config.computing().precision());
        Tensor latents = backend.allocate(pictures, model.pixels());
        Program drawLatents = backend.record("latents", k -> k.normal(noiseKey, latents));
        // everything is recorded: from here on programs run
        noiseKey.set(NoiseStream.NOISE.key(config.seed(), 0));
        drawLatents.run();
        pictureNoise = latents.get();
        hostNoise = new float[noise.size()];
        image = new float[noise.size()];
        input = new float[noise.size()];
        target = new float[noise.size()];
        labels = new int[part.count()];
        levels = new double[part.count()];
    }

    /**
     * Checks that a network can learn from data.
     *
     * @throws GetjException saying what of their sizes differs
     */
    public static void requireFit(ModelConfig model, ImageData data) {
        ImageShape.of(data)
                .require(ImageShape.of(model), "the images are %s, the network takes %s");
        if (model.conditional() && data.classes() != model.classes()) {
            throw new GetjException(
                    "the data has %s classes, the network %s"
                            .formatted(data.classes(), model.classes()));
        }
    }

    /** Steps done so far. */
    public long step() {
        return loop.step();
    }

    /** The averaged weights as they are now; valid as long as the backend is open. */
    public TrainedDenoiser denoiser() {
        return denoiser;
    }

    /**
     * Trains until the run's last step, or until {@code stop} says so; then saves.
     *
     * @throws GetjException if the loss is no longer finite, or a file cannot be written
     */
    public TrainingLoop.Outcome train(TrainingListener listener, BooleanSupplier stop) {
        run.log("data: " + data.summary().line());
        return loop.train(new Denoising(), listener, stop);
    }

    private final class Denoising implements TrainingLoop.Work {
        @Override
        public TrainingLoop.Losses gradient(long done) {
            long position = done * config.batch() + part.first();
            noiseKey.set(NoiseStream.TEACHER_NOISE.key(config.seed(), position));
            drawNoise.run();
            noise.get(hostNoise);
            for (int b = 0; b < part.count(); b++) {
                example(position + b, b);
            }
            config.examples()
                    .dropout()
                    .apply(config.seed(), position, config.teacher().classes(), labels);
            pass.input().set(input);
            pass.target().set(target);
            pass.labels().set(labels);
            pass.setLevels(levels);
            pass.run();
            double loss = pass.loss();
            return new TrainingLoop.Losses(loss, loss);
        }

        @Override
        public void draw(Path picture) {
            ModelConfig model = config.teacher();
            int[] classes = new int[rows(model) * GRID_COLUMNS];
            for (int i = 0; i < classes.length; i++) {
                classes[i] = i / GRID_COLUMNS;
            }
            double[] made =
                    new HeunSampler(HeunSampler.STEPS)
                            .sample(denoiser, pictureNoise, classes, classes.length);
            float[] images = new float[made.length];
            for (int e = 0; e < made.length; e++) {
                images[e] = (float) made[e];
            }
            int[] labels = model.conditional() ? classes : new int[0];
            ImageGrid.writePng(SamplePictures.grid(model.images(), images, labels), picture);
        }
    }

    // a row for each of the first classes
    private static int rows(ModelConfig model) {
        return model.conditional() ? Math.min(model.classes(), MOST_ROWS) : GRID_COLUMNS;
    }

    /** Makes example {@code position} of the run, place {@code b} of its batch. */
    private void example(long position, int b) {
        long index = shuffle.index(position);
        int elements = data.elements();
        int at = b * elements;
        data.read(index, image, at);
        labels[b] = config.teacher().conditional() ? data.label(index) : 0;
        long seed = config.seed() ^ EXAMPLES;
        if (config.examples().flips() && CounterRandom.uniform(seed, position, FLIP) < 0.5) {
            mirror(image, at, elements, data.size());
        }
        double sigma = Edm.trainingSigma(normal(seed, position));
        levels[b] = Edm.cNoise(sigma);
        edm.example(image, hostNoise, sigma, at, at + elements, input, target);
    }

    /** Box and Muller. */
    private static double normal(long seed, long position) {
        double radius = 1 - CounterRandom.uniform(seed, position, LEVEL);
        double angle = CounterRandom.uniform(seed, position, LEVEL + 1);
        return StrictMath.sqrt(-2 * StrictMath.log(radius))
                * StrictMath.cos(2 * StrictMath.PI * angle);
    }

    /** Turns every row of pixels round. */
    private static void mirror(float[] image, int at, int elements, int size) {
        for (int row = at; row < at + elements; row += size) {
            for (int left = 0, right = size - 1; left < right; left++, right--) {
                float kept = image[row + left];
                image[row + left] = image[row + right];
                image[row + right] = kept;
            }
        }
    }
}
