package dev.getj.kernels.tornado.runtime;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Where a kernel finds the offsets of its tensors. */
public final class Entry {
    private Entry() {}

    /**
     * The entry of the task's first tensor in the table of offsets: that of tensor {@code X} is
     * {@code X} behind it. Compiled into the kernels that call it.
     *
     * @param row [0]: where the running program's offsets begin
     * @param place [0]: where those of the task begin behind it, or 0 if {@code column} says it
     * @param column a constant of the compiled kernel
     */
    public static int of(IntArray row, IntArray place, int column) {
        return row.get(0) + place.get(0) + column;
    }
}
