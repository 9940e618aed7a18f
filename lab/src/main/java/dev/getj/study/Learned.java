package dev.getj.study;

import dev.getj.kernels.op.LossKind;

import java.util.List;

/**
 * What became of a run.
 *
 * @param student its name
 * @param multiplyAccumulates of one image's forward pass
 * @param way quality along the way, the last point after the last step
 * @param byIterations quality of the trained network after 1, 2, … iterations in sampling; empty
 *     unless asked for
 */
public record Learned(
        String student,
        int parameters,
        long multiplyAccumulates,
        LossKind loss,
        long pairs,
        long seed,
        List<Point> way,
        List<Quality> byIterations) {

    /** Quality after a step, in sampling with as many iterations as in training. */
    public record Point(long step, Quality quality) {}

    /** Nothing yet. */
    static Learned nothing(StudyRun run) {
        return new Learned(
                run.student().name(),
                run.student().parameters(),
                run.multiplyAccumulates(),
                run.loss(),
                run.pairs(),
                run.seed(),
                List.of(),
                List.of());
    }

    boolean of(StudyRun run) {
        return student.equals(run.student().name())
                && loss == run.loss()
                && pairs == run.pairs()
                && seed == run.seed();
    }

    Learned with(List<Point> newWay, List<Quality> newByIterations) {
        return new Learned(
                student,
                parameters,
                multiplyAccumulates,
                loss,
                pairs,
                seed,
                newWay,
                newByIterations);
    }

    /** Quality after the last step. */
    Quality last() {
        return way.getLast().quality();
    }
}
