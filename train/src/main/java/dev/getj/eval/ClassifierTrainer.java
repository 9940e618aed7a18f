package dev.getj.eval;

import dev.getj.data.DataDigest;
import dev.getj.data.ImageData;
import dev.getj.data.Shuffle;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.profile.WatchedBackend;
import dev.getj.model.Factors;
import dev.getj.model.Initialization;
import dev.getj.model.Parameters;
import dev.getj.train.Agreement;
import dev.getj.train.RunDirectory;
import dev.getj.train.Trained;
import dev.getj.train.TrainingListener;
import dev.getj.train.TrainingLoop;
import dev.getj.train.distributed.Part;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** Trains a classifier by its cross entropy. */
public final class ClassifierTrainer {
    private final ClassifierConfig config;
    private final RunDirectory run;
    private final ImageData data;
    private final Part part;
    private final Shuffle shuffle;
    private final TrainingLoop loop;
    private final ClassifierPass pass;
    private final Classifier classifier;
    private final float[] images;
    private final int[] labels;

    /**
     * Prepares a run, or resumes it from its newest checkpoint if there is one. One of several
     * processes takes its part of each batch.
     *
     * @param device stays the caller's to close
     * @throws GetjException if the data does not fit, or the checkpoint is damaged
     */
    public ClassifierTrainer(
            Backend device, RunDirectory run, ClassifierConfig config, ImageData data) {
        WatchedBackend backend = new WatchedBackend(device);
        this.run = run;
        this.config = config;
        this.data = data;
        ClassifierForm form = config.classifier();
        requireFit(form, data);
        Agreement.require(run.ranks(), config, DataDigest.of(data));
        part = run.ranks().part(config.batch());
        shuffle = new Shuffle(data.count(), config.seed());
        Trained trained = Trained.allocate(backend, form.table());
        Parameters weights = trained.weights();
        Parameters gradients = new Parameters(backend, form.table());
        loop =
                new TrainingLoop(
                        backend,
                        run,
                        config,
                        data.count(),
                        trained,
                        Factors.floats(weights),
                        gradients,
                        () -> Initialization.initializeLayers(weights, config.seed()));
        pass = new ClassifierPass(backend, form, weights, gradients, part.count());
        classifier = new Classifier(backend, form, loop.average());
        images = new float[part.count() * form.pixels()];
        labels = new int[part.count()];
    }

    /**
     * Checks that a classifier fits data.
     *
     * @throws GetjException saying what differs
     */
    public static void requireFit(ClassifierForm form, ImageData data) {
        boolean fits =
                form.channels() == data.channels()
                        && form.imageSize() == data.size()
                        && form.classes() == data.classes();
        if (!fits) {
            throw form.misfit(data);
        }
    }

    /** Steps done so far. */
    public long step() {
        return loop.step();
    }

    /** The averaged weights as they are now; valid as long as the backend is open. */
    public Classifier classifier() {
        return classifier;
    }

    /**
     * Trains until the run's last step, or until {@code stop} says so; then saves.
     *
     * @throws GetjException if the loss is no longer finite, or a file cannot be written
     */
    public TrainingLoop.Outcome train(TrainingListener listener, BooleanSupplier stop) {
        run.log("data: " + data.summary().line());
        return loop.train(new Classification(), listener, stop);
    }

    private final class Classification implements TrainingLoop.Work {
        @Override
        public TrainingLoop.Losses gradient(long done) {
            long position = done * config.batch() + part.first();
            for (int b = 0; b < part.count(); b++) {
                long index = shuffle.index(position + b);
                data.read(index, images, b * data.elements());
                labels[b] = data.label(index);
            }
            pass.input().set(images);
            pass.forward();
            double loss = pass.backward(labels);
            return new TrainingLoop.Losses(loss, loss);
        }

        @Override
        public void draw(Path picture) {
            // it makes no images
        }
    }
}
