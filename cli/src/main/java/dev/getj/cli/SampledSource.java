package dev.getj.cli;

import dev.getj.data.ImageData;
import dev.getj.diffusion.HeunSampler;
import dev.getj.diffusion.TeacherSamples;
import dev.getj.diffusion.TrainedDenoiser;
import dev.getj.eval.DrawnImages;
import dev.getj.eval.SampleFile;
import dev.getj.io.Suffix;
import dev.getj.kernels.Backend;
import dev.getj.sample.HeldBackend;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.Samples;
import dev.getj.sample.WeightsLocation;
import dev.getj.solver.Solver;
import dev.getj.train.distributed.Part;
import dev.getj.train.distributed.Ranks;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Where the images that are judged come from; one of these is needed. */
final class SampledSource {
    @Option(
            names = "--images",
            paramLabel = "F|DATA",
            converter = DataName.class,
            description =
                    "A file of getj sample --out or getj teacher sample --out, or data as for"
                            + " --data.")
    private String images;

    @Option(
            names = "--run",
            paramLabel = "RUN",
            description =
                    "A student: run directory of getj train, a file of weights, "
                            + WeightsLocation.SHIPPED
                            + ".")
    private WeightsLocation run;

    @Option(
            names = "--teacher",
            paramLabel = "RUN",
            description =
                    "A teacher: run directory of getj teacher train, its weights, "
                            + WeightsLocation.SHIPPED
                            + ".")
    private WeightsLocation teacher;

    /** How a model is sampled. */
    record Settings(
            int count,
            long seed,
            Solver solver,
            int steps,
            PrecisionOption precision,
            double guidance) {}

    /**
     * Compares what several processes are to make, each a part of it.
     *
     * @throws dev.getj.io.GetjException if it differs, or the weights cannot be read
     */
    void requireSame(Ranks ranks, Settings settings) {
        ranks.requireSame(
                new TreeMap<>(
                        Map.of(
                                "what is judged",
                                images != null
                                        ? "--images"
                                        : run != null ? "a student" : "a teacher",
                                "the number of images",
                                Integer.toString(settings.count),
                                "the seed",
                                Long.toString(settings.seed),
                                "the solver",
                                settings.solver.toString(),
                                "--sampler-steps",
                                Integer.toString(settings.steps),
                                "--guidance",
                                Double.toString(settings.guidance))));
        if (run != null) {
            SharedSamples.requireSameWeights(ranks, run, WeightsLocation.Network.STUDENT);
        } else if (teacher != null) {
            SharedSamples.requireSameWeights(ranks, teacher, WeightsLocation.Network.TEACHER);
        }
    }

    /** True if images are read, which may be bad; not made. */
    boolean isData() {
        return images != null;
    }

    /** The student, if that is what was named. */
    Optional<WeightsLocation> student() {
        return Optional.ofNullable(run);
    }

    /**
     * Opens images, or makes them. Several processes make a part each; the first has all of them,
     * the others one that stands for nothing.
     */
    ImageData open(CommonOptions common, Ranks ranks, Settings settings) {
        if (images != null) {
            return Suffix.is(images, ".safetensors")
                    ? SampleFile.open(Path.of(images))
                    : ImageData.open(images);
        }
        return run != null ? student(common, ranks, settings) : teacher(common, ranks, settings);
    }

    private ImageData student(CommonOptions common, Ranks ranks, Settings settings) {
        HeldBackend held = new HeldBackend.Owned(common.backend());
        try (Sampler sampler =
                Sampler.load(run, held, settings.precision.sampling(common, ranks))) {
            common.note("sampling " + sampler.config().describe());
            Part part = ranks.part(settings.count);
            SampleRequest request =
                    new SampleRequest(
                            part.count(),
                            settings.seed,
                            SampleRequest.FRESH + part.first(),
                            null,
                            settings.solver);
            Samples samples = sampler.sample(request.withGuidance(settings.guidance));
            float[] pixels = ranks.gather(samples.pixels());
            int classes = sampler.config().classes();
            int images = pixels.length / sampler.config().pixels();
            return new DrawnImages(
                    sampler.config().describe(),
                    pixels,
                    classes == 0 ? null : labels(SampleRequest.FRESH, images, classes),
                    samples.channels(),
                    samples.size(),
                    classes);
        }
    }

    private ImageData teacher(CommonOptions common, Ranks ranks, Settings settings) {
        if (settings.guidance != 1) {
            throw common.wrongUsage(
                    "--guidance is for students: judge what getj teacher sample --guidance --out"
                            + " wrote");
        }
        HeunSampler sampler = new HeunSampler(settings.steps);
        try (Backend backend = common.backend();
                TrainedDenoiser loaded =
                        TrainedDenoiser.load(
                                teacher,
                                backend,
                                TrainedDenoiser.BATCH,
                                settings.precision.sampling(common, ranks));
                Progress progress =
                        common.progress("sampling the teacher", "images", settings.count)) {
            int classes = loaded.classes();
            Part part = ranks.part(settings.count);
            float[] made =
                    new TeacherSamples(backend, loaded, sampler)
                            .draw(
                                    settings.seed,
                                    SampleRequest.FRESH + part.first(),
                                    labels(part.first(), part.count(), classes),
                                    (done, _) -> progress.at(done * ranks.size()));
            float[] pixels = ranks.gather(made);
            int[] labels = labels(0, pixels.length / loaded.elements(), classes);
            return new DrawnImages(
                    loaded.name(), pixels, labels, loaded.channels(), loaded.size(), classes);
        }
    }

    // classes in turn
    private static int[] labels(long first, int count, int classes) {
        return IntStream.range(0, count)
                .map(i -> (int) ((first + i) % Math.max(1, classes)))
                .toArray();
    }
}
