package dev.getj.kernels.jvm;

import dev.getj.kernels.tensor.Tensor;

import java.util.Arrays;
import java.util.List;

/**
 * A launch that handles its rows, or its samples, each for itself: a row of its outputs comes from
 * the same row of its operands, and of those that all rows share. Sums over the rows, such as the
 * gradients of weights, it may add up at the end.
 *
 * @param rows how many
 * @param unit how many rows in turn belong together: those of a sample for attention, of a partial
 *     sum, else 1
 * @param tasksPerThread how many tasks a thread should get, when the launch runs alone
 * @param prepare to be done before the tasks
 * @param local operands that are read by rows, nulls left out
 * @param shared operands of which all rows read the same, nulls left out
 * @param conclude to be done after the tasks
 * @param sums outputs that are complete only then, nulls left out
 * @param working arrays that hold something from the first task to the conclusion
 */
record RowWork(
        int rows,
        int unit,
        int tasksPerThread,
        Runnable prepare,
        RowTasks tasks,
        Tensor[] local,
        Tensor[] shared,
        Runnable conclude,
        Tensor[] sums,
        List<Object> working) {
    private static final Runnable NOTHING = () -> {};
    private static final Tensor[] NONE = {};

    RowWork(
            int rows,
            int unit,
            int tasksPerThread,
            RowTasks tasks,
            Tensor[] local,
            Tensor[] shared) {
        this(rows, unit, tasksPerThread, NOTHING, tasks, local, shared, NOTHING, NONE, List.of());
    }

    /** The same, prepared by {@code preparation}. */
    RowWork after(Runnable preparation) {
        return new RowWork(
                rows,
                unit,
                tasksPerThread,
                preparation,
                tasks,
                local,
                shared,
                conclude,
                sums,
                working);
    }

    /** The same, with sums over the rows that {@code conclusion} completes, from {@code parts}. */
    RowWork concluding(List<Object> parts, Runnable conclusion, Tensor... completed) {
        return new RowWork(
                rows,
                unit,
                tasksPerThread,
                prepare,
                tasks,
                local,
                shared,
                conclusion,
                completed,
                parts);
    }

    /** Whether neither work's parts of sums lie where the other's do. */
    boolean worksApartFrom(RowWork other) {
        return working.stream()
                .noneMatch(array -> other.working.stream().anyMatch(it -> it == array));
    }

    /** Whether {@code output} is complete only when all rows are done. */
    boolean isSum(Tensor output) {
        return Arrays.asList(sums).contains(output);
    }

    /** All rows in one launch. */
    Runnable alone(Workers workers) {
        RowTasks.Part all = tasks.part(0, rows, workers.tasks(tasksPerThread));
        return () -> {
            prepare.run();
            workers.run(all.count(), all.task());
            conclude.run();
        };
    }
}
