package dev.getj.cli;

import dev.getj.data.ImageData;
import dev.getj.eval.Classifier;
import dev.getj.eval.FeatureFile;
import dev.getj.eval.FeatureFile.Range;
import dev.getj.eval.FeatureFile.Role;
import dev.getj.eval.FeatureFormat;
import dev.getj.eval.FeatureMap;
import dev.getj.eval.FeatureSet;
import dev.getj.eval.Features;
import dev.getj.io.Suffix;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** The options that say what of images is compared and, of an ONNX file, what it does not say. */
final class FeatureOptions {
    private static final String MAP = "map";
    private static final String CLASSIFIER = "classifier";

    @Option(
            names = "--features",
            paramLabel = "map|classifier|F.onnx",
            defaultValue = MAP,
            description = {
                "What is compared: the fixed map of small images, the second layer of"
                        + " --classifier,",
                "or what an ONNX file of a network makes of an image, see docs/evaluation.md",
                "(default: ${DEFAULT-VALUE})."
            })
    private String kind;

    @Option(
            names = "--tensor",
            paramLabel = "ROLE=NAME",
            description =
                    "The output of the ONNX file that is features or logits, if its name does not"
                            + " tell. Repeatable.")
    private Map<Role, String> tensors;

    @Option(
            names = "--range",
            paramLabel = "LOW:HIGH",
            converter = RangeConverter.class,
            description = "Values that the ONNX file takes for black and white (default: 0:1).")
    private Range range;

    @Option(
            names = "--resize",
            paramLabel = "S",
            description =
                    "Side that images are brought to, bilinearly, if the ONNX file takes any"
                            + " (default: as they are).")
    private Integer resize;

    @Option(
            names = "--splits",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Parts of the samples whose inception scores are averaged; published ones have"
                            + " 10 (default: ${DEFAULT-VALUE}).")
    private int splits;

    /** Reads {@code -1:1}. */
    static final class RangeConverter implements ITypeConverter<Range> {
        @Override
        public Range convert(String text) {
            String[] ends = text.split(":", -1);
            try {
                if (ends.length == 2) {
                    return new Range(Double.parseDouble(ends[0]), Double.parseDouble(ends[1]));
                }
            } catch (IllegalArgumentException problem) {
                throw new TypeConversionException("'" + text + "': " + problem.getMessage());
            }
            throw new TypeConversionException("'" + text + "' is no range: use LOW:HIGH");
        }
    }

    private boolean onnx() {
        return Suffix.is(kind, ".onnx");
    }

    int splits() {
        return splits;
    }

    /**
     * @param judge whether there is a classifier
     * @throws picocli.CommandLine.ParameterException if they cannot be
     */
    void check(CommonOptions common, boolean judge) {
        if (kind.equalsIgnoreCase(CLASSIFIER) && !judge) {
            throw common.wrongUsage("--features classifier needs --classifier");
        }
        if (!onnx() && !kind.equalsIgnoreCase(MAP) && !kind.equalsIgnoreCase(CLASSIFIER)) {
            throw common.wrongUsage(
                    "--features " + kind + ": use map, classifier or the name of a file .onnx");
        }
        if (!onnx() && (tensors != null || range != null || resize != null)) {
            throw common.wrongUsage("--tensor, --range and --resize are for --features F.onnx");
        }
    }

    /**
     * Opens the features, for the caller to close.
     *
     * @param judge the classifier, or null
     */
    Features open(CommonOptions common, Classifier judge, ImageData samples) {
        if (!onnx()) {
            return kind.equalsIgnoreCase(CLASSIFIER)
                    ? judge
                    : new FeatureMap(samples.channels(), samples.size());
        }
        Features opened =
                FeatureFormat.openAny(
                        new FeatureFile(
                                Path.of(kind),
                                tensors == null ? Map.of() : tensors,
                                range,
                                Objects.requireNonNullElse(resize, 0),
                                samples.channels(),
                                samples.size(),
                                common.threads()));
        common.note("features: " + opened.name());
        return opened;
    }

    FeatureSet ofSamples(
            CommonOptions common, Features features, ImageData samples, int count, int kept) {
        return of(common, features, samples, count, kept, splits, "features of the samples");
    }

    FeatureSet ofData(
            CommonOptions common, Features features, ImageData data, int count, int kept) {
        return of(common, features, data, count, kept, 1, "features of the data");
    }

    private FeatureSet of(
            CommonOptions common,
            Features features,
            ImageData images,
            int count,
            int kept,
            int parts,
            String what) {
        if (!onnx()) {
            return FeatureSet.of(features, images, count, kept, parts, dev.getj.data.Progress.NONE);
        }
        try (Progress progress = common.progress(what, "images", count)) {
            return FeatureSet.of(
                    features, images, count, kept, parts, (done, _) -> progress.at(done));
        }
    }
}
