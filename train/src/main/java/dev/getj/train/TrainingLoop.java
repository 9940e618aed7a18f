package dev.getj.train;

import dev.getj.io.GetjException;
import dev.getj.kernels.profile.WatchedBackend;
import dev.getj.model.Factors;
import dev.getj.model.Parameters;
import dev.getj.train.distributed.Ranks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Takes steps, writes them down, saves, and resumes where a run was stopped. A step may depend on
 * the run's settings and on its number alone; then a run that was stopped and resumed ends in the
 * same bits as one that was not.
 */
public final class TrainingLoop {
    /** What is done in a step, of whatever is trained. */
    public interface Work {
        /**
         * Computes the gradient of the step that follows {@code done} others, over this process's
         * part of the batch.
         *
         * @return its loss and its objective
         */
        Losses gradient(long done);

        /** Draws what the averaged weights make to a file, which then exists; or does nothing. */
        void draw(Path picture);

        /**
         * Measures the averaged weights; asked where {@link RunSettings#isMeasured} says so.
         *
         * @param samplesPerSecond of training since the measurement before
         */
        default Optional<Metrics.Measured> measure(double samplesPerSecond) {
            return Optional.empty();
        }
    }

    /**
     * What a step was off by.
     *
     * @param loss what is shown
     * @param objective what the gradient belongs to
     */
    public record Losses(double loss, double objective) {}

    /**
     * How a session ended.
     *
     * @param step last step done, over all sessions
     * @param seconds of this session, without preparation
     * @param finished false if it was asked to stop before
     * @param clipped steps of this session whose gradients were longer than allowed
     */
    public record Outcome(
            long step,
            double firstLoss,
            double lastLoss,
            double seconds,
            double samplesPerSecond,
            boolean finished,
            long clipped) {}

    private final WatchedBackend backend;
    private final RunDirectory run;
    private final RunSettings settings;
    private final long items;
    private final Parameters weights;
    private final Factors factors;
    private final Optimizer optimizer;
    private final Optional<PowerAverages> averages;
    private final Ranks ranks;
    private final Ranks.Averaging averaging;
    private final GradientNorm gradientNorm;
    private long step;
    private long clipped;
    private long savedStep;

    /** False while the state is that of no step, or could not be saved. */
    private boolean savable = true;

    /**
     * Prepares a run, or resumes it from its newest checkpoint if there is one. Where several
     * processes train, the first reads it and tells the others.
     *
     * @param backend all of a step, to find what is not finite
     * @param items in what the run learns from
     * @param factors of the weights, which {@link #train} rounds before its first step
     * @param gradients what {@link Work#gradient} fills, with the mean over this process's part of
     *     the batch
     * @param initialize fills the weights of a run that begins
     * @throws GetjException if the checkpoint is damaged or of another run
     */
    public TrainingLoop(
            WatchedBackend backend,
            RunDirectory run,
            RunSettings settings,
            long items,
            Trained trained,
            Factors factors,
            Parameters gradients,
            Runnable initialize) {
        this.backend = backend;
        this.run = run;
        this.settings = settings;
        this.items = items;
        this.factors = factors;
        ranks = run.ranks();
        weights = trained.weights();
        optimizer = new Optimizer(backend, settings.optimizer(), trained, factors, gradients);
        averages =
                settings.averagesEvery() > 0 && ranks.first()
                        ? Optional.of(new PowerAverages(backend, weights))
                        : Optional.empty();
        gradientNorm = new GradientNorm(backend, gradients.trained());
        averaging = ranks.averaging(backend, gradients.trained());
        initialize.run();
        optimizer.startAverage();
        if (ranks.first() && Files.exists(run.latest())) {
            step = Checkpoint.read(run.latest(), settings, items, weights, optimizer, averages);
        }
        step = Long.parseLong(ranks.fromFirst(() -> Long.toString(step)));
        if (step > 0) {
            state().forEach(part -> ranks.copyFromFirst(part.flat()));
        }
    }

    private Stream<Parameters> state() {
        return Stream.of(
                weights, optimizer.average(), optimizer.firstMoment(), optimizer.secondMoment());
    }

    /** Steps done so far. */
    public long step() {
        return step;
    }

    /** The averaged weights: the ones to use. */
    public Parameters average() {
        return optimizer.average();
    }

    /**
     * Trains until the run's last step, or until {@code stop} says so, or until a step fails; then
     * saves. The run's log tells why it ended.
     *
     * @throws GetjException if the loss is no longer finite, or a file cannot be written
     */
    public Outcome train(Work work, TrainingListener listener, BooleanSupplier stop) {
        factors.round();
        return ranks.first() ? lead(work, listener, stop) : follow(work, listener, stop);
    }

    /** As {@link #lead} on another process than the first: takes the same steps, writes nothing. */
    private Outcome follow(Work work, TrainingListener listener, BooleanSupplier stop) {
        long begin = System.nanoTime();
        long firstStep = step;
        double last = Double.NaN;
        while (goesOn(stop)) {
            Taken taken = step(work);
            last = taken.losses.loss;
            listener.step(
                    new Metrics.Line(
                            step,
                            taken.losses.loss,
                            taken.losses.objective,
                            settings.rate(step),
                            (System.nanoTime() - begin) * 1e-9,
                            taken.gradientNorm,
                            Optional.empty()));
            if (isSaved()) {
                requireSameWeights();
            }
        }
        return outcome(firstStep, Double.NaN, last, begin);
    }

    private Outcome lead(Work work, TrainingListener listener, BooleanSupplier stop) {
        long begin = System.nanoTime();
        long firstStep = step;
        double first = Double.NaN;
        double last = Double.NaN;
        try (Metrics metrics = new Metrics(run.metrics(), step)) {
            run.log(
                    "training %s from step %s to %s on %s"
                            .formatted(
                                    settings.describe(),
                                    step,
                                    settings.steps(),
                                    backend.description()));
            try {
                trainLogged(work, metrics, listener, stop);
            } catch (RuntimeException | Error failure) {
                rescue(failure, metrics, listener);
                throw failure;
            }
            if (!metrics.lines().isEmpty()) {
                first = metrics.lines().getFirst().loss();
                last = metrics.lines().getLast().loss();
            }
        }
        if (!ranks.report().isEmpty()) {
            run.log(ranks.report());
        }
        if (settings.optimizer().clip() > 0) {
            run.log("gradients clipped in %s of %s steps".formatted(clipped, step - firstStep));
        }
        Outcome outcome = outcome(firstStep, first, last, begin);
        run.log(
                outcome.finished
                        ? "finished after step " + step
                        : "stopped after step " + step + " " + listener.stopReason());
        return outcome;
    }

    private Outcome outcome(long firstStep, double first, double last, long begin) {
        double seconds = (System.nanoTime() - begin) * 1e-9;
        return new Outcome(
                step,
                first,
                last,
                seconds,
                (step - firstStep) * (double) settings.batch() / seconds,
                step >= settings.steps(),
                clipped);
    }

    // all processes stop at the same step
    private boolean goesOn(BooleanSupplier stop) {
        return step < settings.steps() && !ranks.any(stop.getAsBoolean());
    }

    private boolean isSaved() {
        return step == settings.steps() || step % settings.saveEvery() == 0;
    }

    /**
     * Weights that differ would go apart further, unseen: the gradients are the same everywhere.
     *
     * @throws GetjException if they do
     */
    private void requireSameWeights() {
        if (ranks.size() > 1) {
            ranks.requireSame(
                    new TreeMap<>(
                            Map.of(
                                    "the check sum of the weights after step " + step,
                                    Integer.toHexString(Arrays.hashCode(weights.flat().get())))));
        }
    }

    private void trainLogged(
            Work work, Metrics metrics, TrainingListener listener, BooleanSupplier stop) {
        long begin = System.nanoTime();
        double before = metrics.secondsSoFar();
        savedStep = step;
        RunPictures pictures = new RunPictures(run, settings, work, metrics, listener);
        pictures.drawMissing(step);
        long measuredStep = step;
        long measuredAt = System.nanoTime();
        while (goesOn(stop)) {
            Taken taken = step(work);
            long now = System.nanoTime();
            Optional<Metrics.Measured> measured = Optional.empty();
            if (settings.isMeasured(step)) {
                double samples = (double) (step - measuredStep) * settings.batch();
                measured = work.measure(samples / ((now - measuredAt) * 1e-9));
                measuredStep = step;
                measuredAt = System.nanoTime();
            }
            Metrics.Line line =
                    new Metrics.Line(
                            step,
                            taken.losses.loss,
                            taken.losses.objective,
                            settings.rate(step),
                            before + (now - begin) * 1e-9,
                            taken.gradientNorm,
                            measured);
            metrics.add(line);
            listener.step(line);
            keepAverages();
            if (isSaved()) {
                requireSameWeights();
                save(metrics, listener);
            }
            if (pictures.isDrawn(step)) {
                metrics.flush();
                pictures.draw(step);
            }
        }
        if (step > savedStep) {
            save(metrics, listener);
        }
    }

    // before the checkpoint of their step, so that a run that resumes there lacks none
    private void keepAverages() {
        if (settings.averagesEvery() > 0
                && (step == settings.steps() || step % settings.averagesEvery() == 0)) {
            averages.ifPresent(each -> Snapshot.write(run.averages(step), settings, step, each));
        }
    }

    private record Taken(Losses losses, OptionalDouble gradientNorm) {}

    private Taken step(Work work) {
        Losses losses = work.gradient(step);
        if (ranks.size() > 1) {
            double[] mean = ranks.mean(settings.batch(), losses.loss, losses.objective);
            losses = new Losses(mean[0], mean[1]);
            averaging.run(settings.batch());
        }
        if (!Double.isFinite(losses.loss)) {
            throw diverged(
                    "the loss is " + losses.loss + " at step " + (step + 1),
                    backend.firstNotFinite(() -> work.gradient(step))
                            .map(it -> "; the first value that is not finite came from " + it)
                            .orElse(""));
        }
        double clip = settings.optimizer().clip();
        OptionalDouble norm =
                clip > 0 || settings.isMeasured(step + 1)
                        ? OptionalDouble.of(gradientNorm.get())
                        : OptionalDouble.empty();
        if (norm.isPresent() && !Double.isFinite(norm.getAsDouble())) {
            throw diverged(
                    "the gradient's norm is %s at step %s".formatted(norm.getAsDouble(), step + 1),
                    "");
        }
        double scale = clip > 0 ? Math.min(1, clip / norm.getAsDouble()) : 1;
        savable = false;
        optimizer.update(step + 1, settings.rate(step + 1), scale);
        averages.ifPresent(each -> each.update(step + 1));
        clipped += scale < 1 ? 1 : 0;
        step++;
        savable = true;
        return new Taken(losses, norm);
    }

    /** Saves what was learned before a step failed, and logs why the run ended. */
    private void rescue(Throwable failure, Metrics metrics, TrainingListener listener) {
        try {
            run.log("ended after step " + step + " by an error: " + oneLine(failure));
            if (savable && step > savedStep) {
                save(metrics, listener);
            }
        } catch (RuntimeException | Error another) {
            failure.addSuppressed(another);
        }
    }

    private GetjException diverged(String what, String origin) {
        savable = false;
        return new GetjException(
                what
                        + ": training diverged; lower --lr or add --warmup"
                        + origin
                        + (Files.exists(run.latest())
                                ? "; " + run.latest() + " holds the last good state"
                                : ""));
    }

    private void save(Metrics metrics, TrainingListener listener) {
        if (!Checkpoint.isFinite(weights, optimizer)) {
            throw diverged("the weights are no longer finite after step " + step, "");
        }
        savable = false;
        metrics.flush();
        Checkpoint.write(run.checkpoint(step), settings, items, step, weights, optimizer, averages);
        run.publish(step);
        savedStep = step;
        savable = true;
        listener.saved(run.latest());
    }

    /** What failed, in one line of a log. */
    static String oneLine(Throwable failure) {
        return failure instanceof GetjException
                ? failure.getMessage()
                : failure.toString().replaceAll("\\p{Cntrl}+", " ");
    }
}
