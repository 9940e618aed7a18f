package dev.getj.cli;

import dev.getj.data.Strokes;
import dev.getj.diffusion.PairMaker;
import dev.getj.diffusion.TeacherPairs;
import dev.getj.diffusion.TrainedDenoiser;
import dev.getj.eval.Classifier;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.op.LossKind;
import dev.getj.model.ModelConfig;
import dev.getj.sample.WeightsLocation;
import dev.getj.study.Judge;
import dev.getj.study.PairSource;
import dev.getj.study.Question;
import dev.getj.study.Study;
import dev.getj.study.StudyFiles;
import dev.getj.study.StudyListener;
import dev.getj.study.StudyReport;
import dev.getj.study.StudySettings;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;

/** {@code getj study}: the paper's claims on the built-in strokes, or on a pair set. */
@Command(
        name = "study",
        description = {
            "Test the GET paper's claims on the built-in strokes, or on a pair set: trains GETs and"
                    + " ViTs of several sizes and seeds, and writes tables and charts of what comes"
                    + " out.",
            "What is finished is left alone, so that the same command resumes. Several processes"
                    + " share the work: each trains what no other does, the last one collects."
        })
final class StudyCommand implements Callable<Integer> {
    private static final int HEUN_STEPS = 18;
    private static final WeightsLocation STROKES = new WeightsLocation.Shipped("strokes");

    record Result(String out, int runs, int finished, String page, StudyReport study) {}

    @Mixin private CommonOptions common;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "runs/study",
            description = "Folder for pairs, runs, tables and charts (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(
            names = "--only",
            paramLabel = "QUESTION",
            split = ",",
            description =
                    "Questions to answer: ${COMPLETION-CANDIDATES}, separated by commas (default:"
                            + " all).")
    private List<Question> only;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "Seeds of each run (default: 3, with --quick 1).")
    private Integer seeds;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Steps of each run (default: 3000, with --quick 150).")
    private Long steps;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            description =
                    "Pairs; for the question about pairs also a quarter and a sixteenth of them"
                            + " (default: 8000, with --quick 1600; of --pair-set all, with --quick"
                            + " at most 1600).")
    private Long pairs;

    @Option(names = "--batch", paramLabel = "B", description = "Pairs of one step (default: 32).")
    private Integer batch;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            description = "Learning rate of all runs (default: each network's, see --objective).")
    private Double rate;

    @Option(
            names = "--objective",
            paramLabel = "paper|tuned",
            defaultValue = "tuned",
            description =
                    "As in getj train: loss, rate for the width, warm-up and clipping, unless"
                            + " --loss or --lr says otherwise (default: ${DEFAULT-VALUE}).")
    private Recipe objective;

    @Option(
            names = "--loss",
            paramLabel = "L",
            converter = ObjectiveOptions.Loss.class,
            description =
                    "Loss of all runs that are not about losses: l1, l2 or pseudo-huber (default:"
                            + " see --objective).")
    private LossKind loss;

    @Option(
            names = "--images",
            paramLabel = "N",
            description =
                    "Samples by which a run is judged, and held-out pairs that it is measured on,"
                            + " at most (default: 2000, with --quick 500).")
    private Integer images;

    @Option(
            names = "--teacher",
            paramLabel = "RUN",
            description =
                    "Run directory of getj teacher train, or a file of its weights (default:"
                            + " builtin:strokes).")
    private WeightsLocation teacher;

    @Option(
            names = "--classifier",
            paramLabel = "RUN",
            description =
                    "Run directory of getj classifier train, or a file of its weights: tells the"
                        + " accuracy of classes, with --pair-set also the features of the Frechet"
                        + " distance to --data (default: builtin:strokes, with --pair-set none).")
    private WeightsLocation classifier;

    @Mixin private StudyPairSet given;

    @Mixin private PrecisionOption precision;

    @Option(names = "--quick", description = "Minutes instead of hours: to try it.")
    private boolean quick;

    @Override
    public Integer call() {
        int each = Objects.requireNonNullElse(seeds, quick ? 1 : 3);
        given.check(common, teacher, classifier);
        StudySettings settings = settings();
        EnumSet<Question> questions =
                only == null ? EnumSet.allOf(Question.class) : EnumSet.copyOf(only);
        try (Interrupt interrupt = new Interrupt();
                Backend judging = Backends.jvm(common.threads());
                Shown shown = new Shown()) {
            Study study =
                    new Study(
                            settings,
                            questions,
                            each,
                            precision.orFloats(),
                            out,
                            common.backends(),
                            sources(judging, settings),
                            shown);
            Study.State state = study.train(interrupt::requested);
            shown.close();
            if (state.complete()) {
                StudyReport report = study.collect();
                Path page = StudyFiles.write(report, out, shown);
                print(state, page, report);
            } else {
                common.note(unfinished(state, interrupt.requested()));
                print(state, null, null);
            }
        }
        return 0;
    }

    private StudySettings settings() {
        StudySettings settings = given.standard();
        if (quick) {
            settings = settings.quick();
        }
        if (given.isThere()) {
            settings = given.withPairs(settings, pairs, quick);
        } else if (pairs != null) {
            settings = settings.withPairs(pairs);
        }
        if (steps != null) {
            settings = settings.withSteps(steps);
        }
        if (batch != null) {
            settings = settings.withBatch(batch);
        }
        if (images != null) {
            settings = settings.withImages(images);
        }
        return learning(settings);
    }

    private StudySettings learning(StudySettings settings) {
        long each = settings.steps();
        ToDoubleFunction<ModelConfig> rates =
                network -> rate != null ? rate : objective.optimizer(network, each).learningRate();
        OptimizerOptions.Defaults shared =
                objective.optimizer(settings.gets().getFirst().model(), each);
        return settings.learning(
                Objects.requireNonNullElse(loss, objective.loss()),
                shared.warmup(),
                shared.clip(),
                rates);
    }

    private Study.Sources sources(Backend judging, StudySettings settings) {
        if (given.isThere()) {
            return given.sources(common, classifier, judging, settings.images());
        }
        WeightsLocation teaching = Objects.requireNonNullElse(teacher, STROKES);
        WeightsLocation telling = Objects.requireNonNullElse(classifier, STROKES);
        return new Study.Sources(
                new PairSource.Teacher(backend -> teacher(teaching, backend)),
                teaching.toString(),
                () -> Judge.ofStrokes(Classifier.load(telling, judging), settings.images()),
                telling.toString());
    }

    private PairMaker teacher(WeightsLocation location, Backend backend) {
        TrainedDenoiser opened =
                TrainedDenoiser.load(
                        location, backend, TrainedDenoiser.BATCH, precision.orFloats());
        if (opened.size() != Strokes.SIZE
                || opened.channels() != Strokes.CHANNELS
                || opened.classes() != Strokes.CLASSES) {
            throw new GetjException(
                    "%s makes images of %s×%s×%s in %s classes, the study needs a teacher of the strokes: %s×%s×%s in %s; give the pairs of another as --pair-set"
                            .formatted(
                                    location,
                                    opened.size(),
                                    opened.size(),
                                    opened.channels(),
                                    opened.classes(),
                                    Strokes.SIZE,
                                    Strokes.SIZE,
                                    Strokes.CHANNELS,
                                    Strokes.CLASSES));
        }
        return new TeacherPairs(opened, HEUN_STEPS, TrainedDenoiser.BATCH);
    }

    private static String unfinished(Study.State state, boolean stopped) {
        int left = state.runs() - state.finished();
        return stopped
                ? "stopped and saved, %s of %s runs are left; the same command resumes"
                        .formatted(left, state.runs())
                : "%s of %s runs are left to other processes; the one that ends last collects"
                        .formatted(left, state.runs());
    }

    private void print(Study.State state, Path page, StudyReport report) {
        Result result =
                new Result(
                        out.toString(),
                        state.runs(),
                        state.finished(),
                        page == null ? null : page.toString(),
                        report);
        common.print(
                result,
                () ->
                        page == null
                                ? "%s of %s runs".formatted(state.finished(), state.runs())
                                : "%s runs, results in %s".formatted(state.runs(), page));
    }

    private final class Shown implements StudyListener, AutoCloseable {
        private Progress progress;

        @Override
        public void begin(String part, String unit, long total) {
            close();
            progress = common.progress(part, unit, total);
        }

        @Override
        public void at(long done, String figures) {
            if (!figures.isEmpty()) {
                progress.figures(figures);
            }
            progress.at(done);
        }

        @Override
        public void note(String line) {
            common.note(line);
        }

        @Override
        public void close() {
            if (progress != null) {
                progress.close();
                progress = null;
            }
        }
    }
}
