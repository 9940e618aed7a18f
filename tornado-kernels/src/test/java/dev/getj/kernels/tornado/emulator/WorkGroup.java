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
 * group run one by one: upwards, then downwards after the next barrier, and the other way round in
 * the next group. A kernel that needs a barrier where it has none is wrong in one of the two
 * directions, at every run.
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
        LocalMemory memory = new LocalMemory();
        List<Coroutine> waiting = new ArrayList<>();
        WorkItem returned = null;
        for (int n = 0; n < items; n++) {
            Coroutine coroutine = idle.isEmpty() ? new Coroutine(kernel) : idle.pop();
            int place = downwards ? items - 1 - n : n;
            int[] local = {place % size[0], place / size[0] % size[1], place / (size[0] * size[1])};
            coroutine.start(new WorkItem(group, local, size, globalSize, memory, coroutine));
            returned = sort(coroutine, waiting, returned);
        }
        checkTogether(waiting, returned);
        return waiting;
    }

    /** Lets every item go on to the next barrier; returns those that wait there. */
    private List<Coroutine> resume(List<Coroutine> coroutines) {
        List<Coroutine> waiting = new ArrayList<>(coroutines.size());
        WorkItem returned = null;
        for (Coroutine coroutine : coroutines) {
            coroutine.resume();
            returned = sort(coroutine, waiting, returned);
        }
        checkTogether(waiting, returned);
        return waiting;
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
