package dev.getj.kernels.tornado.emulator;

import uk.ac.manchester.tornado.api.KernelContext;

import java.util.Arrays;

/** One work item of a group: what its kernel sees as its context. */
final class WorkItem extends KernelContext {
    private final LocalMemory memory;
    private final Coroutine coroutine;
    private int allocations;
    private int barriers;

    WorkItem(
            int[] group,
            int[] local,
            int[] groupSize,
            int[] globalSize,
            LocalMemory memory,
            Coroutine coroutine) {
        super(group, local, groupSize, globalSize);
        this.memory = memory;
        this.coroutine = coroutine;
    }

    @Override
    public void localBarrier() {
        barriers++;
        coroutine.pause();
    }

    @Override
    public void globalBarrier() {
        localBarrier();
    }

    @Override
    public float[] allocateFloatLocalArray(int size) {
        return memory.floats(allocations++, size);
    }

    @Override
    public int[] allocateIntLocalArray(int size) {
        return memory.ints(allocations++, size);
    }

    /** The barriers that this item has come to. */
    int barriers() {
        return barriers;
    }

    @Override
    public String toString() {
        return "work item "
                + Arrays.asList(localIdx, localIdy, localIdz)
                + " of group "
                + Arrays.asList(groupIdx, groupIdy, groupIdz);
    }
}
