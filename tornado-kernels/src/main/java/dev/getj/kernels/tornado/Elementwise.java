package dev.getj.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Filling, copying and mixing of states: a work item for each element. */
public final class Elementwise {
    private Elementwise() {}

    /** Of all kernels here. */
    public static Geometry geometry(int size) {
        return Geometry.items(size, 1);
    }

    /** {@code y = value}. Tensors: y [size]. */
    public static void fillState(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray y,
            int column,
            int size,
            float value) {
        int yAt = offsets.get(row.get(0) + column);
        int i = context.globalIdx;
        if (i < size) {
            y.set(yAt + i, value);
        }
    }

    /** {@code y = x}. Tensors: x, y [size]. */
    public static void copyState(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray x,
            FloatArray y,
            int column,
            int size) {
        int entry = row.get(0) + column;
        int xAt = offsets.get(entry);
        int yAt = offsets.get(entry + 1);
        int i = context.globalIdx;
        if (i < size) {
            y.set(yAt + i, x.get(xAt + i));
        }
    }

    /** {@code y = a·x + b·y}: also {@code add} and {@code ema}. Tensors: x, y [size]. */
    public static void mixState(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray x,
            FloatArray y,
            int column,
            int size,
            float a,
            float b) {
        int entry = row.get(0) + column;
        int xAt = offsets.get(entry);
        int yAt = offsets.get(entry + 1);
        int i = context.globalIdx;
        if (i < size) {
            y.set(yAt + i, a * x.get(xAt + i) + b * y.get(yAt + i));
        }
    }

    /**
     * {@code to[b] = from[b]} where {@code chosen[b] ≠ 0}. Tensors: chosen, from, to [size], of
     * samples {@code length} long.
     */
    public static void selectSamples(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray ints,
            FloatArray from,
            FloatArray to,
            int column,
            int size,
            int length) {
        int entry = row.get(0) + column;
        int chosenAt = offsets.get(entry);
        int fromAt = offsets.get(entry + 1);
        int toAt = offsets.get(entry + 2);
        int i = context.globalIdx;
        if (i < size) {
            if (ints.get(chosenAt + i / length) != 0) {
                to.set(toAt + i, from.get(fromAt + i));
            }
        }
    }
}
