package dev.getj.kernels;

import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A place where tensors live and programs run. Not thread-safe: one thread records and runs at a
 * time; the backend itself uses all the cores it was given.
 */
public interface Backend extends AutoCloseable {
    /** Short identifier, as {@code --device} takes it: {@code jvm}, {@code reference}, … */
    String id();

    /** One line for people: the device, its vector width or memory, the threads used. */
    String description();

    /** Type of the tensors that {@link #allocate(int...)} makes: F32, F64 on the oracle. */
    default DType dtype() {
        return DType.F32;
    }

    /** A new tensor of this backend's own type, filled with zeros. */
    default Tensor allocate(int... shape) {
        return allocate(dtype(), shape);
    }

    /**
     * A new tensor, filled with zeros.
     *
     * @throws IllegalArgumentException naming the type, if the backend does not store it
     */
    Tensor allocate(DType dtype, int... shape);

    /**
     * New tensors that lie together, as views of one, filled with zeros: what one launch writes, on
     * devices whose memory is more than one array can hold.
     */
    default List<Tensor> allocateTogether(int[]... shapes) {
        return allocateTogether(dtype(), shapes);
    }

    /**
     * The same of a type of one's choice.
     *
     * @throws IllegalArgumentException naming the type, if the backend does not store it
     */
    default List<Tensor> allocateTogether(DType dtype, int[]... shapes) {
        int[] starts = new int[shapes.length];
        int size = 0;
        for (int i = 0; i < shapes.length; i++) {
            starts[i] = size;
            size = Math.addExact(size, (Tensor.sizeOf(shapes[i]) + 63) / 64 * 64);
        }
        Tensor whole = allocate(dtype, size);
        return IntStream.range(0, shapes.length)
                .mapToObj(i -> whole.view(starts[i], shapes[i]))
                .toList();
    }

    /** A new integer vector, filled with zeros. */
    IntTensor allocateInts(int size);

    /**
     * Makes a program of operations, to be run any number of times.
     *
     * @throws IllegalArgumentException naming the operation, if the backend does not have it or its
     *     tensors belong to another backend
     */
    Program compile(String name, List<Operation> operations);

    /**
     * Compiles what {@code operations}, which is called once, at once, writes down.
     *
     * @throws IllegalArgumentException naming the operation and the shapes, if one does not fit
     */
    default Program record(String name, Consumer<Kernels> operations) {
        return compile(name, Kernels.record(operations));
    }

    /**
     * True if programs are compiled, so that what is recorded after the first run is dear: callers
     * then record first, and rather run what they have on more than is wanted.
     */
    default boolean compiles() {
        return false;
    }

    /**
     * True if factors of 16 bits are multiplied here; elsewhere {@code cast} alone takes such
     * tensors.
     */
    default boolean mixes() {
        return false;
    }

    /**
     * True if products round factors that are floats to 11 significant bits, for tensor cores.
     */
    default boolean tf32() {
        return false;
    }

    /**
     * A program that hands a tensor of floats to a native library, without a copy to the host.
     *
     * @param name of the program
     * @param tensor of this backend
     * @return empty where no library reaches the device's memory
     */
    default Optional<Runnable> calling(String name, Tensor tensor, DeviceCall call) {
        return Optional.empty();
    }

    /**
     * The device's own clock, where it has one. Programs run more slowly from then on, so it is for
     * measuring operation by operation.
     *
     * @throws IllegalStateException if it is first asked for after a program has run
     */
    default Optional<DeviceClock> clock() {
        return Optional.empty();
    }

    /**
     * Releases threads and memory. Tensors and programs of this backend must not be used
     * afterwards.
     */
    @Override
    void close();
}
