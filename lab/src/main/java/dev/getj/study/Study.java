package dev.getj.study;

import dev.getj.data.Pairs;
import dev.getj.data.Strokes;
import dev.getj.io.Claim;
import dev.getj.io.GetjException;
import dev.getj.io.RegularFile;
import dev.getj.kernels.Backend;
import dev.getj.kernels.profile.DryBackend;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Precision;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Trains the runs of a study, each in a folder of its own below one, and collects what came out.
 * What is finished is left alone. Several processes may train at the same time: each takes runs
 * that no other has.
 */
public final class Study {
    private static final String IDENTITY = "settings.json";

    /**
     * What the runs below one folder share, so that they can be compared.
     *
     * @param teacher as the user named it
     * @param classifier as the user named it
     */
    private record Identity(
            StudySettings settings, String teacher, String classifier, Precision precision) {}

    /**
     * What judges and teaches.
     *
     * @param pairs what makes them, or where they are
     * @param teacherName the teacher, or the pair set, as the user named it
     * @param judge opens it
     * @param classifierName as the user named it
     */
    public record Sources(
            PairSource pairs, String teacherName, Supplier<Judge> judge, String classifierName) {}

    /**
     * How far the study is.
     *
     * @param elsewhere runs that other processes are at
     */
    public record State(int runs, int finished, int elsewhere) {
        public boolean complete() {
            return finished == runs;
        }
    }

    private final StudySettings settings;
    private final Set<Question> questions;
    private final Precision precision;
    private final Path out;
    private final Supplier<Backend> backends;
    private final Sources sources;
    private final StudyListener listener;
    private final List<StudyRun> runs;
    private final StudyPairs pairs;
    private Judge judge;

    /**
     * @param seeds of each run, at least 1
     * @param precision of all runs, and of sampling
     * @param out a new folder, or that of the same study
     * @param backends each for one run
     * @throws GetjException if the folder is that of a study with other settings, or the sizes of a
     *     network do not allow the precision
     */
    public Study(
            StudySettings settings,
            Set<Question> questions,
            int seeds,
            Precision precision,
            Path out,
            Supplier<Backend> backends,
            Sources sources,
            StudyListener listener) {
        this.settings = settings;
        this.questions = EnumSet.copyOf(questions);
        this.precision = precision;
        this.out = out;
        this.backends = backends;
        this.sources = sources;
        this.listener = listener;
        runs = settings.runs(questions, seeds);
        runs.forEach(run -> requireTrainable(run.student()));
        pairs = new StudyPairs(settings, out, backends, sources.pairs());
        if (Files.exists(out.resolve(IDENTITY))) {
            identify();
        }
    }

    private void requireTrainable(Student student) {
        try {
            ModelConfig model = student.model();
            precision.requireTrainable(new DryBackend(), model, new ParameterTable(model));
        } catch (GetjException refused) {
            throw new GetjException(student.name() + ": " + refused.getMessage(), refused);
        }
    }

    // written once teacher and classifier have been read: a wrong name shall not stay
    private void identify() {
        Path file = out.resolve(IDENTITY);
        Identity wanted =
                new Identity(settings, sources.teacherName(), sources.classifierName(), precision);
        try (Claim _ = Turn.await(out)) {
            if (!Files.exists(file)) {
                StudyJson.write(RegularFile.inside(out, IDENTITY), wanted);
            } else if (!StudyJson.read(file, Identity.class).equals(wanted)) {
                throw new GetjException(
                        "%s holds a study with other settings, see %s; give the same options or choose another --out"
                                .formatted(out, file));
            }
        }
    }

    /** Trains what no process has trained or is training, until {@code stop} says so. */
    public State train(BooleanSupplier stop) {
        judge();
        if (!pairs.make(listener, stop)) {
            return state(0);
        }
        identify();
        int elsewhere = 0;
        for (StudyRun run : runs) {
            Training training = training(run);
            if (!stop.getAsBoolean() && !training.finished()) {
                elsewhere += train(run, training, stop) ? 0 : 1;
            }
        }
        return state(elsewhere);
    }

    private State state(int elsewhere) {
        int finished = (int) runs.stream().filter(run -> training(run).finished()).count();
        return new State(runs.size(), finished, elsewhere);
    }

    // false if another process is at it
    private boolean train(StudyRun run, Training training, BooleanSupplier stop) {
        Optional<Claim> taken = Claim.tryTake(run.folder(out));
        if (taken.isEmpty()) {
            return false;
        }
        try (Claim claim = taken.get()) {
            if (!training.finished()) {
                try (Backend backend = backends.get()) {
                    Path pairSet = pairs.folder(run.pairs());
                    training.train(
                            claim, backend, pairSet, pairs.heldOut(), judge(), listener, stop);
                }
            }
        }
        return true;
    }

    private Training training(StudyRun run) {
        boolean iterations =
                questions.contains(Question.ITERATIONS)
                        && settings.iterated().stream()
                                .anyMatch(student -> run.equals(settings.run(student, run.seed())));
        return new Training(settings, run, precision, run.folder(out), iterations);
    }

    private Judge judge() {
        if (judge == null) {
            judge = sources.judge().get();
        }
        return judge;
    }

    /**
     * All results of a complete study. Times are measured once, by the process that collects first.
     *
     * @throws IllegalStateException if a run is not finished
     */
    public StudyReport collect() {
        if (!state(0).complete()) {
            throw new IllegalStateException("the study is not complete");
        }
        List<Learned> learned = runs.stream().map(run -> training(run).learned()).toList();
        Times times =
                questions.contains(Question.ITERATIONS)
                        ? new Timing(settings, precision, out, backends).times()
                        : null;
        List<Question> asked = List.copyOf(questions);
        return new StudyReport(
                settings,
                asked,
                baselines(),
                learned,
                times,
                new Comparisons(settings, learned).of(asked));
    }

    private StudyReport.Baselines baselines() {
        try (Pairs made = Pairs.open(pairs.folder(settings.mostPairs()))) {
            int count = (int) Math.min(settings.images(), made.count());
            float[] noise = new float[count * made.elements()];
            float[] image = new float[noise.length];
            int[] labels = new int[count];
            for (int i = 0; i < count; i++) {
                made.read(i, i, noise, image);
                labels[i] = made.classes() > 0 ? made.label(i) : 0;
            }
            return new StudyReport.Baselines(
                    made.description().teacher(),
                    judge().judge(noise, labels),
                    judge().judge(image, labels),
                    switch (sources.pairs()) {
                        case PairSource.Teacher _ ->
                                judge().judge(Strokes.images(1, 0, count), labels);
                        case PairSource.Given _ -> null;
                    });
        }
    }
}
