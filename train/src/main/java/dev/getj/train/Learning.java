package dev.getj.train;

import dev.getj.model.Objective;

import java.util.Optional;

/**
 * How a student learns.
 *
 * @param schedule of the learning rate after the warm-up
 * @param initFromTeacher the teacher whose weights it began with; empty if they were drawn
 * @param dropout of labels
 * @param features a loss beside that of the pixels, if there is one
 * @param averagesEvery steps between snapshots of averages whose length is chosen afterwards; 0 for
 *     none
 */
public record Learning(
        Objective objective,
        OptimizerSettings optimizer,
        RateSchedule schedule,
        String initFromTeacher,
        LabelDropout dropout,
        Optional<FeatureTerm> features,
        long averagesEvery) {
    /**
     * @throws IllegalArgumentException if there is less than a step between snapshots
     */
    public Learning {
        if (averagesEvery < 0) {
            throw new IllegalArgumentException(
                    "the steps between snapshots of averages must be at least 0, not "
                            + averagesEvery);
        }
    }

    /** With another feature loss, or none. */
    public Learning with(Optional<FeatureTerm> other) {
        return new Learning(
                objective, optimizer, schedule, initFromTeacher, dropout, other, averagesEvery);
    }

    /** At a constant rate, from weights that are drawn, told all labels. */
    public Learning(Objective objective, OptimizerSettings optimizer) {
        this(
                objective,
                optimizer,
                RateSchedule.CONSTANT,
                "",
                LabelDropout.NONE,
                Optional.empty(),
                0);
    }
}
