package dev.getj.kernels.tornado;

import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Tensor;

import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.ArrayList;
import java.util.List;

/**
 * One kernel of a program: the method, its grid, its arrays and constants, which are compiled in,
 * and the offsets of its tensors, which are not. Programs whose tasks differ in offsets alone share
 * one compiled task graph.
 *
 * @param constants the scalars that are compiled into the kernel
 */
record DeviceTask(
        String name,
        Geometry geometry,
        Arrays arrays,
        List<? extends Number> constants,
        Adder adder) {

    /** Puts a kernel into a task graph. */
    interface Adder {
        void add(TaskGraph graph, String id, Site site);
    }

    /** Where a task finds its offsets: {@code offsets[row[0] + column …]}. */
    record Site(IntArray offsets, IntArray row, int column) {}

    /** What makes two tasks one compiled kernel: method, arrays, constants. */
    record Key(
            String name,
            List<TornadoBuffer> buffers,
            List<TornadoInts> ints,
            List<? extends Number> constants) {}

    Key key() {
        return new Key(name, arrays.buffers, arrays.ints, constants);
    }

    /**
     * The arrays of a task in the order of its arguments, and the offsets of its tensors in the
     * order of the table.
     */
    static final class Arrays {
        private final TornadoBackend backend;
        private final List<TornadoBuffer> buffers = new ArrayList<>();
        private final List<TornadoInts> ints = new ArrayList<>();
        private final List<Integer> offsets = new ArrayList<>();

        Arrays(TornadoBackend backend) {
            this.backend = backend;
        }

        /**
         * A tensor with an array of its own; a null is stood in for by an array that no other
         * argument is.
         */
        Arrays tensor(Tensor tensor) {
            return tensor(tensor, 0);
        }

        /** A tensor seen from element {@code first} on. */
        Arrays tensor(Tensor tensor, int first) {
            buffers.add(tensor == null ? backend.absent(buffers.size()) : TornadoBuffer.of(tensor));
            return offset(tensor, first);
        }

        /** A tensor that lies in an array that is there already, or one that is not there. */
        Arrays offset(Tensor tensor, int first) {
            offsets.add(tensor == null ? 0 : tensor.offset() + first);
            return this;
        }

        /** Memory that kernels of one launch share: an array without an offset. */
        Arrays scratch(TornadoBuffer scratch) {
            buffers.add(scratch);
            return this;
        }

        Arrays ints(IntTensor tensor) {
            ints.add(TornadoInts.of(tensor));
            return this;
        }

        FloatArray f(int i) {
            return buffers.get(i).array();
        }

        IntArray i() {
            return ints.getFirst().array();
        }

        List<TornadoBuffer> buffers() {
            return buffers;
        }

        List<TornadoInts> allInts() {
            return ints;
        }

        List<Integer> offsets() {
            return offsets;
        }
    }
}
