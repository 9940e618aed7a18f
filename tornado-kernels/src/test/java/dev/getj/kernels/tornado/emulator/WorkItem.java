package dev.getj.kernels.tornado.emulator;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

import java.util.Arrays;

/** One work item of a group: what its kernel sees as its context. */
final class WorkItem extends KernelContext {
    private final LocalMemory memory;
    private final Warp warp;
    private final int lane;
    private final Coroutine coroutine;
    private int allocations;
    private int barriers;
    private int operations;
    // what it waits for the rest of its warp with; null if it does not
    private String operation;

    WorkItem(
            int[] group,
            int[] local,
            int[] groupSize,
            int[] globalSize,
            LocalMemory memory,
            Warp warp,
            int lane,
            Coroutine coroutine) {
        super(group, local, groupSize, globalSize);
        this.memory = memory;
        this.warp = warp;
        this.lane = lane;
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

    /** Hands in a part of what the warp does together, and waits for the others'. */
    private int together(String name, Object part) {
        int number = operations++;
        warp.handIn(number, lane, part);
        operation = name;
        coroutine.pause();
        operation = null;
        return number;
    }

    Warp warp() {
        return warp;
    }

    /** Whether it waits for the other items of its warp to come to the same operation. */
    boolean waitsForWarp() {
        return operation != null;
    }

    /** That operation. */
    String operation() {
        return operation;
    }

    @Override
    public float simdSum(float val) {
        return warp.sum(together("simdSum", val), lane);
    }

    @Override
    public float[] mmaFragment(float v) {
        return new float[] {v, v, v, v};
    }

    @Override
    public HalfFloat[] mmaLoadA(int[] aTile, int wmmaK, int byteOffset) {
        int usual = (lane / 8 % 2 * 8 + lane % 8) * 32 + lane / 16 * 16;
        int number = together("mmaLoadA", address(aTile, usual + byteOffset));
        return warp.load(number, lane, 4, false);
    }

    @Override
    public HalfFloat[] mmaLoadB(int[] bTile, int wmmaK, int byteOffset) {
        int usual = lane % 8 * 16 + lane / 8 % 2 * 128;
        // the other items' addresses are not used
        Object part = lane < 16 ? address(bTile, usual + byteOffset) : "";
        int number = together("mmaLoadB", part);
        return warp.load(number, lane, 2, true);
    }

    private static Warp.Address address(int[] tile, int bytes) {
        if (bytes < 0 || bytes + 16 > 4L * tile.length) {
            throw new IndexOutOfBoundsException(
                    "16 bytes at " + bytes + " of a local array of " + 4L * tile.length);
        }
        if (bytes % 16 != 0) {
            throw new IllegalArgumentException(
                    "a row of a matrix begins at byte " + bytes + ", not at a multiple of 16");
        }
        return new Warp.Address(tile, bytes);
    }

    @Override
    public float[] mma(HalfFloat[] fragA, HalfFloat[] fragB, float[] fragC, MMAShape mmaShape) {
        return multiply("mma", new Warp.Factors(fragA, fragB, false), fragC, mmaShape);
    }

    @Override
    public float[] mmaBF16(HalfFloat[] fragA, HalfFloat[] fragB, float[] fragC, MMAShape mmaShape) {
        return multiply("mmaBF16", new Warp.Factors(fragA, fragB, true), fragC, mmaShape);
    }

    private float[] multiply(String name, Warp.Factors factors, float[] sums, MMAShape shape) {
        if (shape != MMAShape.M16N8K16) {
            throw new IllegalArgumentException(name + " takes M16N8K16, not " + shape);
        }
        return warp.multiply(together(name, factors), lane, sums);
    }

    @Override
    public void mmaStore(float[] fragD, FloatArray c, int tileRow, int tileCol, int dimN) {
        for (int i = 0; i < 4; i++) {
            int row = tileRow + lane / 4 + i / 2 * 8;
            c.set(row * dimN + tileCol + lane % 4 * 2 + i % 2, fragD[i]);
        }
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
