package dev.getj.kernels.tornado.runtime;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

import java.util.List;
import java.util.function.IntFunction;

/**
 * One kernel of a program: the method, its grid, its arrays and constants, which are compiled in,
 * and the offsets of its tensors, which are not. Programs whose tasks differ in offsets alone share
 * one compiled task graph. Or a call of a library, to which {@link #captured} applies.
 *
 * @param constants the scalars that are compiled into the kernel
 */
public record DeviceTask(
        String name,
        Kind kind,
        Geometry geometry,
        Arguments arguments,
        List<? extends Number> constants,
        Launch launch) {

    /** What a task starts. */
    enum Kind {
        KERNEL,
        /** A call of a library that takes the device about as long as the host takes to start it. */
        SHORT_CALL,
        /** One that takes the device longer. */
        LONG_CALL
    }

    /** Puts a task into a task graph. */
    public interface Launch {
        void add(TaskGraph graph, String id, Site site);
    }

    /** What makes two tasks one compiled kernel: method, grid, arrays, constants. */
    record Key(
            String name,
            Geometry geometry,
            List<Integer> arrays,
            List<? extends Number> constants,
            List<Integer> fixed) {}

    /**
     * True if CUDA is to capture the starts of a program's tasks in a graph of its own, which saves
     * time for short ones. What a library was given is then fixed, offsets among it, so that only
     * programs with the same offsets share a graph. Otherwise a library gets them at each run.
     */
    static boolean captured(List<DeviceTask> program) {
        return program.stream().noneMatch(task -> task.kind == Kind.LONG_CALL);
    }

    /**
     * @param captured whether the program is
     */
    Key key(boolean captured) {
        boolean fixed = captured && kind != Kind.KERNEL;
        return new Key(
                name,
                geometry,
                arguments.arrays(),
                constants,
                fixed ? arguments.offsets() : List.of());
    }

    void addTo(TaskGraph graph, String id, Site site) {
        launch.add(graph, id, site.of(arguments));
    }

    /**
     * What a task finds in the graph that it is put into.
     *
     * @param offsets of all programs: those of the task are {@code offsets[row[0] + place[0] +
     *     column …]}
     * @param row where the running program's offsets begin
     * @param place where the task's do behind them, with column 0: then tasks of one key are one
     *     source, which is compiled once; or 0
     * @param column where they do, compiled in, if {@code place} holds 0
     * @param ints all integers, behind what the first one says
     * @param arrays of floats, by the numbers that {@link DeviceMemory} gives them
     * @param words arrays of words
     */
    public record Site(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            int column,
            IntArray ints,
            IntFunction<FloatArray> arrays,
            IntFunction<LongArray> words) {

        /** Array of the tensor that {@link Arguments} know by this name. */
        public FloatArray array(int name) {
            return arrays.apply(name);
        }

        /** Array of a tensor of 16 bits. */
        public LongArray words(int name) {
            return words.apply(name);
        }

        public FloatArray scratch() {
            return arrays.apply(DeviceMemory.SCRATCH);
        }

        /** Where the task's offsets begin behind {@code row[0]}, for what finds them on the host. */
        public int position() {
            return place.get(0) + column;
        }

        private Site of(Arguments arguments) {
            return new Site(
                    context,
                    offsets,
                    row,
                    place,
                    column,
                    ints,
                    name ->
                            arrays.apply(
                                    name == DeviceMemory.SCRATCH
                                            ? DeviceMemory.SCRATCH
                                            : arguments.arrays().get(name)),
                    name -> words.apply(arguments.arrays().get(name)));
        }
    }
}
