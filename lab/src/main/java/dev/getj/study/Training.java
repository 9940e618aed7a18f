package dev.getj.study;

import dev.getj.data.Pairs;
import dev.getj.io.Claim;
import dev.getj.io.RegularFile;
import dev.getj.kernels.Backend;
import dev.getj.model.Precision;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.solver.FixedPointIteration;
import dev.getj.train.Metrics;
import dev.getj.train.PairError;
import dev.getj.train.RunConfig;
import dev.getj.train.RunDirectory;
import dev.getj.train.Trainer;
import dev.getj.train.TrainingListener;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Trains one run of a study and judges it on its way. A stopped run is resumed: the
 * result is the same.
 */
final class Training {
    /** In sampling, at most. */
    static final int MOST_ITERATIONS = 12;

    private static final String FILE = "learned.json";

    private final StudySettings settings;
    private final StudyRun run;
    private final Precision precision;
    private final Path folder;
    private final boolean iterations;

    /**
     * @param folder of the run
     * @param iterations whether it is asked what iterations in sampling do
     */
    Training(
            StudySettings settings,
            StudyRun run,
            Precision precision,
            Path folder,
            boolean iterations) {
        this.settings = settings;
        this.run = run;
        this.precision = precision;
        this.folder = folder;
        this.iterations = iterations;
    }

    /** What is known so far. */
    Learned learned() {
        Path file = folder.resolve(FILE);
        return Files.exists(file) ? StudyJson.read(file, Learned.class) : Learned.nothing(run);
    }

    /** True if all is known, and the weights of the last step are saved. */
    boolean finished() {
        Learned learned = learned();
        return !learned.way().isEmpty()
                && learned.way().getLast().step() == settings.steps()
                && RunDirectory.savedStep(folder).orElse(0) == settings.steps()
                && !(iterations && learned.byIterations().isEmpty());
    }

    /**
     * Trains and judges until the end, or until {@code stop} says so.
     *
     * @param claim of the run's folder, which ends with it
     * @param pairSet folder of its pairs
     * @param heldOut folder of the pairs that it is measured on
     */
    void train(
            Claim claim,
            Backend backend,
            Path pairSet,
            Path heldOut,
            Judge judge,
            StudyListener listener,
            BooleanSupplier stop) {
        RunConfig config = settings.config(run, pairSet).withPrecision(precision);
        try (RunDirectory directory =
                        RunDirectory.isRun(folder)
                                ? RunDirectory.open(claim)
                                : RunDirectory.create(claim, config);
                Pairs pairs = Pairs.open(pairSet);
                Pairs fresh = Pairs.open(heldOut)) {
            Trainer trainer = new Trainer(backend, directory, config, pairs);
            trainer.sampler().prepare(judge.request(SampleRequest.DEFAULT_ITERATIONS));
            Examiner examiner = new Examiner(trainer.sampler(), judge, fresh);
            listener.begin(run.name(), "steps", settings.steps());
            Watch watch = new Watch(trainer, examiner, listener);
            boolean done = trainer.train(watch, stop).finished();
            if (done && iterations && !stop.getAsBoolean()) {
                save(watch.way, byIterations(examiner));
            }
        }
    }

    private static List<Quality> byIterations(Examiner examiner) {
        return IntStream.rangeClosed(1, MOST_ITERATIONS).mapToObj(examiner::after).toList();
    }

    /** The quality of a network as it is at the time. */
    private static final class Examiner {
        private final Sampler sampler;
        private final Judge judge;
        private final Pairs fresh;
        private final PairError usual;

        Examiner(Sampler sampler, Judge judge, Pairs fresh) {
            this.sampler = sampler;
            this.judge = judge;
            this.fresh = fresh;
            usual = errors(SampleRequest.DEFAULT_ITERATIONS);
        }

        private PairError errors(int iterations) {
            return new PairError(sampler, fresh, FixedPointIteration.of(iterations), fresh.count());
        }

        /** With as many iterations as in training. */
        Quality usual() {
            return quality(SampleRequest.DEFAULT_ITERATIONS, usual);
        }

        Quality after(int iterations) {
            return quality(iterations, errors(iterations));
        }

        private Quality quality(int iterations, PairError errors) {
            return judge.judge(sampler, iterations)
                    .withPairError(errors.of(0, fresh.count()).mean());
        }
    }

    private void save(List<Learned.Point> way, List<Quality> byIterations) {
        StudyJson.write(
                RegularFile.inside(folder, FILE), Learned.nothing(run).with(way, byIterations));
    }

    private final class Watch implements TrainingListener {
        private final Examiner examiner;
        private final StudyListener listener;
        private final List<Learned.Point> way;

        Watch(Trainer trainer, Examiner examiner, StudyListener listener) {
            this.examiner = examiner;
            this.listener = listener;
            way = new ArrayList<>(learned().way());
            // judged again when it gets there again
            way.removeIf(point -> point.step() > trainer.step());
        }

        @Override
        public void step(Metrics.Line line) {
            if (settings.judgedAt(line.step())) {
                way.add(new Learned.Point(line.step(), examiner.usual()));
                save(way, List.of());
            }
            listener.at(line.step(), figures(line));
        }

        private static String quality(Quality known) {
            String error = String.format(Locale.ROOT, ", held-out error %.4f", known.pairError());
            return known.frechet() == null
                    ? error
                    : error + String.format(Locale.ROOT, ", Fréchet %.2f", known.frechet());
        }

        private String figures(Metrics.Line line) {
            String loss = String.format(Locale.ROOT, "loss %.4f", line.loss());
            return way.isEmpty() ? loss : loss + quality(way.getLast().quality());
        }
    }
}
