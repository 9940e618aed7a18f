package dev.getj.kernels.tornado.graph;

import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * What a task reads and writes: the arrays in the order of the kernel's arguments, and the offsets
 * in the order in which the kernel reads them.
 *
 * <p>One array may be several arguments of a kernel, but only the last of them may be written to:
 * TornadoVM takes an argument after it for what the task itself brings about, and waits forever. So
 * kernels write through their last array alone, and all that they write lies in it.
 */
final class Arguments {
    /** The offset of a tensor that is not there: to be read by no kernel. */
    static final int ABSENT = -1_000_000_000;

    private final DeviceMemory memory;
    private final List<Integer> arrays = new ArrayList<>();
    private final List<Integer> offsets = new ArrayList<>();

    Arguments(DeviceMemory memory) {
        this.memory = memory;
    }

    /** A tensor as the next array and the next offset; or nothing, where it is null. */
    Arguments tensor(Tensor tensor) {
        return tensor(tensor, 0);
    }

    /** A tensor seen from element {@code first} on. */
    Arguments tensor(Tensor tensor, int first) {
        arrays.add(tensor == null ? 0 : TornadoBuffer.of(tensor).place().array());
        offsets.add(tensor == null ? ABSENT : offset(tensor) + first);
        return this;
    }

    /**
     * A tensor in the array that was named last.
     *
     * @throws IllegalArgumentException if it lies in another one
     */
    Arguments alongside(Tensor tensor) {
        requireAlongside(tensor);
        offsets.add(tensor == null ? ABSENT : offset(tensor));
        return this;
    }

    /** Checks what {@link #alongside} checks. */
    void requireAlongside(Tensor tensor) {
        if (tensor != null && TornadoBuffer.of(tensor).place().array() != arrays.getLast()) {
            throw new IllegalArgumentException(
                    "what a launch writes, and the parameters of a layer, must be views of one"
                            + " tensor where memory is as full as here");
        }
    }

    /** Scratch memory of {@code size} floats as the next array, from its beginning. */
    Arguments scratch(int size) {
        memory.reserveScratch(size);
        arrays.add(DeviceMemory.SCRATCH);
        return this;
    }

    /** The same, with an offset that the kernel reads. */
    Arguments scratchWithOffset(int size) {
        offsets.add(0);
        return scratch(size);
    }

    /** Integers, which share an array of their own: an offset alone. */
    Arguments ints(IntTensor ints) {
        offsets.add(TornadoInts.of(ints).offset());
        return this;
    }

    private static int offset(Tensor tensor) {
        return TornadoBuffer.of(tensor).place().offset() + tensor.offset();
    }

    List<Integer> arrays() {
        return arrays;
    }

    List<Integer> offsets() {
        return offsets;
    }
}
