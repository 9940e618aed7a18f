package dev.getj.demo;

import dev.getj.data.Pairs;
import dev.getj.data.Strokes;
import dev.getj.eval.FeatureMap;
import dev.getj.eval.FrechetDistance;
import dev.getj.eval.Moments;
import dev.getj.io.AtomicFile;
import dev.getj.io.Fonts;
import dev.getj.io.GetjException;
import dev.getj.io.ImageGrid;
import dev.getj.kernels.Backend;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.Tensor;
import dev.getj.model.NoiseStream;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.Samples;
import dev.getj.train.LossChart;
import dev.getj.train.Metrics;
import dev.getj.train.RunConfig;
import dev.getj.train.RunDirectory;
import dev.getj.train.Trainer;
import dev.getj.train.TrainingListener;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The whole story: data → teacher → pairs → distilled student → samples, and a page that shows it.
 */
public final class Demo {
    private static final String PAIRS = "pairs";
    private static final String RUN = "run";
    private static final String PAGE = "index.html";

    /**
     * Samples from here on share their noise with no pair: the pairs use the first ones of the
     * seed.
     */
    private static final long FRESH = 1L << 40;

    private static final int COLUMNS = 10;
    private static final int ZOOM = 4;
    private static final int MOST_ITERATIONS = 8;
    private static final int STRIP = Strokes.CLASSES;
    private static final int AVERAGED = 20;

    /** What a demo came to; distances as in {@link DemoReport.Frechet}. */
    public record Result(
            Path page,
            double lossFirst,
            double lossLast,
            DemoReport.Frechet frechet,
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
        clear();
    }

    private void clear() {
        try {
            if (!Files.exists(out)) {
                return;
            }
            try (Stream<Path> inside = Files.list(out)) {
                boolean foreign =
                        inside.anyMatch(
                                file ->
                                        !List.of(PAIRS, RUN, PAGE)
                                                        .contains(file.getFileName().toString())
                                                && !file.getFileName().toString().endsWith(".png"));
                if (foreign) {
                    throw new GetjException(
                            out + " holds other files than a demo's; choose another --out");
                }
            }
            for (String part : List.of(PAIRS, RUN)) {
                delete(out.resolve(part));
            }
        } catch (IOException e) {
            throw GetjException.writing(out, e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Runs all stages and writes {@code index.html} and its pictures. */
    public Result run() {
        timed("Pairs from the teacher", "pairs", settings.pairs(), this::makePairs);
        RunConfig config = runConfig();
        RunDirectory run = RunDirectory.create(out.resolve(RUN), config);
        try (Pairs pairs = Pairs.open(out.resolve(PAIRS))) {
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
            return evaluate(trainer.sampler(), lines);
        }
    }

    private void timed(String stage, String unit, long total, Runnable work) {
        listener.begin(stage, unit, total);
        long begin = System.nanoTime();
        work.run();
        stages.add(new DemoReport.Stage(stage, (System.nanoTime() - begin) * 1e-9));
    }

    private void makePairs() {
        settings.teacher()
                .generate(
                        backend,
                        out.resolve(PAIRS),
                        settings.teacher().description(settings.pairs(), settings.seed()),
                        (done, _) -> listener.at(done, ""),
                        () -> false);
    }

    private RunConfig runConfig() {
        return new RunConfig(
                settings.model(),
                out.resolve(PAIRS).toAbsolutePath().toString(),
                settings.objective(),
                settings.optimizer(),
                settings.batch(),
                settings.steps(),
                settings.seed(),
                false,
                settings.steps(),
                settings.steps());
    }

    private Result evaluate(Sampler sampler, List<Metrics.Line> lines) {
        int count = settings.evaluated();
        float[] noise = noise(count);
        int[] labels = IntStream.range(0, count).map(i -> i % Strokes.CLASSES).toArray();
        SampleRequest request = request(count).withLabels(labels);
        Samples[] student = new Samples[1];
        float[][] teacher = new float[1][];
        timed(
                "Sampling the student",
                "images",
                count,
                () -> {
                    student[0] = sampler.sample(request);
                    listener.at(count, "");
                });
        timed(
                "Sampling the teacher",
                "images",
                count,
                () -> {
                    teacher[0] = settings.teacher().sample(backend, noise, labels);
                    listener.at(count, "");
                });
        DemoReport.Frechet[] frechet = new DemoReport.Frechet[1];
        timed(
                "Comparing with the data",
                "sets",
                3,
                () -> frechet[0] = distances(noise, student[0].pixels(), teacher[0]));
        double first = lines.getFirst().loss();
        double last =
                lines.subList(Math.max(0, lines.size() - AVERAGED), lines.size()).stream()
                        .mapToDouble(Metrics.Line::loss)
                        .average()
                        .orElseThrow();
        DemoReport report = report(sampler, student[0], teacher[0], lines, first, last, frechet[0]);
        AtomicFile.write(out.resolve(PAGE), DemoPage.html(report).getBytes(StandardCharsets.UTF_8));
        return new Result(out.resolve(PAGE), first, last, frechet[0], report.seconds());
    }

    // noise that no pair was made from, as the sampler draws it for the same request
    private float[] noise(int count) {
        IntTensor key =
                backend.allocateInts(Kernels.NORMAL_KEY)
                        .set(NoiseStream.NOISE.key(settings.seed(), FRESH));
        Tensor noise = backend.allocate(count, Strokes.ELEMENTS);
        backend.record("noise", k -> k.normal(key, noise)).run();
        return noise.get();
    }

    private SampleRequest request(int count) {
        SampleRequest standard = SampleRequest.of(count);
        return new SampleRequest(count, settings.seed(), FRESH, null, standard.solver());
    }

    private DemoReport.Frechet distances(float[] noise, float[] student, float[] teacher) {
        FeatureMap features = new FeatureMap(Strokes.CHANNELS, Strokes.SIZE);
        float[] drawn = settings.teacher().data();
        Moments data = features.moments(drawn, drawn.length / Strokes.ELEMENTS);
        double[] distances = new double[3];
        float[][] sets = {noise, student, teacher};
        for (int i = 0; i < sets.length; i++) {
            distances[i] =
                    FrechetDistance.between(
                            features.moments(sets[i], sets[i].length / Strokes.ELEMENTS), data);
            listener.at(i + 1, "");
        }
        return new DemoReport.Frechet(distances[0], distances[1], distances[2]);
    }

    private DemoReport report(
            Sampler sampler,
            Samples student,
            float[] teacher,
            List<Metrics.Line> lines,
            double first,
            double last,
            DemoReport.Frechet frechet) {
        int perClass = Math.min(COLUMNS, student.count() / Strokes.CLASSES);
        float[] byClass = student.byClass(perClass);
        List<BufferedImage> strip =
                IntStream.rangeClosed(1, MOST_ITERATIONS)
                        .mapToObj(iterations -> strip(sampler, iterations))
                        .toList();
        ImageGrid.writePng(
                grid(student.pixels(), Strokes.CLASSES, ZOOM), out.resolve("student.png"));
        ImageGrid.writePng(grid(teacher, Strokes.CLASSES, ZOOM), out.resolve("teacher.png"));
        ImageGrid.writePng(grid(byClass, perClass, ZOOM), out.resolve("samples.png"));
        Path run = out.resolve(RUN);
        return new DemoReport(
                "GET, %,d parameters, %s"
                        .formatted(sampler.parameters(), sampler.config().describe()),
                backend.description(),
                settings.pairs(),
                settings.steps(),
                first,
                last,
                frechet,
                settings.teacher().sampler().evaluations(),
                SampleRequest.DEFAULT_ITERATIONS,
                stages,
                lossChart(lines),
                new DemoReport.SideBySide(
                        grid(teacher, Strokes.CLASSES, 1),
                        grid(student.pixels(), Strokes.CLASSES, 1)),
                grid(byClass, perClass, 1),
                IntStream.range(0, Strokes.CLASSES).mapToObj(Integer::toString).toList(),
                strip,
                List.of(
                        new DemoReport.Command(
                                "Sample more from this student", "./getj sample --run " + run),
                        new DemoReport.Command(
                                "Train it further",
                                "./getj train --resume --out %s --steps %d"
                                        .formatted(run, 3 * settings.steps())),
                        new DemoReport.Command(
                                "Make your own pairs",
                                "./getj pairs generate --out pairs --count 20000"),
                        new DemoReport.Command("See every option", "./getj train --help")));
    }

    // a point where there are no fonts to draw one with: the page matters more
    private static BufferedImage lossChart(List<Metrics.Line> lines) {
        return Fonts.problem().isPresent()
                ? new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB)
                : LossChart.draw(lines);
    }

    // one column a class as the samples come, or one row a class once they are ordered
    private static BufferedImage grid(float[] images, int columns, int zoom) {
        int count = Math.min(columns * COLUMNS, images.length / Strokes.ELEMENTS);
        return ImageGrid.grid(images, count, Strokes.CHANNELS, Strokes.SIZE, columns, 1, zoom);
    }

    private BufferedImage strip(Sampler sampler, int iterations) {
        int[] labels = IntStream.range(0, STRIP).toArray();
        Samples samples =
                sampler.sample(request(STRIP).withLabels(labels).withIterations(iterations));
        return ImageGrid.grid(samples.pixels(), STRIP, Strokes.CHANNELS, Strokes.SIZE, 1, 1, 1);
    }
}
