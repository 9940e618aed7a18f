package dev.getj.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What moves values between host and device. A task graph only transfers arrays that a kernel of it
 * names, and an array that stays on the device takes no transfer; hence kernels that name an array
 * and do nothing, and one that copies from an array that is sent along.
 */
public final class Residence {
    private Residence() {}

    /** Names arrays. The row is never negative, which the compiler does not know. */
    public static void nameArrays(KernelContext context, IntArray row, FloatArray a) {
        if (context.globalIdx < 1 && row.get(0) < 0) {
            a.set(0, 0f);
        }
    }

    /** Names the table of offsets. */
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
}
