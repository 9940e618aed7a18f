package dev.getj.cli;

import dev.getj.diffusion.GuidedTeacher;
import dev.getj.diffusion.Teacher;
import dev.getj.diffusion.TrainedDenoiser;
import dev.getj.kernels.Backend;
import dev.getj.model.ParameterTable;
import dev.getj.model.Precision;
import dev.getj.sample.WeightsLocation;

import picocli.CommandLine.Option;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What leads a teacher away from another one, or from itself without classes. */
final class GuidanceOptions {
    private static final double WEIGHT = 2;

    @Option(
            names = "--guide",
            paramLabel = "RUN",
            description =
                    "Teacher to guide away from: one without classes, or a weaker one with the"
                            + " same (default with --guidance: the teacher itself without a"
                            + " label, if it was trained with --label-dropout).")
    private WeightsLocation guide;

    @Option(
            names = "--guidance",
            paramLabel = "W",
            description = "Guidance weight; 1 is none (default: 2 with --guide).")
    private Double weight;

    /** The teacher to lead away from, if one is named. */
    Optional<WeightsLocation> guide() {
        return Optional.ofNullable(guide);
    }

    /** How far; 1 if nothing is said. */
    double weight() {
        return weight != null ? weight : guide == null ? 1 : WEIGHT;
    }

    boolean given() {
        return guide != null || weight != null;
    }

    /** The parameters of the teacher to lead away from, if one is named. */
    List<ParameterTable> tables() {
        return guide().map(TrainedDenoiser::table).stream().toList();
    }

    /**
     * The teacher as it is, or guided.
     *
     * @param precision of a guide that is named: the teacher's
     */
    Teacher guided(
            CommonOptions common,
            Backend backend,
            Teacher teacher,
            int batch,
            Precision precision) {
        if (guide == null && weight == null) {
            return teacher;
        }
        if (guide == null && teacher.unlabelled().isEmpty()) {
            throw common.wrongUsage(
                    "--guidance needs --guide, the teacher to lead away from, as this one was"
                            + " trained without --label-dropout");
        }
        return new GuidedTeacher(
                teacher,
                guide == null
                        ? teacher.unlabelled().orElseThrow()
                        : TrainedDenoiser.load(guide, backend, batch, precision),
                Objects.requireNonNullElse(weight, WEIGHT));
    }
}
