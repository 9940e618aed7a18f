package dev.getj.kernels.tornado.runtime;

import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a task reads and writes. Tensors have names, constants 0, 1, … of the kernel's class: a
 * kernel reads the offset of tensor {@code X} as {@code offsets.get(entry + X)}, and its task finds
 * the array of it as {@code at.array(X)}. They are given in the order of their numbers, which is
 * checked.
 *
 * <p>One array may be several arguments of a kernel, but only the last of them may be written to:
 * TornadoVM takes an argument after it for what the task itself brings about, and waits forever. So
 * kernels write through their last array alone, and all that they write lies in it.
 */
public final class Arguments {
    /** The offset of a tensor that is absent: to be read by no kernel. */
    static final int ABSENT = -1_000_000_000;

    // integers share an array of their own
    private static final int INTS = Integer.MIN_VALUE;

    private final DeviceMemory memory;
    private final List<Integer> arrays = new ArrayList<>();
    private final List<Integer> offsets = new ArrayList<>();

    Arguments(DeviceMemory memory) {
        this.memory = memory;
    }

    private Arguments add(int name, int array, int offset) {
        if (name != offsets.size()) {
            throw new IllegalArgumentException(
                    "tensor number %s of a kernel is given as number %s"
                            .formatted(offsets.size(), name));
        }
        arrays.add(array);
        offsets.add(offset);
        return this;
    }

    /** A tensor in an array of its own. */
    public Arguments tensor(int name, Tensor tensor) {
        return tensor(name, tensor, 0);
    }

    /** A tensor seen from element {@code first} on. */
    public Arguments tensor(int name, Tensor tensor, int first) {
        return add(name, array(tensor), offset(tensor) + first);
    }

    /** A tensor that may be absent. */
    public Arguments tensor(int name, Optional<Tensor> tensor) {
        return tensor.map(it -> tensor(name, it)).orElseGet(() -> absent(name));
    }

    /**
     * A tensor of 16 bits, in an array of words; a kernel finds the number of its first word.
     *
     * @throws IllegalArgumentException if it does not begin with a word
     */
    public Arguments halves(int name, Tensor tensor) {
        return halves(name, tensor, 0);
    }

    /**
     * The same, seen from element {@code first} on.
     *
     * @throws IllegalArgumentException if that does not begin with a word
     */
    public Arguments halves(int name, Tensor tensor, int first) {
        HalfBuffer buffer = HalfBuffer.of(tensor);
        int begin = tensor.offset() + first;
        if (begin % DeviceMemory.HALVES != 0) {
            throw new IllegalArgumentException(
                    "a tensor of 16 bits begins at element %s of its memory, on a device it must be"
                                    .formatted(begin)
                            + " a multiple of "
                            + DeviceMemory.HALVES);
        }
        DeviceMemory.Place place = buffer.place();
        return add(name, place.array(), place.offset() + begin / DeviceMemory.HALVES);
    }

    /** Bytes between the first element of an array and a tensor in it. */
    public long byteOffset(Tensor tensor) {
        if (tensor.dtype().isHalf()) {
            long start = (long) HalfBuffer.of(tensor).place().offset() * Long.BYTES;
            return start + (long) tensor.offset() * tensor.dtype().bytes();
        }
        return (long) offset(tensor) * Float.BYTES;
    }

    /** No tensor of 16 bits, of which the kernel gets some array of words and reads nothing. */
    public Arguments absentWords(int name) {
        return add(name, DeviceMemory.WORDS, ABSENT);
    }

    /**
     * What a kernel of floats computes: a tensor; or scratch memory, where the tensor has 16 bits
     * and another kernel is to round.
     */
    public Arguments result(int name, Tensor tensor) {
        return tensor.dtype().isHalf() ? scratch(name, tensor.size()) : tensor(name, tensor);
    }

    /** No tensor, of which the kernel gets some array and reads nothing. */
    public Arguments absent(int name) {
        return add(name, 0, ABSENT);
    }

    /**
     * A tensor in the array of an earlier one.
     *
     * @param with name of the earlier one
     * @throws IllegalArgumentException if it lies in another array
     */
    public Arguments alongside(int name, Tensor tensor, int with) {
        requireAlongside(tensor, with);
        return add(name, arrays.get(with), offset(tensor));
    }

    /** The same of a tensor that may be absent. */
    public Arguments alongside(int name, Optional<Tensor> tensor, int with) {
        return tensor.map(it -> alongside(name, it, with))
                .orElseGet(() -> add(name, arrays.get(with), ABSENT));
    }

    /** Checks what {@link #alongside} checks. */
    public void requireAlongside(Tensor tensor, int with) {
        requireSame(array(tensor), arrays.get(with));
    }

    /** Checks that two tensors lie in one array. */
    public void requireSameArray(int name, int with) {
        requireSame(arrays.get(name), arrays.get(with));
    }

    /** Whether these tensors, and all numbered between them, lie in one array. */
    public boolean inOneArray(int first, int last) {
        return arrays.subList(first, last + 1).stream().distinct().count() == 1;
    }

    private static void requireSame(int array, int with) {
        if (array != with) {
            throw new IllegalArgumentException(
                    "what a launch writes, and the parameters of a layer, must be views of one"
                            + " tensor where memory is as full as here");
        }
    }

    /**
     * Scratch memory of {@code size} floats, from its beginning: an array that needs no offset, and
     * that a task finds as {@code at.scratch()}.
     */
    public Arguments scratch(int size) {
        memory.reserveScratch(size);
        return this;
    }

    /** Scratch memory in the place of a tensor. */
    public Arguments scratch(int name, int size) {
        return scratch(size).add(name, DeviceMemory.SCRATCH, 0);
    }

    /** Integers, which a task finds as {@code at.ints()}. */
    public Arguments ints(int name, IntTensor ints) {
        return add(name, INTS, TornadoInts.of(ints).offset());
    }

    private static int array(Tensor tensor) {
        return TornadoBuffer.of(tensor).place().array();
    }

    private static int offset(Tensor tensor) {
        return TornadoBuffer.of(tensor).place().offset() + tensor.offset();
    }

    /** The array of each tensor. */
    List<Integer> arrays() {
        return arrays;
    }

    List<Integer> offsets() {
        return offsets;
    }
}
