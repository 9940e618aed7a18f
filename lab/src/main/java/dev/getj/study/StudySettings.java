package dev.getj.study;

import dev.getj.data.Strokes;
import dev.getj.io.GetjException;
import dev.getj.kernels.op.LossKind;
import dev.getj.model.ModelConfig;
import dev.getj.model.ModelConfig.Norm;
import dev.getj.model.ModelConfig.Start;
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
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What the runs of a study have in common.
 *
 * @param gets from small to large; the middle one is the study's GET
 * @param vits from the size of the study's GET to five times that
 * @param controls networks beside the study's GET that show what its quality comes from
 * @param loss of all runs that are not about losses
 * @param pairs numbers of pairs, ascending; all runs that are not about pairs take the last
 * @param steps of each run
 * @param points how often a run is judged on its way, at equal distances
 * @param images by which a run is judged
 */
public record StudySettings(
        List<Student> gets,
        List<Student> vits,
        List<Student> controls,
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

    /** The settings of {@code getj study}: three seeds take hours on two cores. */
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
                        List.of(
                                Student.vit("vit-12", images, 48, 12, 4.5),
                                Student.vit("vit-deep", images, 96, 8),
                                Student.get(
                                        "get-injection", images, 96, 2, Norm.PRE, Start.INJECTION),
                                Student.get("get-post", images, 96, 2, Norm.POST, Start.NOISE),
                                Student.get("get-last", images, 96, 2).supervisedAtLast()),
                        LossKind.PSEUDO_HUBER,
                        new OptimizerSettings(1e-3, 0.9, 0.999, 1e-8, 0, 100, 0),
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
                        gets,
                        vits,
                        controls,
                        loss,
                        optimizer,
                        batch,
                        pairs(QUICK_PAIRS),
                        150,
                        5,
                        500)
                .withSteps(150);
    }

    private static List<Long> pairs(long most) {
        return List.of(most / FEWER / FEWER, most / FEWER, most);
    }

    public StudySettings withPairs(long most) {
        return new StudySettings(
                gets, vits, controls, loss, optimizer, batch, pairs(most), steps, points, images);
    }

    /** Runs of so many steps; the weights are averaged over a tenth of them. */
    public StudySettings withSteps(long newSteps) {
        double decay = Math.max(0, 1 - AVERAGED / newSteps);
        return new StudySettings(
                gets,
                vits,
                controls,
                loss,
                optimizer.withEma(decay),
                batch,
                pairs,
                newSteps,
                points,
                images);
    }

    public StudySettings withImages(int newImages) {
        return new StudySettings(
                gets, vits, controls, loss, optimizer, batch, pairs, steps, points, newImages);
    }

    /**
     * With another objective, and rates of it.
     *
     * @param newLoss of all runs that are not about losses
     * @param warmup steps, of all
     * @param clip longest gradient of all, 0 for no limit
     * @param rates of each network
     */
    public StudySettings learning(
            LossKind newLoss, int warmup, double clip, ToDoubleFunction<ModelConfig> rates) {
        UnaryOperator<Student> own =
                student -> student.withRate(rates.applyAsDouble(student.model()));
        return new StudySettings(
                gets.stream().map(own).toList(),
                vits.stream().map(own).toList(),
                controls.stream().map(own).toList(),
                newLoss,
                new OptimizerSettings(
                        rates.applyAsDouble(get().model()),
                        optimizer.beta1(),
                        optimizer.beta2(),
                        optimizer.epsilon(),
                        optimizer.weightDecay(),
                        warmup,
                        optimizer.emaDecay(),
                        clip),
                batch,
                pairs,
                steps,
                points,
                images);
    }

    public StudySettings withBatch(int newBatch) {
        return new StudySettings(
                gets, vits, controls, loss, optimizer, newBatch, pairs, steps, points, images);
    }

    /** The GET that most questions are about. */
    Student get() {
        return gets.get(gets.size() / 2);
    }

    long mostPairs() {
        return pairs.getLast();
    }

    /** GETs that are sampled with other numbers of iterations than they were trained with. */
    List<Student> iterated() {
        return Stream.concat(
                        Stream.of(get()),
                        controls.stream().filter(each -> each.isGet() && !each.lastAlone()))
                .toList();
    }

    /** All networks. */
    Stream<Student> students() {
        return Stream.of(gets, vits, controls).flatMap(List::stream);
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

    /** How a student follows gradients: at its own rate, if it has one. */
    OptimizerSettings optimizer(Student student) {
        return student.rate() > 0 ? optimizer.withLearningRate(student.rate()) : optimizer;
    }

    RunConfig config(StudyRun run, Path pairSet) {
        return new RunConfig(
                run.student().model(),
                new Source(pairSet.toString()),
                new Learning(run.objective(), optimizer(run.student())),
                new Course(batch, steps, run.seed(), interval(), steps),
                new Computing(false, Precision.FLOAT32));
    }
}
