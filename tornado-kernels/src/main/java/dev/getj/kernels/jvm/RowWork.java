package dev.getj.kernels.jvm;

import dev.getj.kernels.Tensor;

/**
 * A launch that handles its rows, or its samples, each for itself: a row of its outputs comes from
 * the same row of its operands, and of those that all rows share.
 *
 * @param rows how many
 * @param unit how many rows in turn belong together: those of a sample for attention, else 1
 * @param tasksPerThread how many tasks a thread should get, when the launch runs alone
 * @param prepare to be done before the tasks
 * @param local operands that are read by rows, nulls left out
 * @param shared operands of which all rows read the same, likewise
 */
record RowWork(
        int rows,
        int unit,
        int tasksPerThread,
        Runnable prepare,
        RowTasks tasks,
        Tensor[] local,
        Tensor[] shared) {
    private static final Runnable NOTHING = () -> {};

    RowWork(
            int rows,
            int unit,
            int tasksPerThread,
            RowTasks tasks,
            Tensor[] local,
            Tensor[] shared) {
        this(rows, unit, tasksPerThread, NOTHING, tasks, local, shared);
    }

    /** All rows in one launch. */
    Runnable alone(Workers workers) {
        RowTasks.Part all = tasks.part(0, rows, workers.tasks(tasksPerThread));
        return () -> {
            prepare.run();
            workers.run(all.count(), all.task());
        };
    }
}
