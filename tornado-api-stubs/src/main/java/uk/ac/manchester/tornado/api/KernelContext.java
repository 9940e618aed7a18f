package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

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

    // What follows is done by the 32 items of a warp together. A stub has none; the emulator has.

    /**
     * The sum of the values of all items of the warp, which every one of them gets: items whose
     * numbers differ by 16 are added, then by 8, 4, 2 and 1.
     */
    public float simdSum(float val) {
        throw Stub.needsSdk();
    }

    // Tensor cores: each item holds a part of every matrix.

    /** What an item holds of a matrix [16, 8] of sums, all of them {@code v}. */
    public float[] mmaFragment(float v) {
        throw Stub.needsSdk();
    }

    /**
     * Four matrices of 8 × 8 numbers of 16 bits, as the left operand [16, 16] of a product. Item
     * i's 16 bytes, a row of matrix i / 8, begin at {@code byteOffset} plus {@code (i / 8 % 2 * 8 +
     * i % 8) * 32 + i / 16 * 16}; each item may give another offset.
     *
     * @param wmmaK ignored
     */
    public HalfFloat[] mmaLoadA(int[] aTile, int wmmaK, int byteOffset) {
        throw Stub.needsSdk();
    }

    /**
     * Two matrices of 8 × 8 numbers of 16 bits, each transposed, as the right operand [16, 8] of a
     * product. The 16 bytes of item i &lt; 16, a row of matrix i / 8, begin at {@code byteOffset}
     * plus {@code i % 8 * 16 + i / 8 * 128}; each item may give another offset.
     *
     * @param wmmaK ignored
     */
    public HalfFloat[] mmaLoadB(int[] bTile, int wmmaK, int byteOffset) {
        throw Stub.needsSdk();
    }

    /** {@code A B + C} of binary16 operands, in float. */
    public float[] mma(HalfFloat[] fragA, HalfFloat[] fragB, float[] fragC, MMAShape mmaShape) {
        throw Stub.needsSdk();
    }

    /** {@code A B + C} of bfloat16 operands, in float. */
    public float[] mmaBF16(HalfFloat[] fragA, HalfFloat[] fragB, float[] fragC, MMAShape mmaShape) {
        throw Stub.needsSdk();
    }

    /**
     * Writes what an item holds of a matrix [16, 8] of sums to rows {@code tileRow …} and columns
     * {@code tileCol …} of {@code c}, whose rows are {@code dimN} long: item i has elements (i / 4,
     * i % 4 * 2), the one on its right, and the two that are 8 rows below.
     */
    public void mmaStore(float[] fragD, FloatArray c, int tileRow, int tileCol, int dimN) {
        throw Stub.needsSdk();
    }
}
