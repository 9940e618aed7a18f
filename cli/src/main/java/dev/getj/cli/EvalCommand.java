package dev.getj.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;

import dev.getj.data.DataSpec;
import dev.getj.data.DataSummary;
import dev.getj.data.FeatureStatistics;
import dev.getj.data.ImageData;
import dev.getj.eval.ClassScores;
import dev.getj.eval.Classifier;
import dev.getj.eval.DamagedImages;
import dev.getj.eval.Evaluation;
import dev.getj.eval.Features;
import dev.getj.eval.Memorisation;
import dev.getj.eval.OneClass;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.picture.ImageGrid;
import dev.getj.sample.WeightsLocation;
import dev.getj.train.distributed.Ranks;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code getj eval}: how good images are. */
@Command(
        name = "eval",
        description = {
            "Judge images: Frechet distance, precision and recall, copies of the training data.",
            "With a classifier also an inception-style score and the accuracy of classes; with an"
                    + " Inception network as an ONNX file FID and IS as they are published."
        })
final class EvalCommand implements Callable<Integer> {
    private static final int SHOWN = 32;

    /**
     * What {@code --json} prints.
     *
     * @param samples of what they are; null unless they were read
     * @param data what they are compared with; null if that is statistics
     */
    record Result(
            @JsonUnwrapped Evaluation figures,
            @JsonInclude(JsonInclude.Include.NON_NULL) DataSummary samples,
            @JsonInclude(JsonInclude.Include.NON_NULL) DataSummary data) {}

    @Mixin private CommonOptions common;

    @ArgGroup(multiplicity = "1")
    private SampledSource source;

    static final class Reference {
        @Option(
                names = "--data",
                paramLabel = "DATA",
                converter = DataName.class,
                description = "The images to be like: " + DataSpec.FORMS + ".")
        private String data;

        @Option(
                names = "--statistics",
                paramLabel = "F.npz",
                description =
                        "Mean mu and covariance sigma of their features instead; only the Frechet"
                                + " distance can then be told.")
        private Path statistics;

        @Option(
                names = "--pairs",
                paramLabel = "P",
                description =
                        "A pair set instead: the squared error of a student's images to its"
                                + " teacher's, on pairs held out and others.")
        private Path pairs;
    }

    @ArgGroup(multiplicity = "1")
    private Reference reference;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Images to judge, at most (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--data-count",
            paramLabel = "N",
            description = "Images of the data to compare with, at most (default: that of --count).")
    private Integer dataCount;

    @Mixin private FeatureOptions compared;

    @Option(
            names = "--classifier",
            paramLabel = "RUN",
            description =
                    "Run directory of getj classifier train, a file of its weights, "
                            + WeightsLocation.SHIPPED
                            + ".")
    private WeightsLocation classifier;

    @Option(
            names = "--class",
            paramLabel = "c",
            description = "Judge images of this class only, of those that there are.")
    private Integer only;

    @Option(
            names = "--damage",
            paramLabel = "KIND",
            converter = DamageConverter.class,
            description =
                    "Make the images worse first, to see what a figure means: noise=DEVIATION,"
                            + " blur or destroyed.")
    private DamagedImages.Damage damage;

    @Option(
            names = "--neighbours",
            paramLabel = "F.png",
            description =
                    "Picture of the samples that are nearest to an image of the data, each above"
                            + " that image.")
    private Path neighbours;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "0",
            description = "Of the samples (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--held-out",
            paramLabel = "P",
            description =
                    "Pairs at the end of --pairs that the student has not learned from (default:"
                            + " those that the set keeps apart).")
    private Long heldOut;

    @Mixin private SamplingOptions sampling;
    @Mixin private PrecisionOption precision;

    @Option(
            names = "--sampler-steps",
            paramLabel = "N",
            defaultValue = "18",
            description = "Noise levels of a teacher's sampler (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Mixin private ProcessOptions processes;

    @Override
    public Integer call() {
        return processes.run(common, this::judge);
    }

    private int judge(Ranks ranks) {
        if (ranks.size() > 1) {
            source.requireSame(ranks, settings());
        }
        if (reference.pairs != null) {
            return onPairs(ranks);
        }
        if (heldOut != null) {
            throw common.wrongUsage("--held-out needs --pairs");
        }
        compared.check(common, classifier != null);
        if (neighbours != null && reference.data == null) {
            throw common.wrongUsage("--neighbours needs --data");
        }
        if (!ranks.first()) {
            return sample(ranks);
        }
        // the reference first: sampling takes longer than finding out that it is not there
        try (ImageData data = reference.data == null ? null : ImageData.open(reference.data)) {
            FeatureStatistics statistics =
                    data == null ? FeatureStatistics.read(reference.statistics) : null;
            if (data != null) {
                DataCheck.run(common, data, known(data));
            }
            try (ImageData samples = worse(source.open(common, ranks, settings()));
                    Backend backend = Backends.jvm(common.threads())) {
                Evaluation done = evaluate(backend, samples, data, statistics);
                Result result =
                        new Result(
                                done,
                                source.isData() ? samples.summary() : null,
                                data == null ? null : data.summary());
                common.print(result, () -> text(done));
                return 0;
            }
        }
    }

    private SampledSource.Settings settings() {
        return new SampledSource.Settings(
                count, seed, sampling.solver(common), steps, precision, sampling.guidance());
    }

    /** The part of another process than the first, which judges. */
    private int sample(Ranks ranks) {
        if (!source.isData()) {
            source.open(common, ranks, settings()).close();
        }
        return 0;
    }

    private int onPairs(Ranks ranks) {
        if (!ranks.first()) {
            return 0;
        }
        if (source.student().isEmpty()) {
            throw common.wrongUsage("--pairs measures a student: give --run");
        }
        if (classifier != null || only != null || damage != null || neighbours != null) {
            throw common.wrongUsage(
                    "--classifier, --class, --damage and --neighbours mean nothing to --pairs");
        }
        if (sampling.guidance() != 1) {
            throw common.wrongUsage(
                    "--guidance and --pairs exclude each other: the error is that of images as they"
                            + " were learned");
        }
        EvalPairs measured =
                new EvalPairs(
                        source.student().get(),
                        reference.pairs,
                        Optional.ofNullable(heldOut),
                        count,
                        sampling.solver(common),
                        precision);
        EvalPairs.Result result = measured.run(common);
        common.print(result, result::text);
        return 0;
    }

    private ImageData worse(ImageData images) {
        ImageData chosen = only == null ? images : new OneClass(images, only);
        return damage == null ? chosen : new DamagedImages(chosen, damage);
    }

    private Evaluation evaluate(
            Backend backend, ImageData samples, ImageData data, FeatureStatistics statistics) {
        int judged = (int) Math.min(count, samples.count());
        Classifier judge = classifier == null ? null : Classifier.load(classifier, backend);
        if (judge != null) {
            requireFit(judge, samples);
        }
        if (data != null) {
            Evaluation.requireSameShape(samples, data);
        }
        try (Features features = compared.open(common, judge, samples)) {
            if (data == null) {
                Evaluation.requireSameFeatures(
                        statistics, reference.statistics.toString(), features);
            }
            common.note("%s images of: %s".formatted(judged, samples.name()));
            if (source.isData()) {
                DataCheck.run(common, samples, judged);
            }
            ClassScores scores =
                    judge == null
                            ? null
                            : ClassScores.of(judge, samples, judged, compared.splits());
            return data == null
                    ? Evaluation.against(
                            statistics,
                            compared.ofSamples(common, features, samples, judged, 0),
                            scores)
                    : against(backend, data, samples, judged, features, scores);
        }
    }

    private Evaluation against(
            Backend backend,
            ImageData data,
            ImageData samples,
            int judged,
            Features features,
            ClassScores scores) {
        int known = known(data);
        common.note("against %s images of: %s".formatted(known, data.name()));
        float[] pixels = Evaluation.pixels(samples, judged);
        float[] others = Evaluation.pixels(data, known);
        Memorisation memorisation = Memorisation.of(backend, pixels, others, data.elements());
        if (neighbours != null) {
            show(memorisation, pixels, others, data);
        }
        return Evaluation.against(
                backend,
                compared.ofData(common, features, data, known, Math.min(judged, known)),
                compared.ofSamples(common, features, samples, judged, judged),
                scores,
                memorisation);
    }

    /** Images of the data that are compared with. */
    private int known(ImageData data) {
        return (int) Math.min(dataCount == null ? count : dataCount, data.count());
    }

    private static void requireFit(Classifier judge, ImageData samples) {
        if (judge.form().channels() != samples.channels()
                || judge.form().imageSize() != samples.size()
                || samples.classes() > judge.form().classes()) {
            throw judge.form().misfit(samples);
        }
    }

    /** Rows in twos: samples, and below each the image it is nearest to. */
    private void show(Memorisation memorisation, float[] samples, float[] data, ImageData shape) {
        int columns = Math.min(SHOWN / 4, memorisation.nearest().size());
        int rows = Math.min(4, memorisation.nearest().size() / columns);
        int elements = shape.elements();
        float[] shown = new float[2 * rows * columns * elements];
        for (int i = 0; i < rows * columns; i++) {
            Memorisation.Match match = memorisation.nearest().get(i);
            int at = (2 * (i / columns) * columns + i % columns) * elements;
            System.arraycopy(samples, match.sample() * elements, shown, at, elements);
            System.arraycopy(
                    data, match.image() * elements, shown, at + columns * elements, elements);
        }
        ImageGrid.writePng(
                ImageGrid.grid(
                        shown, 2 * rows * columns, shape.channels(), shape.size(), columns, 1, 2),
                neighbours);
        common.note("picture: " + neighbours);
    }

    private static String text(Evaluation done) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "Fréchet distance %.4g", done.frechet()));
        if (done.precision() != null) {
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "precision %.3f, recall %.3f",
                            done.precision(),
                            done.recall()));
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "copies %.1f %% (data of itself: 1 %%); nearest image %.2f, data %.2f",
                            100 * done.copies(),
                            done.nearest(),
                            done.nearestData()));
        }
        if (done.inceptionScore() != null) {
            lines.add(String.format(Locale.ROOT, "inception score %.3f", done.inceptionScore()));
        }
        if (done.classAccuracy() != null) {
            lines.add(
                    String.format(
                            Locale.ROOT, "class accuracy %.1f %%", 100 * done.classAccuracy()));
        }
        return String.join("\n", lines);
    }
}
