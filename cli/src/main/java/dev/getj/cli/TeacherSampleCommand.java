package dev.getj.cli;

import dev.getj.diffusion.HeunSampler;
import dev.getj.diffusion.Teacher;
import dev.getj.diffusion.TeacherSamples;
import dev.getj.diffusion.TrainedDenoiser;
import dev.getj.kernels.Backend;
import dev.getj.model.ModelConfig;
import dev.getj.picture.SamplePictures;
import dev.getj.sample.WeightsLocation;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** {@code getj teacher sample}: images of a teacher, by many steps. */
@Command(
        name = "sample",
        description = {
            "Make images with a teacher, by EDM's deterministic Heun method.",
            "Without --grid, --images and --out, a picture samples.png is written."
        })
final class TeacherSampleCommand implements Callable<Integer> {
    private static final int COLUMNS = 8;
    private static final String ALL = "all";

    record Result(int count, double seconds, int evaluations) {}

    @Mixin private CommonOptions common;
    @Mixin private ImageFiles files;

    @Option(
            names = "--run",
            paramLabel = "RUN",
            required = true,
            description =
                    "A run directory of getj teacher train, a file of its weights, "
                            + WeightsLocation.SHIPPED
                            + ".")
    private WeightsLocation run;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "Images (default: 8 of each class, or 64 without classes).")
    private Integer count;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "0",
            description = "Of the noise (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--label",
            paramLabel = "c|NAME|all",
            defaultValue = ALL,
            description =
                    "Class of the images, by number or name, or all in turn (default:"
                            + " ${DEFAULT-VALUE}).")
    private String label;

    @Option(
            names = "--sampler-steps",
            paramLabel = "N",
            defaultValue = "18",
            description = "Noise levels of the Heun sampler (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Mixin private PrecisionOption precision;
    @Mixin private GuidanceOptions guidance;

    @Override
    public Integer call() {
        files.requireOneOnStandardOutput(common);
        HeunSampler sampler = new HeunSampler(steps);
        try (Backend backend = common.backend();
                Teacher teacher = opened(backend)) {
            int classes = teacher.classes();
            int images =
                    count != null
                            ? count
                            : COLUMNS * (classes > 0 && label.equals(ALL) ? classes : COLUMNS);
            int[] labels = labels(images, teacher);
            common.note(teacher.name());
            long begin = System.nanoTime();
            TeacherSamples samples = new TeacherSamples(backend, teacher, sampler);
            float[] made;
            try (Progress progress = common.progress("sampling", "images", images)) {
                made = samples.draw(seed, 0, labels, (done, _) -> progress.at(done));
            }
            double seconds = (System.nanoTime() - begin) * 1e-9;
            write(made, labels, teacher);
            Result result = new Result(images, seconds, sampler.evaluations());
            common.print(
                    result,
                    () ->
                            String.format(
                                    Locale.ROOT,
                                    "%d images in %.2f s, %d evaluations each",
                                    result.count,
                                    result.seconds,
                                    result.evaluations));
            return 0;
        }
    }

    private Teacher opened(Backend backend) {
        TrainedDenoiser alone =
                TrainedDenoiser.load(
                        run,
                        backend,
                        TrainedDenoiser.BATCH,
                        precision.sampling(common, guidance.tables()));
        return guidance.guided(common, backend, alone, TrainedDenoiser.BATCH, alone.precision());
    }

    private int[] labels(int images, Teacher teacher) {
        if (label.equals(ALL)) {
            return IntStream.range(0, images)
                    .map(i -> i % Math.max(1, teacher.classes()))
                    .toArray();
        }
        int one = ClassLabel.number(common, label, teacher.classNames());
        int classes = teacher.classes();
        if (one < 0 || one >= classes) {
            throw common.wrongUsage(
                    "--label %s: this teacher has %s"
                            .formatted(
                                    label,
                                    classes == 0 ? "no classes" : "classes 0 to " + (classes - 1)));
        }
        return IntStream.generate(() -> one).limit(images).toArray();
    }

    private void write(float[] images, int[] labels, Teacher teacher) {
        int size = teacher.size();
        int channels = teacher.channels();
        int[] classes = teacher.classes() > 0 ? labels : new int[0];
        files.write(
                common,
                new ImageFiles.Made(
                        images,
                        teacher.classes() > 0 ? labels : null,
                        labels.length,
                        channels,
                        size),
                () ->
                        SamplePictures.grid(
                                new ModelConfig.Images(size, channels, teacher.classes()),
                                images,
                                classes));
    }
}
