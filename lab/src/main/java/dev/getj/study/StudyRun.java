package dev.getj.study;

import dev.getj.kernels.op.LossKind;
import dev.getj.model.Estimator;
import dev.getj.model.Objective;
import dev.getj.sample.SampleRequest;
import dev.getj.solver.Weighting;

import java.nio.file.Path;
import java.util.Locale;

/**
 * One training of the study.
 *
 * @param pairs that it learns from
 * @param seed of initial weights, order of the pairs and z₀
 */
record StudyRun(Student student, LossKind loss, long pairs, long seed) {
    private static final double DECAY = 0.8;

    /** Name of its folder, such as {@code get-medium-l2-8000-seed0}. */
    String name() {
        return "%s-%s-%s-seed%s"
                .formatted(
                        student.name(),
                        loss.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        pairs,
                        seed);
    }

    /** A loss as tables and charts name it. */
    static String label(LossKind loss) {
        return switch (loss) {
            case L1, L2 -> loss.name();
            case PSEUDO_HUBER -> "pseudo-Huber";
        };
    }

    Path folder(Path out) {
        return out.resolve(name());
    }

    /** The paper's, but for the distance and for what the student says of supervised states. */
    Objective objective() {
        int steps = SampleRequest.DEFAULT_ITERATIONS;
        return student.lastAlone()
                ? Objective.of(
                        loss,
                        Estimator.Unrolled.every(steps, steps),
                        new Weighting.Exponential(DECAY))
                : Objective.unrolled(loss, steps, DECAY);
    }

    /** Multiply-accumulates of one image's forward pass: what a step costs, up to a factor. */
    long multiplyAccumulates() {
        return student.multiplyAccumulates(SampleRequest.DEFAULT_ITERATIONS);
    }
}
