package dev.getj.kernels.tornado.runtime;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

import java.util.List;
import java.util.function.IntFunction;

/**
 * What tasks find in the graphs of a plan. A task's place among the offsets of its program would be
 * a constant of its source, and the source be compiled for each place. So it is data where an array
 * can be sent once and stay, which is where CUDA captures the graph: tasks of one key then have one
 * source. Elsewhere such an array would be sent again at every execution, and the place is compiled
 * in.
 */
final class Sites {
    /** Where the first program's offsets begin in the table. In front of them is a 0, a place. */
    private static final int FIRST = 1;

    private final KernelContext context;
    private final IntArray offsets;
    private final IntArray row;
    private final IntFunction<FloatArray> arrays;
    private final IntFunction<LongArray> words;

    /**
     * @param table offsets of all programs
     * @param row sent with every run: {@link #row}, and behind it the integers
     * @param arrays of floats, by their numbers
     * @param words arrays of words, by their numbers
     */
    Sites(
            KernelContext context,
            List<Integer> table,
            IntArray row,
            IntFunction<FloatArray> arrays,
            IntFunction<LongArray> words) {
        this.context = context;
        offsets = HostArrays.ints(FIRST + table.size());
        offsets.set(0, 0);
        for (int i = 0; i < table.size(); i++) {
            offsets.set(FIRST + i, table.get(i));
        }
        this.row = row;
        this.arrays = arrays;
        this.words = words;
    }

    /** The table on the device, which is sent once. */
    IntArray offsets() {
        return offsets;
    }

    /** What a run sends first, for offsets that begin at {@code start} in the table. */
    static int row(int start) {
        return FIRST + start;
    }

    /**
     * What a task finds, whose offsets begin {@code column} behind those of its program.
     *
     * @param graph that the task is put into
     * @param captured whether the task is a kernel in a graph that CUDA captures
     */
    DeviceTask.Site of(TaskGraph graph, boolean captured, int column) {
        if (!captured) {
            return site(offsets, column);
        }
        IntArray place = HostArrays.ints(1);
        place.set(0, column);
        graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, place);
        return site(place, 0);
    }

    private DeviceTask.Site site(IntArray place, int column) {
        return new DeviceTask.Site(context, offsets, row, place, column, row, arrays, words);
    }
}
