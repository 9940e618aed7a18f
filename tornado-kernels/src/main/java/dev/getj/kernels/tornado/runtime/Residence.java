package dev.getj.kernels.tornado.runtime;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * What begins arrays on the device, and moves parts of them. An array that stays on the device
 * takes no transfer: hence kernels that copy between it and one that is sent along, or fetched.
 */
public final class Residence {
    private Residence() {}

    /**
     * {@code a = 0}, by as many work items as it has elements. TornadoVM takes an array that is
     * written without a condition for one that need not be sent first.
     */
    public static void clearArray(KernelContext context, FloatArray a) {
        a.set(context.globalIdx, 0f);
    }

    /** The same of words. */
    public static void clearWords(KernelContext context, LongArray a) {
        a.set(context.globalIdx, 0L);
    }

    /** Names the table of offsets, so that it is sent. The row is never negative. */
    public static void nameOffsets(KernelContext context, IntArray row, IntArray offsets) {
        if (context.globalIdx < 1 && row.get(0) < 0) {
            offsets.set(0, 0);
        }
    }

    /**
     * {@code to[at … at + count) = sent[0 … count)}.
     *
     * @param range [2]: at, count
     */
    public static void copySent(
            KernelContext context, IntArray range, FloatArray sent, FloatArray to) {
        int i = context.globalIdx;
        if (i < range.get(1)) {
            to.set(range.get(0) + i, sent.get(i));
        }
    }

    /**
     * {@code fetched[0 … count) = from[at … at + count)}.
     *
     * @param range [2]: at, count
     */
    public static void copyFetched(
            KernelContext context, IntArray range, FloatArray from, FloatArray fetched) {
        int i = context.globalIdx;
        if (i < range.get(1)) {
            fetched.set(i, from.get(range.get(0) + i));
        }
    }

    /** As {@link #copySent}. */
    public static void copySentWords(
            KernelContext context, IntArray range, LongArray sent, LongArray to) {
        int i = context.globalIdx;
        if (i < range.get(1)) {
            to.set(range.get(0) + i, sent.get(i));
        }
    }

    /** As {@link #copyFetched}. */
    public static void copyFetchedWords(
            KernelContext context, IntArray range, LongArray from, LongArray fetched) {
        int i = context.globalIdx;
        if (i < range.get(1)) {
            fetched.set(i, from.get(range.get(0) + i));
        }
    }
}
