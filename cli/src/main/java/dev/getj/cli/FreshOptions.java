package dev.getj.cli;

import dev.getj.sample.WeightsLocation;
import dev.getj.train.Fresh;
import dev.getj.train.distributed.Ranks;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** The teacher that makes pairs while a student learns from them. */
final class FreshOptions {
    private static final int STEPS = 18;

    @Option(
            names = "--teacher",
            paramLabel = "T",
            description =
                    "Make pairs while training instead of reading --pairs: run directory of getj"
                            + " teacher train, its weights, "
                            + WeightsLocation.SHIPPED
                            + ".")
    private WeightsLocation teacher;

    @Option(
            names = "--ring",
            paramLabel = "R",
            description =
                    "Fresh pairs that are learned from at a time, a multiple of --reuse (default:"
                            + " 8192).")
    private Integer ring;

    @Option(
            names = "--reuse",
            paramLabel = "N",
            description = "How often each fresh pair is learned from (default: 8).")
    private Integer reuse;

    @Option(
            names = "--sampler-steps",
            paramLabel = "N",
            description = "Noise levels of the teacher's Heun sampler (default: 18).")
    private Integer steps;

    @Mixin private GuidanceOptions guidance;

    boolean given() {
        return teacher != null;
    }

    /** Where the teacher lies, if one is named. */
    Optional<WeightsLocation> teacher() {
        return Optional.ofNullable(teacher);
    }

    /** Where the guide lies, if one is named. */
    Optional<WeightsLocation> guide() {
        return guidance.guide();
    }

    /**
     * @param pairs a pair set, or null
     * @throws picocli.CommandLine.ParameterException if options do not go together
     */
    void require(CommonOptions common, Path pairs, Ranks ranks) {
        if (given() && pairs != null) {
            throw common.wrongUsage(
                    "--pairs and --teacher exclude each other: pairs are read, or made afresh");
        }
        if (!given() && (ring != null || reuse != null || steps != null || guidance.given())) {
            throw common.wrongUsage(
                    "--ring, --reuse, --sampler-steps, --guide and --guidance need --teacher, which"
                            + " makes fresh pairs");
        }
        if (given()) {
            requireAlone(common, ranks);
        }
    }

    /**
     * @throws picocli.CommandLine.ParameterException if several processes train
     */
    static void requireAlone(CommonOptions common, Ranks ranks) {
        if (ranks.size() > 1) {
            throw common.wrongUsage(
                    "fresh pairs are made in one process; for several make a set by getj pairs"
                            + " generate");
        }
    }

    Fresh fresh() {
        return new Fresh(
                absolute(teacher),
                guidance.guide().map(FreshOptions::absolute).orElse(""),
                guidance.weight(),
                Objects.requireNonNullElse(steps, STEPS),
                Objects.requireNonNullElse(ring, Fresh.RING),
                Objects.requireNonNullElse(reuse, Fresh.REUSE));
    }

    // a run may be resumed from another folder
    static String absolute(WeightsLocation location) {
        return location instanceof WeightsLocation.OnDisk(Path path)
                ? path.toAbsolutePath().toString()
                : location.toString();
    }
}
