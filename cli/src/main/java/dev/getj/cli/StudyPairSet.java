package dev.getj.cli;

import dev.getj.data.DataSpec;
import dev.getj.data.ImageData;
import dev.getj.data.ImageShape;
import dev.getj.data.Pairs;
import dev.getj.eval.Classifier;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.model.ModelConfig;
import dev.getj.sample.WeightsLocation;
import dev.getj.study.Judge;
import dev.getj.study.PairSource;
import dev.getj.study.Study;
import dev.getj.study.StudySettings;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/** The options of {@code getj study} about pairs of other images than strokes. */
final class StudyPairSet {
    @Option(
            names = "--pair-set",
            paramLabel = "P",
            description =
                    "A pair set to learn from, as of getj pairs generate, instead of pairs of the"
                            + " strokes.")
    private Path set;

    @Option(
            names = "--held-out",
            paramLabel = "P",
            description =
                    "Pairs at the end of --pair-set that are measured on, not learned from"
                            + " (default: those that the set keeps apart).")
    private Long heldOut;

    @Option(
            names = "--data",
            paramLabel = "DATA",
            converter = DataName.class,
            description =
                    "With --pair-set and --classifier: the images to be like, for the Frechet"
                            + " distance: "
                            + DataSpec.FORMS
                            + ".")
    private String data;

    private PairSource.Given pairs;
    private ModelConfig.Images images;
    private long learned;

    boolean isThere() {
        return set != null;
    }

    /** Refuses options that do not go together, and reads what there is. */
    void check(CommonOptions common, WeightsLocation teacher, WeightsLocation classifier) {
        if (!isThere()) {
            if (heldOut != null || data != null) {
                throw common.wrongUsage(
                        (data == null ? "--held-out" : "--data") + " needs --pair-set");
            }
            return;
        }
        if (teacher != null) {
            throw common.wrongUsage(
                    "--teacher and --pair-set exclude each other: the pairs are there");
        }
        if ((data == null) != (classifier == null)) {
            throw common.wrongUsage(
                    "with --pair-set, --data and --classifier need each other: the distance is that"
                            + " of the classifier's features to those of the data");
        }
        try (Pairs opened = Pairs.open(set)) {
            pairs = PairSource.Given.of(set, opened, heldOut);
            images = opened.description().images();
            learned = opened.count() - pairs.heldOut();
        }
    }

    /** The study's networks for the images of the set, and all its pairs; or those of strokes. */
    StudySettings standard() {
        return isThere()
                ? StudySettings.standard(images).withPairs(learned)
                : StudySettings.standard();
    }

    /**
     * {@code settings} with as many pairs as wanted, if there are so many.
     *
     * @param wanted null for what is usual
     */
    StudySettings withPairs(StudySettings settings, Long wanted, boolean quick) {
        if (wanted != null && wanted > learned) {
            throw new GetjException(
                    "%s has %s pairs to learn from, fewer than --pairs %s"
                            .formatted(set, learned, wanted));
        }
        long usual = quick ? Math.min(StudySettings.QUICK_PAIRS, learned) : learned;
        return settings.withPairs(wanted == null ? usual : wanted);
    }

    /** The set, and the judge of what is learned from it. */
    Study.Sources sources(
            CommonOptions common, WeightsLocation classifier, Backend judging, int judged) {
        return new Study.Sources(
                pairs,
                "pair set %s, %s pairs held out".formatted(set, pairs.heldOut()),
                () -> judge(common, classifier, judging, judged),
                classifier == null ? "none" : "%s, compared with %s".formatted(classifier, data));
    }

    private Judge judge(
            CommonOptions common, WeightsLocation location, Backend judging, int judged) {
        if (location == null) {
            return Judge.ofNothing(images, judged);
        }
        Classifier classifier = Classifier.load(location, judging);
        try (ImageData real = ImageData.open(data)) {
            ImageShape.of(real)
                    .require(
                            new ImageShape(images.size(), images.channels()),
                            "the data is %s, the pairs are %s");
            if (classifier.form().channels() != real.channels()
                    || classifier.form().imageSize() != real.size()
                    || images.classes() > classifier.form().classes()) {
                throw classifier.form().misfit(real);
            }
            DataCheck.run(common, real, Judge.compared(real, judged));
            return Judge.ofData(images, real, classifier, judged);
        }
    }
}
