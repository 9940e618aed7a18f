package dev.getj.kernels.tornado.runtime;

import dev.getj.kernels.DeviceException;

import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Where tensors lie on a device: one after the other in a few large arrays. Kernels know a tensor
 * by its array and an offset, which is data, so launches that differ in their tensors alone are one
 * compiled kernel; and a task graph, whose every execution costs time for each array it shares,
 * shares only these.
 */
final class DeviceMemory {
    private static final int CACHE_LINE = 128;
    private static final int INDICES = Integer.MAX_VALUE / Geometry.GROUP * Geometry.GROUP;

    /** The array that stands for scratch memory, which is not among the numbered ones. */
    static final int SCRATCH = -1;

    /** Arrays of words have numbers from here on, arrays of floats those below. */
    static final int WORDS = 1 << 16;

    /** Numbers of 16 bits in a word. */
    static final int HALVES = 4;

    /** Sizes of arrays are multiples of this, and so are the distances between tensors. */
    static final int ALIGNMENT = Geometry.GROUP;

    /** Where the first tensor of an array of floats begins. */
    static final int FIRST_FLOAT = first(Float.BYTES);

    /** Where the first tensor of an array of words begins. */
    static final int FIRST_WORD = first(Long.BYTES);

    private final Region floats;
    private final Region words;
    private int scratch = ALIGNMENT;

    /**
     * A part of an array.
     *
     * @param array its number
     * @param offset of the first float or word
     * @param size floats or words
     */
    record Place(int array, int offset, int size) {}

    /**
     * @param largestArray bytes of the largest array that the device can hold
     */
    DeviceMemory(long largestArray) {
        floats = new Region(0, Float.BYTES, FIRST_FLOAT, largestArray);
        words = new Region(WORDS, Long.BYTES, FIRST_WORD, largestArray);
    }

    // an array lies behind its header: behind it, tensors begin where a line of the cache does
    private static int first(int bytes) {
        return (int) ((CACHE_LINE - TornadoNativeArray.ARRAY_HEADER % CACHE_LINE) / bytes);
    }

    /**
     * Room for {@code size} floats.
     *
     * @throws DeviceException if no array of the device can hold as many
     */
    Place allocate(int size) {
        return floats.allocate(size);
    }

    /**
     * Room for {@code size} numbers of 16 bits, four in a word.
     *
     * @throws DeviceException if no array of the device can hold as many
     */
    Place allocateHalves(int size) {
        return words.allocate(Geometry.ceil(size, HALVES));
    }

    /**
     * Room for kernels of one launch: launches run one after the other, so all share it, and it
     * holds garbage when one begins.
     *
     * @throws DeviceException if no array of the device can hold as many
     */
    void reserveScratch(int size) {
        floats.require(padded(size));
        scratch = Math.max(scratch, Math.toIntExact(padded(size)));
    }

    private static long padded(int size) {
        return ((long) size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Floats or words of array {@code array}. */
    int size(int array) {
        if (array == SCRATCH) {
            return scratch;
        }
        return array < WORDS ? floats.size(array) : words.size(array - WORDS);
    }

    /** How many arrays of floats there are. */
    int arrays() {
        return floats.used.size();
    }

    /** How many arrays of words there are. */
    int wordArrays() {
        return words.used.size();
    }

    /** Bytes of all arrays. */
    long bytes() {
        return (long) Float.BYTES * scratch + floats.bytes() + words.bytes();
    }

    /** Arrays of one type. */
    private static final class Region {
        private final int number;
        private final int bytes;
        private final int first;
        private final int largest;
        private final List<Integer> used = new ArrayList<>();

        /**
         * @param number of the first
         * @param bytes of an element
         * @param first element of an array that a tensor may begin at
         */
        Region(int number, int bytes, int first, long largestArray) {
            this.number = number;
            this.bytes = bytes;
            this.first = first;
            largest = (int) Math.min(INDICES, largestArray / bytes / ALIGNMENT * ALIGNMENT);
        }

        Place allocate(int size) {
            long padded = padded(size);
            require(first + padded);
            for (int array = 0; array < used.size(); array++) {
                if (used.get(array) + padded <= largest) {
                    return place(array, size);
                }
            }
            used.add(first);
            return place(used.size() - 1, size);
        }

        private Place place(int array, int size) {
            int offset = used.get(array);
            used.set(array, offset + (int) padded(size));
            return new Place(number + array, offset, size);
        }

        void require(long elements) {
            if (elements > largest) {
                throw new DeviceException(
                        String.format(
                                Locale.ROOT,
                                "this needs %.1f GB in one piece, the device has pieces of %.1f at"
                                        + " most: lower --batch or use --recompute",
                                elements * 1e-9 * bytes,
                                largest * 1e-9 * bytes));
            }
        }

        int size(int array) {
            return Math.toIntExact(padded(used.get(array)));
        }

        long bytes() {
            return IntStream.range(0, used.size()).mapToLong(this::size).sum() * bytes;
        }
    }
}
