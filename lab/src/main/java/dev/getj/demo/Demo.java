package dev.getj.demo;

import dev.getj.data.ImageData;
import dev.getj.data.ImageShape;
import dev.getj.data.Pairs;
import dev.getj.diffusion.HeunSampler;
import dev.getj.diffusion.TeacherPairs;
import dev.getj.diffusion.TeacherSamples;
import dev.getj.diffusion.TrainedDenoiser;
import dev.getj.io.AtomicFile;
import dev.getj.io.Claim;
import dev.getj.io.GetjException;
import dev.getj.io.RegularFile;
import dev.getj.kernels.Backend;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.ModelConfig;
import dev.getj.model.NoiseStream;
import dev.getj.picture.Fonts;
import dev.getj.picture.ImageGrid;
import dev.getj.sample.HeldBackend;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.Samples;
import dev.getj.train.Computing;
import dev.getj.train.Course;
import dev.getj.train.Learning;
import dev.getj.train.LossChart;
import dev.getj.train.Metrics;
import dev.getj.train.RunConfig;
import dev.getj.train.RunDirectory;
import dev.getj.train.Source;
import dev.getj.train.Trainer;
import dev.getj.train.TrainingListener;

import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The whole story: teacher → pairs → distilled student → samples, and a page that shows it. */
public final class Demo {
    private static final String PAIRS = "pairs";
    private static final String RUN = "run";
    private static final String PAGE = "index.html";

    private static final int COLUMNS = 10;
    private static final int ZOOM = 4;
    private static final int MOST_ITERATIONS = 8;
    private static final int AVERAGED = 20;

    /** What a demo came to; figures as in {@link DemoReport}. */
    public record Result(
            Path page,
            double lossFirst,
            double lossLast,
            DemoReport.Frechet frechet,
            DemoReport.Accuracy accuracy,
            double seconds) {}

    private final Backend backend;
    private final DemoSettings settings;
    private final Path out;
    private final DemoListener listener;
    private final List<DemoReport.Stage> stages = new ArrayList<>();

    /**
     * @param out directory of the demo; one that an earlier demo left is used again
     * @throws GetjException if the directory holds something else
     */
    public Demo(Backend backend, DemoSettings settings, Path out, DemoListener listener) {
        this.backend = backend;
        this.settings = settings;
        this.out = out;
        this.listener = listener;
        DemoFolder.require(out, List.of(PAIRS, RUN), PAGE);
    }

    /**
     * Runs all stages and writes {@code index.html} and its pictures.
     *
     * @throws GetjException if another process uses the directory, or the data is not there or of
     *     another shape than the networks
     */
    public Result run() {
        try (ImageData data = settings.data().open()) {
            ImageShape.of(data)
                    .require(
                            ImageShape.of(settings.model()),
                            "the images are %s, the networks of the demo take %s");
            if (data.classes() != classes()) {
                throw new GetjException(
                        "%s has %s classes, the networks of the demo know %s"
                                .formatted(data.name(), data.classes(), classes()));
            }
            try (Claim _ = Claim.take(out)) {
                DemoFolder.clear(out, List.of(PAIRS, RUN));
                return runClaimed(data);
            }
        }
    }

    private int classes() {
        return settings.model().classes();
    }

    private Result runClaimed(ImageData data) {
        TrainedDenoiser teacher =
                TrainedDenoiser.load(
                        settings.shipped(), backend, TrainedDenoiser.BATCH, settings.precision());
        timed("Pairs from the teacher", "pairs", settings.pairs(), () -> makePairs(teacher));
        RunConfig config = runConfig();
        try (RunDirectory run = RunDirectory.create(out.resolve(RUN), config);
                Pairs pairs = Pairs.open(out.resolve(PAIRS))) {
            Trainer trainer = new Trainer(backend, run, config, pairs);
            List<Metrics.Line> lines = new ArrayList<>();
            timed(
                    "Distilling the student",
                    "steps",
                    settings.steps(),
                    () ->
                            trainer.train(
                                    new TrainingListener() {
                                        @Override
                                        public void step(Metrics.Line line) {
                                            lines.add(line);
                                            listener.at(
                                                    line.step(),
                                                    String.format(
                                                            Locale.ROOT, "loss %.4f", line.loss()));
                                        }
                                    },
                                    () -> false));
            return evaluate(data, teacher, trainer.sampler(), lines);
        }
    }

    private void timed(String stage, String unit, long total, Runnable work) {
        listener.begin(stage, unit, total);
        long begin = System.nanoTime();
        work.run();
        stages.add(new DemoReport.Stage(stage, (System.nanoTime() - begin) * 1e-9));
    }

    private void makePairs(TrainedDenoiser teacher) {
        TeacherPairs maker =
                new TeacherPairs(teacher, settings.teacherSteps(), TrainedDenoiser.BATCH);
        maker.generate(
                backend,
                out.resolve(PAIRS),
                maker.description(settings.pairs(), settings.seed()),
                (done, _) -> listener.at(done, ""),
                () -> false);
    }

    private RunConfig runConfig() {
        long steps = settings.steps();
        return new RunConfig(
                settings.model(),
                new Source(out.resolve(PAIRS).toAbsolutePath().toString()),
                new Learning(settings.objective(), settings.optimizer()),
                new Course(settings.batch(), steps, settings.seed(), steps, steps),
                new Computing(false, settings.precision()));
    }

    private Result evaluate(
            ImageData data, TrainedDenoiser teacher, Sampler student, List<Metrics.Line> lines) {
        int count = settings.evaluated();
        int[] labels = IntStream.range(0, count).map(i -> i % classes()).toArray();
        SampleRequest request = request(count).withLabels(labels);
        Samples[] fresh = new Samples[1];
        float[][] others = new float[2][];
        timed(
                "Sampling the students",
                "images",
                2L * count,
                () -> {
                    fresh[0] = student.sample(request);
                    listener.at(count, "");
                    try (Sampler shipped =
                            Sampler.load(
                                    settings.shipped(),
                                    new HeldBackend.Borrowed(backend),
                                    settings.precision())) {
                        others[0] = shipped.sample(request).pixels();
                    }
                    listener.at(2L * count, "");
                });
        timed(
                "Sampling the teacher",
                "images",
                count,
                () ->
                        others[1] =
                                new TeacherSamples(backend, teacher, heun())
                                        .draw(
                                                settings.seed(),
                                                SampleRequest.FRESH,
                                                labels,
                                                (done, _) -> listener.at(done, "")));
        DemoJudge[] judged = new DemoJudge[1];
        timed(
                "Comparing with the data",
                "sets",
                4,
                () ->
                        judged[0] =
                                DemoJudge.of(
                                        backend,
                                        settings.shipped(),
                                        data,
                                        labels,
                                        new DemoJudge.Sets(
                                                noise(count),
                                                fresh[0].pixels(),
                                                others[0],
                                                others[1]),
                                        set -> listener.at(set, "")));
        double first = lines.getFirst().loss();
        double last =
                lines.subList(Math.max(0, lines.size() - AVERAGED), lines.size()).stream()
                        .mapToDouble(Metrics.Line::loss)
                        .average()
                        .orElseThrow();
        Losses losses = new Losses(lines, first, last);
        DemoReport report =
                report(names(data), student, fresh[0], others[0], others[1], losses, judged[0]);
        AtomicFile.write(
                RegularFile.inside(out, PAGE),
                DemoPage.html(report).getBytes(StandardCharsets.UTF_8));
        return new Result(
                out.resolve(PAGE),
                first,
                last,
                judged[0].frechet(),
                judged[0].accuracy(),
                report.seconds());
    }

    private record Losses(List<Metrics.Line> lines, double first, double last) {}

    private HeunSampler heun() {
        return new HeunSampler(settings.teacherSteps());
    }

    // noise that no pair was made from, as the sampler draws it for the same request
    private float[] noise(int count) {
        IntTensor key =
                backend.allocateInts(StateOp.NORMAL_KEY)
                        .set(NoiseStream.NOISE.key(settings.seed(), SampleRequest.FRESH));
        Tensor noise = backend.allocate(count, settings.model().pixels());
        backend.record("noise", k -> k.normal(key, noise)).run();
        return noise.get();
    }

    private SampleRequest request(int count) {
        SampleRequest standard = SampleRequest.of(count);
        return new SampleRequest(
                count, settings.seed(), SampleRequest.FRESH, null, standard.solver());
    }

    // classes without names are numbers
    private static List<String> names(ImageData data) {
        List<String> names = data.summary().classNames();
        return names.isEmpty()
                ? IntStream.range(0, data.classes()).mapToObj(Integer::toString).toList()
                : names;
    }

    private DemoReport report(
            List<String> names,
            Sampler sampler,
            Samples student,
            float[] shipped,
            float[] teacher,
            Losses losses,
            DemoJudge judged) {
        int perClass = Math.min(COLUMNS, student.count() / classes());
        float[] byClass = student.byClass(perClass);
        List<BufferedImage> strip =
                IntStream.rangeClosed(1, MOST_ITERATIONS)
                        .mapToObj(iterations -> strip(sampler, iterations))
                        .toList();
        ImageGrid.writePng(
                grid(student.pixels(), classes(), ZOOM), RegularFile.inside(out, "student.png"));
        ImageGrid.writePng(grid(teacher, classes(), ZOOM), RegularFile.inside(out, "teacher.png"));
        ImageGrid.writePng(grid(shipped, classes(), ZOOM), RegularFile.inside(out, "shipped.png"));
        ImageGrid.writePng(grid(byClass, perClass, ZOOM), RegularFile.inside(out, "samples.png"));
        Path run = out.resolve(RUN);
        return new DemoReport(
                String.format(
                        Locale.ROOT,
                        "GET, %,d parameters, %s",
                        sampler.parameters(),
                        sampler.config().describe()),
                backend.description(),
                settings.pairs(),
                settings.steps(),
                losses.first(),
                losses.last(),
                judged.frechet(),
                judged.accuracy(),
                heun().evaluations(),
                SampleRequest.DEFAULT_ITERATIONS,
                stages,
                lossChart(losses.lines()),
                new DemoReport.SideBySide(
                        grid(teacher, classes(), 1),
                        grid(student.pixels(), classes(), 1),
                        grid(shipped, classes(), 1)),
                grid(byClass, perClass, 1),
                names,
                strip,
                List.of(
                        new DemoReport.Command(
                                "Sample more from this student", "./getj sample --run " + run),
                        new DemoReport.Command(
                                "Sample the shipped one",
                                "./getj sample --weights " + settings.shipped()),
                        new DemoReport.Command(
                                "Train it further",
                                "./getj train --resume --out %s --steps %s"
                                        .formatted(run, 3 * settings.steps())),
                        new DemoReport.Command(
                                "Make your own pairs",
                                "./getj pairs generate --teacher %s --out pairs --count 20000"
                                        .formatted(settings.shipped())),
                        new DemoReport.Command("See every option", "./getj train --help")));
    }

    // a point where there are no fonts to draw one with: the page matters more
    private static BufferedImage lossChart(List<Metrics.Line> lines) {
        return Fonts.problem().isPresent()
                ? new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB)
                : LossChart.draw(lines);
    }

    // one column a class as the samples come, or one row a class once they are ordered
    private BufferedImage grid(float[] images, int columns, int zoom) {
        int count = Math.min(columns * COLUMNS, images.length / settings.model().pixels());
        return picture(images, count, columns, zoom);
    }

    private BufferedImage picture(float[] images, int count, int columns, int zoom) {
        ModelConfig.Images shape = settings.model().images();
        return ImageGrid.grid(images, count, shape.channels(), shape.size(), columns, 1, zoom);
    }

    private BufferedImage strip(Sampler sampler, int iterations) {
        int[] labels = IntStream.range(0, classes()).toArray();
        Samples samples =
                sampler.sample(
                        request(labels.length).withLabels(labels).withIterations(iterations));
        return picture(samples.pixels(), labels.length, 1, 1);
    }
}
