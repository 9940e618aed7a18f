package dev.getj.train;

import dev.getj.model.Objective;

/**
 * How a student learns.
 *
 * @param schedule of the learning rate after the warm-up
 * @param initFromTeacher the teacher whose weights it began with; empty if they were drawn
 * @param dropout of labels
 */
public record Learning(
        Objective objective,
        OptimizerSettings optimizer,
        RateSchedule schedule,
        String initFromTeacher,
        LabelDropout dropout) {
    /** At a constant rate, from weights that are drawn, told all labels. */
    public Learning(Objective objective, OptimizerSettings optimizer) {
        this(objective, optimizer, RateSchedule.CONSTANT, "", LabelDropout.NONE);
    }
}
