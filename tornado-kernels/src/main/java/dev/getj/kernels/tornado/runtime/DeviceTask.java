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
 * one compiled task graph.
 *
 * @param constants the scalars that are compiled into the kernel
 */
public record DeviceTask(
        String name,
        Geometry geometry,
        Arguments arguments,
        List<? extends Number> constants,
        Launch launch) {

    /** Puts a kernel into a task graph. */
    public interface Launch {
        void add(TaskGraph graph, String id, Site site);
    }

    /** What makes two tasks one compiled kernel: method, grid, arrays, constants. */
    record Key(
            String name,
            Geometry geometry,
            List<Integer> arrays,
            List<? extends Number> constants) {}

    Key key() {
        return new Key(name, geometry, arguments.arrays(), constants);
    }

    void addTo(TaskGraph graph, String id, Site site) {
        launch.add(graph, id, site.of(arguments));
    }

    /**
     * What a task finds in the graph that it is put into.
     *
     * @param offsets of all programs: those of the task are {@code offsets[row[0] + column …]}
     * @param row where the running program's offsets begin; or, where a graph has one program, the
     *     task's, with column 0: then tasks of one key are one source, which is compiled once
     * @param ints all integers, behind what the first one says
     * @param arrays of floats, by the numbers that {@link DeviceMemory} gives them
     * @param words arrays of words
     */
    public record Site(
            KernelContext context,
            IntArray offsets,
            IntArray row,
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

        private Site of(Arguments arguments) {
            return new Site(
                    context,
                    offsets,
                    row,
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
