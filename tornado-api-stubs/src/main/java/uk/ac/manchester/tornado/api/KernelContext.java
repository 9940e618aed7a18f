package uk.ac.manchester.tornado.api;

/**
 * What a kernel that names its work-groups knows about the work item it runs as.
 *
 * <p>A device's compiler replaces each field and call. On a plain JVM the emulator in
 * tornado-kernels' tests subclasses it: a context for each work item. The one that {@link
 * #KernelContext()} makes is a group of one item, as in TornadoVM.
 */
public class KernelContext {
    /** Where this work item is in the whole grid, along x. */
    public final Integer globalIdx;

    /** Where this work item is in the whole grid, along y. */
    public final Integer globalIdy;

    /** Where this work item is in the whole grid, along z. */
    public final Integer globalIdz;

    /** Which work-group this item belongs to, along x. */
    public final Integer groupIdx;

    /** Which work-group this item belongs to, along y. */
    public final Integer groupIdy;

    /** Which work-group this item belongs to, along z. */
    public final Integer groupIdz;

    /** Where this work item is in its group, along x. */
    public final Integer localIdx;

    /** Where this work item is in its group, along y. */
    public final Integer localIdy;

    /** Where this work item is in its group, along z. */
    public final Integer localIdz;

    /** Work items of the whole grid, along x. */
    public final Integer globalGroupSizeX;

    /** Work items of the whole grid, along y. */
    public final Integer globalGroupSizeY;

    /** Work items of the whole grid, along z. */
    public final Integer globalGroupSizeZ;

    /** Work items of a group, along x. */
    public final Integer localGroupSizeX;

    /** Work items of a group, along y. */
    public final Integer localGroupSizeY;

    /** Work items of a group, along z. */
    public final Integer localGroupSizeZ;

    /** A context for a task graph's arguments. */
    public KernelContext() {
        this(new int[3], new int[3], new int[3], new int[3]);
    }

    /**
     * Not in TornadoVM: one work item of an emulated grid.
     *
     * @param group which group, along x, y and z
     * @param local where in the group, along x, y and z
     * @param groupSize work items of a group along x, y and z
     * @param globalSize work items of the grid along x, y and z
     */
    protected KernelContext(int[] group, int[] local, int[] groupSize, int[] globalSize) {
        globalIdx = group[0] * groupSize[0] + local[0];
        groupIdx = group[0];
        localIdx = local[0];
        globalGroupSizeX = globalSize[0];
        localGroupSizeX = groupSize[0];
        globalIdy = group[1] * groupSize[1] + local[1];
        groupIdy = group[1];
        localIdy = local[1];
        globalGroupSizeY = globalSize[1];
        localGroupSizeY = groupSize[1];
        globalIdz = group[2] * groupSize[2] + local[2];
        groupIdz = group[2];
        localIdz = local[2];
        globalGroupSizeZ = globalSize[2];
        localGroupSizeZ = groupSize[2];
    }

    /** Waits for every item of the group: what they wrote to local memory is then seen by all. */
    public void localBarrier() {}

    /**
     * Waits for every item of the group: what they wrote to global memory is then seen by the
     * group.
     */
    public void globalBarrier() {}

    /** An array that the items of a group share. The size must be a constant. */
    public float[] allocateFloatLocalArray(int size) {
        return new float[size];
    }

    /** An array that the items of a group share. The size must be a constant. */
    public int[] allocateIntLocalArray(int size) {
        return new int[size];
    }
}
