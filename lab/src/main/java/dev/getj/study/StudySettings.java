package dev.getj.study;

import dev.getj.data.Strokes;
import dev.getj.io.GetjException;
import dev.getj.kernels.op.LossKind;
import dev.getj.model.ModelConfig;
import dev.getj.model.Precision;
import dev.getj.train.Computing;
import dev.getj.train.Course;
import dev.getj.train.Learning;
import dev.getj.train.OptimizerSettings;
import dev.getj.train.RunConfig;
import dev.getj.train.Source;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * What the runs of a study have in common.
 *
 * @param gets from small to large; the middle one is the study's GET
 * @param vits from the size of the study's GET to five times that
 * @param loss of all runs that are not about losses
 * @param pairs numbers of pairs, ascending; all runs that are not about pairs take the last
 * @param steps of each run
 * @param points how often a run is judged on its way, at equal distances
 * @param images by which a run is judged
 */
public record StudySettings(
        List<Student> gets,
        List<Student> vits,
        LossKind loss,
        OptimizerSettings optimizer,
        int batch,
        List<Long> pairs,
        long steps,
        int points,
        int images) {

    /** Pairs of {@link #quick}. */
    public static final long QUICK_PAIRS = 1600;

    /** What the study draws where no pairs are given. */
    static final ModelConfig.Images STROKES =
            new ModelConfig.Images(Strokes.SIZE, Strokes.CHANNELS, Strokes.CLASSES);

    /** A quarter and a sixteenth of the pairs, besides all of them. */
    private static final int FEWER = 4;

    private static final long LEAST_PAIRS = 16;
    private static final int LEAST_IMAGES = 4;

    /** Averages go over the steps divided by this. */
    private static final double AVERAGED = 10;

    /**
     * @throws IllegalArgumentException naming the first value outside its range
     */
    public StudySettings {
        if (steps < points) {
            throw new IllegalArgumentException(
                    "at least %s steps are needed, not %s".formatted(points, steps));
        }
        if (batch < 1) {
            throw new IllegalArgumentException("the batch must be at least 1, not " + batch);
        }
        if (pairs.getFirst() < 1) {
            throw new IllegalArgumentException(
                    "at least %s pairs are needed, not %s".formatted(LEAST_PAIRS, pairs.getLast()));
        }
        if (images < LEAST_IMAGES) {
            throw new IllegalArgumentException(
                    "at least %s images are needed, not %s".formatted(LEAST_IMAGES, images));
        }
    }

    /** The settings of {@code getj study}: three seeds take about an hour on two cores. */
    public static StudySettings standard() {
        return standard(STROKES);
    }

    /**
     * The same for other images, with networks of the same widths and depths.
     *
     * @throws GetjException if they cannot be cut into the networks' patches
     */
    public static StudySettings standard(ModelConfig.Images images) {
        if (images.size() % Student.PATCH != 0) {
            throw new GetjException(
                    "the study's networks cut images into patches of %s×%s, which images of %s×%s are no multiple of"
                            .formatted(Student.PATCH, Student.PATCH, images.size(), images.size()));
        }
        return new StudySettings(
                        List.of(
                                Student.get("get-small", images, 64, 2),
                                Student.get("get-medium", images, 96, 2),
                                Student.get("get-large", images, 144, 2)),
                        List.of(
                                Student.vit("vit-equal", images, 100, 3),
                                Student.vit("vit-2x", images, 128, 4),
                                Student.vit("vit-5x", images, 176, 5)),
                        LossKind.L2,
                        new OptimizerSettings(5e-4, 0.9, 0.999, 1e-8, 0, 100, 0),
                        32,
                        pairs(8000),
                        3000,
                        10,
                        2000)
                .withSteps(3000);
    }

    /** The same study with a twentieth of the steps and fewer of all else: to try it. */
    public StudySettings quick() {
        return new StudySettings(
                        gets, vits, loss, optimizer, batch, pairs(QUICK_PAIRS), 150, 5, 500)
                .withSteps(150);
    }

    private static List<Long> pairs(long most) {
        return List.of(most / FEWER / FEWER, most / FEWER, most);
    }

    public StudySettings withPairs(long most) {
        return new StudySettings(
                gets, vits, loss, optimizer, batch, pairs(most), steps, points, images);
    }

    /** Runs of so many steps; the weights are averaged over a tenth of them. */
    public StudySettings withSteps(long newSteps) {
        double decay = Math.max(0, 1 - AVERAGED / newSteps);
        return new StudySettings(
                gets, vits, loss, optimizer.withEma(decay), batch, pairs, newSteps, points, images);
    }

    public StudySettings withImages(int newImages) {
        return new StudySettings(
                gets, vits, loss, optimizer, batch, pairs, steps, points, newImages);
    }

    public StudySettings withLearningRate(double rate) {
        return new StudySettings(
                gets,
                vits,
                loss,
                optimizer.withLearningRate(rate),
                batch,
                pairs,
                steps,
                points,
                images);
    }

    public StudySettings withBatch(int newBatch) {
        return new StudySettings(
                gets, vits, loss, optimizer, newBatch, pairs, steps, points, images);
    }

    /** The GET that most questions are about. */
    Student get() {
        return gets.get(gets.size() / 2);
    }

    long mostPairs() {
        return pairs.getLast();
    }

    /** With all pairs and the usual loss. */
    StudyRun run(Student student, long seed) {
        return new StudyRun(student, loss, mostPairs(), seed);
    }

    /** Runs that answer {@code questions} for seeds 0 … seeds − 1; the dearest first. */
    List<StudyRun> runs(Set<Question> questions, int seeds) {
        Set<StudyRun> runs = new LinkedHashSet<>();
        for (Question question : questions) {
            LongStream.range(0, seeds).forEach(seed -> runs.addAll(question.runs(this, seed)));
        }
        return runs.stream()
                .sorted(Comparator.comparingLong(StudyRun::multiplyAccumulates).reversed())
                .toList();
    }

    /** Steps between two judgements. */
    long interval() {
        return steps / points;
    }

    /** Whether a run is judged after step {@code step}. */
    boolean judgedAt(long step) {
        return step == steps || step % interval() == 0 && steps - step >= interval();
    }

    RunConfig config(StudyRun run, Path pairSet) {
        return new RunConfig(
                run.student().model(),
                new Source(pairSet.toString()),
                new Learning(run.objective(), optimizer),
                new Course(batch, steps, run.seed(), interval(), steps),
                new Computing(false, Precision.FLOAT32));
    }
}
