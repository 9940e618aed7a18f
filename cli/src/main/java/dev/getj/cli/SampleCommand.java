package dev.getj.cli;

import com.fasterxml.jackson.annotation.JsonInclude;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.model.ModelConfig;
import dev.getj.picture.SamplePictures;
import dev.getj.sample.HeldBackend;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.Samples;
import dev.getj.sample.WeightsLocation;
import dev.getj.solver.Solver;
import dev.getj.train.distributed.Ranks;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code getj sample}: images from noise. */
@Command(
        name = "sample",
        description = {
            "Make images from noise with a trained network.",
            "Without --grid, --images and --out, a picture samples.png is written."
        })
final class SampleCommand implements Callable<Integer> {
    /** Columns of a grid of unconditional samples, and images of each class by default. */
    private static final int COLUMNS = 8;

    private static final String ALL = "all";

    /** The last two only where samples may stop by themselves, with --tol. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(
            int count,
            double seconds,
            int iterations,
            double residualMean,
            Double iterationsMean,
            Double secondsSaved) {}

    @Mixin private CommonOptions common;
    @Mixin private ImageFiles files;

    @ArgGroup(multiplicity = "1")
    private WeightsSource source;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "Images (default: 8 of each class, or 64 without classes).")
    private Integer count;

    @Option(names = "--seed", paramLabel = "S", description = "Of noise and z0 (default: 0).")
    private Long seed;

    @Option(
            names = "--label",
            paramLabel = "c|NAME|all",
            description = "Class of the images, by number or name, or all in turn (default: all).")
    private String label;

    @Mixin private SamplingOptions sampling;
    @Mixin private PrecisionOption precision;

    @Option(
            names = "--z0",
            paramLabel = "drawn|previous",
            defaultValue = "drawn",
            description =
                    "Where the search begins: as in training, or where the image before was found,"
                            + " for sequences of related noise (default: ${DEFAULT-VALUE}).")
    private SampleRequest.Start start;

    @Option(
            names = "--input",
            paramLabel = "IN.safetensors",
            description = "Take noise, z0 and label from this file instead of drawing them.")
    private Path input;

    @Mixin private ProcessOptions processes;

    @Override
    public Integer call() {
        return processes.run(common, this::sample);
    }

    private int sample(Ranks ranks) {
        files.requireOneOnStandardOutput(common);
        if (input != null && (count != null || seed != null || label != null)) {
            throw common.wrongUsage(
                    "--input brings its own noise and labels: leave out --count, --seed and"
                            + " --label");
        }
        Solver method = sampling.solver(common);
        WeightsLocation weights = source.location();
        SharedSamples.requireSameWeights(ranks, weights, WeightsLocation.Network.STUDENT);
        HeldBackend backend = new HeldBackend.Owned(common.backend());
        try (Sampler sampler = Sampler.load(weights, backend, precision.sampling(common, ranks))) {
            common.note(sampler.config().describe());
            long begin = System.nanoTime();
            Samples samples =
                    input == null
                            ? drawn(sampler, ranks, chosen(request(sampler.config()), method))
                            : fromFile(sampler, ranks, method);
            double seconds = (System.nanoTime() - begin) * 1e-9;
            if (!ranks.first()) {
                return 0;
            }
            write(samples, sampler.config());
            boolean adaptive =
                    method.tolerance() > 0 && sampler.config().kind() instanceof ModelConfig.Get;
            Result result =
                    new Result(
                            samples.count(),
                            seconds,
                            samples.iterations(),
                            samples.meanResidual(),
                            adaptive ? samples.meanIterations() : null,
                            adaptive ? samples.secondsSaved() : null);
            common.print(result, () -> text(result));
            return 0;
        }
    }

    private static String text(Result result) {
        String iterations =
                result.iterationsMean == null
                        ? "%s iterations".formatted(result.iterations)
                        : String.format(
                                Locale.ROOT,
                                "%.1f iterations on average and %d at most, which saved %.2f s",
                                result.iterationsMean,
                                result.iterations,
                                result.secondsSaved);
        return String.format(
                Locale.ROOT,
                "%d images in %.2f s, %s, mean residual %.3g",
                result.count,
                result.seconds,
                iterations,
                result.residualMean);
    }

    private SampleRequest chosen(SampleRequest request, Solver method) {
        return request.withSolver(method).withStart(start).withGuidance(sampling.guidance());
    }

    private SampleRequest request(ModelConfig config) {
        boolean inTurn = label == null || label.equals(ALL);
        int images =
                count != null
                        ? count
                        : COLUMNS * (config.conditional() && inTurn ? config.classes() : COLUMNS);
        int most = Integer.MAX_VALUE / config.pixels();
        if (images > most) {
            throw new GetjException(
                    "--count %s: at most %s images of this network are made at once; call several times, with other seeds"
                            .formatted(images, most));
        }
        SampleRequest request = SampleRequest.of(images).withSeed(seed == null ? 0 : seed);
        if (inTurn) {
            return request;
        }
        return request.withLabel(ClassLabel.number(common, label, config.classNames()));
    }

    private static Samples drawn(Sampler sampler, Ranks ranks, SampleRequest whole) {
        SharedSamples shared = new SharedSamples(ranks, whole, "");
        return shared.gather(sampler.sample(shared.request()));
    }

    private Samples fromFile(Sampler sampler, Ranks ranks, Solver method) {
        ModelConfig config = sampler.config();
        try (SafetensorsFile file = SafetensorsFile.open(input)) {
            long[] shape = file.entry("noise").shape();
            long[] expected = {
                shape.length == 0 ? 0 : shape[0],
                config.channels(),
                config.imageSize(),
                config.imageSize()
            };
            int images = images(file, "noise", shape, expected);
            float[] noise = finite(file, "noise");
            float[] start = new float[0];
            if (config.takesStart()) {
                images(
                        file,
                        "z0",
                        file.entry("z0").shape(),
                        new long[] {images, config.tokens(), config.width()});
                start = finite(file, "z0");
            }
            SampleRequest request = chosen(SampleRequest.of(images), method);
            if (config.conditional()) {
                images(file, "label", file.entry("label").shape(), new long[] {images});
                request = request.withLabels(labels(file, config.classes()));
            }
            SharedSamples shared =
                    new SharedSamples(ranks, request, SharedSamples.digest(ranks, noise, start));
            return shared.gather(
                    sampler.sample(shared.part(noise), shared.part(start), shared.request()));
        }
    }

    private static int images(SafetensorsFile file, String name, long[] shape, long[] expected) {
        if (!Arrays.equals(shape, expected) || expected[0] < 1 || expected[0] > Integer.MAX_VALUE) {
            throw new GetjException(
                    "%s: %s has shape %s, this network needs %s"
                            .formatted(
                                    file.path(),
                                    name,
                                    Arrays.toString(shape),
                                    Arrays.toString(expected)));
        }
        return (int) expected[0];
    }

    private static float[] finite(SafetensorsFile file, String name) {
        float[] values = file.floats(name);
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new GetjException(
                        "%s: %s holds %s at position %s"
                                .formatted(file.path(), name, values[i], i));
            }
        }
        return values;
    }

    private static int[] labels(SafetensorsFile file, int classes) {
        return Arrays.stream(file.longs("label"))
                .mapToInt(
                        value -> {
                            if (value < 0 || value >= classes) {
                                throw new GetjException(
                                        "%s: label %s is not a class of this network, which has 0…%s"
                                                .formatted(file.path(), value, classes - 1));
                            }
                            return (int) value;
                        })
                .toArray();
    }

    private void write(Samples samples, ModelConfig config) {
        ImageFiles.Made made =
                new ImageFiles.Made(
                        samples.pixels(),
                        config.conditional() ? samples.labels() : null,
                        samples.count(),
                        samples.channels(),
                        samples.size());
        files.write(common, made, () -> SamplePictures.grid(samples));
    }
}
