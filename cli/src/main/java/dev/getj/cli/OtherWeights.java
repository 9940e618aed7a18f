package dev.getj.cli;

import dev.getj.io.GetjException;
import dev.getj.sample.WeightsLocation;
import dev.getj.train.FeatureTerm;
import dev.getj.train.Fresh;
import dev.getj.train.Learning;
import dev.getj.train.RunConfig;
import dev.getj.train.Source;
import dev.getj.train.WeightsDigests;

import java.util.Optional;

/**
 * The weights that a student's run needs beside its own when it is resumed: where they lie by now,
 * and that they are those it began with.
 *
 * @param teacher where the command says it is; empty for where it was
 */
record OtherWeights(
        Optional<WeightsLocation> teacher,
        Optional<WeightsLocation> guide,
        Optional<WeightsLocation> classifier) {
    static final String TEACHER = "--teacher";
    static final String GUIDE = "--guide";
    static final String CLASSIFIER = "--feature-loss";

    /** Digits of a digest that messages show. */
    private static final int SHOWN = 16;

    /**
     * A run with the places where its other weights lie now and their digests.
     *
     * @throws picocli.CommandLine.ParameterException if weights are named that the run has not
     * @throws GetjException if they are not there, or others than it began with
     */
    RunConfig found(CommonOptions common, RunConfig run) {
        WeightsDigests begun = run.digests();
        RunConfig moved = moved(common, run);
        WeightsDigests found = WeightsDigests.of(moved);
        requireSame(TEACHER, "teacher", begun.teacher(), found.teacher());
        requireSame(GUIDE, "guide", begun.guide(), found.guide());
        requireSame(
                CLASSIFIER,
                "classifier of the feature loss",
                begun.classifier(),
                found.classifier());
        return moved.with(found);
    }

    private RunConfig moved(CommonOptions common, RunConfig run) {
        Source source = run.source();
        Learning learning = run.learning();
        WeightsDigests begun = run.digests();
        String student = source.fresh().map(Fresh::teacher).orElse("");
        String guided = source.fresh().map(Fresh::guide).orElse("");
        String judged = learning.features().map(FeatureTerm::classifier).orElse("");
        String teacherNow = place(common, TEACHER, teacher, student, begun.teacher());
        String guideNow = place(common, GUIDE, guide, guided, begun.guide());
        String classifierNow = place(common, CLASSIFIER, classifier, judged, begun.classifier());
        return run.with(
                        new Source(
                                source.pairs(),
                                source.fresh().map(it -> it.at(teacherNow, guideNow)),
                                source.heldOut(),
                                source.evalEvery()))
                .with(learning.with(learning.features().map(it -> it.at(classifierNow))));
    }

    private static String place(
            CommonOptions common,
            String option,
            Optional<WeightsLocation> asked,
            String before,
            String digest) {
        if (asked.isEmpty()) {
            return before;
        }
        String now = FreshOptions.absolute(asked.get());
        if (before.isEmpty()) {
            throw common.wrongUsage(
                    "%s %s: the run began without, and keeps the settings it began with"
                            .formatted(option, now));
        }
        if (digest.isEmpty() && !now.equals(before)) {
            throw new GetjException(
                    "%s %s: an earlier version of getj began the run and did not note the content of %s, so no other place can be given; put the file there"
                            .formatted(option, now, before));
        }
        return now;
    }

    private static void requireSame(String option, String role, String begun, String found) {
        if (!begun.isEmpty() && !begun.equals(found)) {
            throw new GetjException(
                    "the %s is not the one that the run began with: its SHA-256 is %s…, not %s…; give that file by %s"
                            .formatted(
                                    role,
                                    found.substring(0, SHOWN),
                                    begun.substring(0, Math.min(SHOWN, begun.length())),
                                    option));
        }
    }
}
