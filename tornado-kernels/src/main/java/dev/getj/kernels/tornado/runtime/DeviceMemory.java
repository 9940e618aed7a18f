package dev.getj.kernels.tornado.runtime;

import dev.getj.kernels.DeviceException;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where tensors lie on a device: one after the other in a few large arrays. Kernels know a tensor
 * by its array and an offset, which is data, so launches that differ in their tensors alone are one
 * compiled kernel; and a task graph, whose every execution costs time for each array it shares,
 * shares only these.
 */
final class DeviceMemory {
    /** The array that stands for scratch memory, which is not among the numbered ones. */
    static final int SCRATCH = -1;

    /** Sizes of arrays are multiples of this, and so are the offsets at which tensors begin. */
    static final int ALIGNMENT = Geometry.GROUP;

    private static final int INDICES = Integer.MAX_VALUE / ALIGNMENT * ALIGNMENT;

    private final int largest;
    private final List<Integer> sizes = new ArrayList<>();
    private int scratch = ALIGNMENT;

    /**
     * A part of an array.
     *
     * @param array its number
     */
    record Place(int array, int offset, int size) {}

    /**
     * @param largestArray bytes of the largest array that the device can hold
     */
    DeviceMemory(long largestArray) {
        largest = (int) Math.min(INDICES, largestArray / Float.BYTES / ALIGNMENT * ALIGNMENT);
    }

    /**
     * Room for {@code size} floats.
     *
     * @throws DeviceException if no array of the device can hold as many
     */
    Place allocate(int size) {
        long padded = padded(size);
        requireArray(padded);
        for (int array = 0; array < sizes.size(); array++) {
            if (sizes.get(array) + padded <= largest) {
                return place(array, size);
            }
        }
        sizes.add(0);
        return place(sizes.size() - 1, size);
    }

    private void requireArray(long floats) {
        if (floats > largest) {
            throw new DeviceException(
                    String.format(
                            Locale.ROOT,
                            "this needs %.1f GB in one piece, the device has pieces of %.1f at"
                                    + " most: lower --batch or use --recompute",
                            floats * 1e-9 * Float.BYTES,
                            largest * 1e-9 * Float.BYTES));
        }
    }

    private Place place(int array, int size) {
        int offset = sizes.get(array);
        sizes.set(array, offset + (int) padded(size));
        return new Place(array, offset, size);
    }

    private static long padded(int size) {
        return ((long) size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /**
     * Room for kernels of one launch: launches run one after the other, so all share it, and it
     * holds garbage when one begins.
     *
     * @throws DeviceException if no array of the device can hold as many
     */
    void reserveScratch(int size) {
        requireArray(padded(size));
        scratch = Math.max(scratch, Math.toIntExact(padded(size)));
    }

    /** Floats of array {@code array}, of which there are {@link #arrays}. */
    int size(int array) {
        return array == SCRATCH ? scratch : sizes.get(array);
    }

    int arrays() {
        return sizes.size();
    }

    /** Bytes of all arrays. */
    long bytes() {
        long floats = scratch;
        for (int size : sizes) {
            floats += size;
        }
        return floats * Float.BYTES;
    }
}
