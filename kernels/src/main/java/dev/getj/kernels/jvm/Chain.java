package dev.getj.kernels.jvm;

import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Stream;

/**
 * A fused row-wise schedule: operations one after the other whose rows are independent, run as one.
 * Rows are cut into groups, each group passes all operations on its own, and no group waits for
 * another in between. Every worker has groups of its own, so their rows stay in its core's cache
 * from one operation to the next, and helps with those of others when its own are done.
 */
final class Chain implements Runnable {
    /** Rows of a group at least, if there are enough: so many use what is read of the weights. */
    private static final int GROUP_ROWS = 256;

    /** Tasks of a step on a group for each worker that may help. */
    private static final int TASKS_PER_THREAD = 2;

    private final Workers workers;
    private final RowWork[] works;
    private final List<Step> steps;
    private final Workers.Task participant = this::participate;

    /** [group][step]. */
    private final RowTasks.Part[][] parts;

    /** For each group the number of the step in the upper half, its next task in the lower. */
    private final AtomicLongArray tickets;

    /** For each group the tasks of that step that are not finished. */
    private final AtomicIntegerArray unfinished;

    /** Groups that have not gone through all steps. */
    private final AtomicInteger incomplete = new AtomicInteger();

    private volatile boolean failed;

    private Chain(Workers workers, List<Step> steps) {
        this.workers = workers;
        this.steps = List.copyOf(steps);
        works = steps.stream().map(Chain::work).toArray(RowWork[]::new);
        int rows = works[0].rows();
        int unit = Stream.of(works).mapToInt(RowWork::unit).max().orElseThrow();
        // of single rows, whole tiles
        int grain = unit == 1 ? Gemm.TILE_ROWS : unit;
        int grains = Gemm.ceil(rows, grain);
        int groups = Math.min(grains, Math.max(workers.count(), rows / GROUP_ROWS));
        int wanted = workers.tasks(TASKS_PER_THREAD);
        parts = new RowTasks.Part[groups][steps.size()];
        for (int group = 0; group < groups; group++) {
            int first = Gemm.share(grains, group, groups) * grain;
            int end = Math.min(rows, Gemm.share(grains, group + 1, groups) * grain);
            for (int i = 0; i < steps.size(); i++) {
                parts[group][i] = works[i].tasks().part(first, end, wanted);
            }
        }
        tickets = new AtomicLongArray(groups * Workers.SPACING);
        unfinished = new AtomicIntegerArray(2 * groups * Workers.SPACING);
    }

    /** What runs these steps, in chains where that is possible. */
    static List<Runnable> link(Workers workers, List<Step> steps) {
        List<Runnable> linked = new ArrayList<>();
        List<Step> chain = new ArrayList<>();
        for (Step step : steps) {
            boolean chainable = chainable(step, workers);
            if (!chain.isEmpty() && !(chainable && follows(chain, step))) {
                linked.add(close(workers, chain));
                chain.clear();
            }
            if (chainable) {
                chain.add(step);
            } else {
                linked.add(step::run);
            }
        }
        if (!chain.isEmpty()) {
            linked.add(close(workers, chain));
        }
        return List.copyOf(linked);
    }

    private static RowWork work(Step step) {
        return step.rows().orElseThrow();
    }

    private static Runnable close(Workers workers, List<Step> chain) {
        return chain.size() == 1 ? chain.getFirst()::run : new Chain(workers, chain);
    }

    // there must be samples, or tiles of rows, for everybody
    private static boolean chainable(Step step, Workers workers) {
        return step.rows()
                .map(work -> work.rows() / Math.max(work.unit(), Gemm.TILE_ROWS))
                .filter(tiles -> tiles >= workers.count())
                .isPresent();
    }

    private static boolean follows(List<Step> chain, Step step) {
        RowWork work = work(step);
        return chain.stream()
                .allMatch(
                        earlier ->
                                work(earlier).rows() == work.rows()
                                        && unitsFit(work(earlier).unit(), work.unit())
                                        && work.worksApartFrom(work(earlier))
                                        && independent(earlier, step));
    }

    private static boolean unitsFit(int one, int other) {
        return one % other == 0 || other % one == 0;
    }

    // whether a row of one step meets another row of the other nowhere
    private static boolean independent(Step one, Step other) {
        return rowsApart(one, other) && rowsApart(other, one);
    }

    // what `one` writes, `other` must read or write by the same rows, or not at all; sums over the
    // rows without readers, but several steps may add to them
    private static boolean rowsApart(Step one, Step other) {
        return one.outputs().stream().allMatch(written -> apart(written, work(one), other));
    }

    private static boolean apart(Tensor written, RowWork work, Step other) {
        boolean sum = work.isSum(written);
        RowWork others = work(other);
        return tensors(others.shared()).allMatch(read -> disjoint(written, read))
                && tensors(others.local())
                        .allMatch(read -> disjoint(written, read) || !sum && same(written, read))
                && other.outputs().stream()
                        .allMatch(
                                output ->
                                        disjoint(written, output)
                                                || sum == others.isSum(output)
                                                        && same(written, output));
    }

    private static Stream<Tensor> tensors(Tensor[] tensors) {
        return Stream.of(tensors).filter(Objects::nonNull);
    }

    private static boolean disjoint(Tensor one, Tensor other) {
        return one.buffer() != other.buffer()
                || one.offset() + one.size() <= other.offset()
                || other.offset() + other.size() <= one.offset();
    }

    private static boolean same(Tensor one, Tensor other) {
        return one.buffer() == other.buffer()
                && one.offset() == other.offset()
                && one.size() == other.size();
    }

    @Override
    public void run() {
        for (int i = 0; i < steps.size(); i++) {
            works[i].prepare().run();
        }
        failed = false;
        incomplete.set(parts.length);
        for (int group = 0; group < parts.length; group++) {
            begin(group, 0);
        }
        // everybody takes part once; who comes late finds nothing left
        workers.run(workers.count(), participant);
        for (int i = 0; i < steps.size(); i++) {
            works[i].conclude().run();
            steps.get(i).changed();
        }
    }

    private void begin(int group, int step) {
        if (step < steps.size()) {
            unfinished.set(2 * group * Workers.SPACING, parts[group][step].count());
        }
        tickets.set(group * Workers.SPACING, (long) step << Integer.SIZE);
    }

    private void participate(int index, int worker) {
        int groups = parts.length;
        int first = Gemm.share(groups, index, workers.count());
        int end = Gemm.share(groups, index + 1, workers.count());
        int polls = 0;
        while (incomplete.get() > 0 && !failed) {
            boolean worked = false;
            for (int group = first; group < end; group++) {
                worked |= work(group, worker);
            }
            // those of others from the end, where they come last
            for (int i = 1; i <= groups - (end - first); i++) {
                worked |= work((first + groups - i) % groups, worker);
            }
            polls = worked ? 0 : polls + 1;
            Workers.pause(polls);
        }
    }

    // until nothing of the group can be begun; whether anything was done
    private boolean work(int group, int worker) {
        boolean worked = false;
        while (!failed) {
            long ticket = tickets.get(group * Workers.SPACING);
            int step = (int) (ticket >>> Integer.SIZE);
            if (step == steps.size()) {
                return worked;
            }
            RowTasks.Part part = parts[group][step];
            int index = (int) ticket;
            if (index == part.count()) {
                return worked;
            }
            if (tickets.compareAndSet(group * Workers.SPACING, ticket, ticket + 1)) {
                worked = true;
                try {
                    part.task().run(index, worker);
                } catch (Throwable thrown) {
                    failed = true;
                    throw thrown;
                }
                if (unfinished.decrementAndGet(2 * group * Workers.SPACING) == 0) {
                    begin(group, step + 1);
                    if (step + 1 == steps.size()) {
                        incomplete.decrementAndGet();
                    }
                }
            }
        }
        return worked;
    }
}
