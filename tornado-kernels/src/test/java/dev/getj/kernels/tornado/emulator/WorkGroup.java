package dev.getj.kernels.tornado.emulator;

import uk.ac.manchester.tornado.api.KernelContext;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs the work-groups of one launch, one after the other. Between two barriers the items of a
 * group run one by one, but for what the items of a warp do together: upwards, then downwards after
 * the next barrier, and the other way round in the next group. A kernel that needs a barrier where
 * it has none is wrong in one of the two directions, at every run.
 */
final class WorkGroup {
    private final int[] size;
    private final int[] globalSize;
    private final Consumer<? super KernelContext> kernel;
    private final Deque<Coroutine> idle = new ArrayDeque<>();
    private boolean downwards;

    WorkGroup(int[] size, int[] globalSize, Consumer<? super KernelContext> kernel) {
        this.size = size;
        this.globalSize = globalSize;
        this.kernel = kernel;
    }

    /** Runs the group at {@code group} until all its items have returned. */
    void run(int[] group) {
        boolean first = downwards;
        List<Coroutine> waiting = start(group);
        while (!waiting.isEmpty()) {
            Collections.reverse(waiting);
            downwards = !downwards;
            waiting = resume(waiting);
        }
        downwards = !first;
    }

    /** Starts every item; returns those that wait at a barrier. */
    private List<Coroutine> start(int[] group) {
        int items = size[0] * size[1] * size[2];
        int warps = (items + Warp.LANES - 1) / Warp.LANES;
        LocalMemory memory = new LocalMemory();
        List<Coroutine> waiting = new ArrayList<>();
        WorkItem returned = null;
        for (int n = 0; n < warps; n++) {
            int number = downwards ? warps - 1 - n : n;
            int first = number * Warp.LANES;
            int lanes = Math.min(Warp.LANES, items - first);
            Warp warp = new Warp();
            List<Coroutine> members = new ArrayList<>();
            for (int i = 0; i < lanes; i++) {
                int lane = downwards ? lanes - 1 - i : i;
                int place = first + lane;
                int[] local = {
                    place % size[0], place / size[0] % size[1], place / (size[0] * size[1])
                };
                Coroutine coroutine = idle.isEmpty() ? new Coroutine(kernel) : idle.pop();
                members.add(coroutine);
                coroutine.start(
                        new WorkItem(
                                group, local, size, globalSize, memory, warp, lane, coroutine));
            }
            returned = toBarrier(members, waiting, returned);
        }
        checkTogether(waiting, returned);
        return waiting;
    }

    /** Lets every item go on to the next barrier; returns those that wait there. */
    private List<Coroutine> resume(List<Coroutine> coroutines) {
        List<Coroutine> waiting = new ArrayList<>(coroutines.size());
        WorkItem returned = null;
        int first = 0;
        while (first < coroutines.size()) {
            int end = first;
            Warp warp = coroutines.get(first).item().warp();
            while (end < coroutines.size() && coroutines.get(end).item().warp() == warp) {
                coroutines.get(end).resume();
                end++;
            }
            returned = toBarrier(coroutines.subList(first, end), waiting, returned);
            first = end;
        }
        checkTogether(waiting, returned);
        return waiting;
    }

    /**
     * Lets the items of a warp go on, operation for operation that they do together, until each
     * waits at a barrier or has returned. One warp after the other, so that what another has not
     * written yet is seen to be missing.
     */
    private WorkItem toBarrier(List<Coroutine> warp, List<Coroutine> waiting, WorkItem returned) {
        while (warp.stream().anyMatch(it -> it.paused() && it.item().waitsForWarp())) {
            checkSameOperation(warp);
            warp.forEach(Coroutine::resume);
        }
        WorkItem last = returned;
        for (Coroutine coroutine : warp) {
            last = sort(coroutine, waiting, last);
        }
        return last;
    }

    private static void checkSameOperation(List<Coroutine> warp) {
        Coroutine first =
                warp.stream()
                        .filter(it -> it.paused() && it.item().waitsForWarp())
                        .findFirst()
                        .orElseThrow();
        String operation = first.item().operation();
        if (warp.size() < Warp.LANES) {
            throw new EmulationException(
                    "%s comes to %s (%s), for which a warp has %d items, not %d"
                            .formatted(
                                    first.item(),
                                    operation,
                                    first.line(),
                                    Warp.LANES,
                                    warp.size()));
        }
        for (Coroutine other : warp) {
            if (!other.paused() || !operation.equals(other.item().operation())) {
                throw new EmulationException(
                        "%s comes to %s (%s), but %s does not: every item of a warp must"
                                .formatted(first.item(), operation, first.line(), other.item()));
            }
        }
    }

    private WorkItem sort(Coroutine coroutine, List<Coroutine> waiting, WorkItem returned) {
        if (coroutine.paused()) {
            waiting.add(coroutine);
            return returned;
        }
        idle.push(coroutine);
        return coroutine.item();
    }

    private static void checkTogether(List<Coroutine> waiting, WorkItem returned) {
        if (!waiting.isEmpty() && returned != null) {
            Coroutine first = waiting.getFirst();
            throw new EmulationException(
                    "%s waits at barrier %d (%s), but %s has returned: every item must come to it"
                            .formatted(
                                    first.item(), first.item().barriers(), first.line(), returned));
        }
    }
}
