package dev.getj.kernels;

import java.util.function.Consumer;

/**
 * A place where tensors live and programs run. Not thread-safe: one thread records and runs at a
 * time; the backend itself uses all the cores it was given.
 */
public interface Backend extends AutoCloseable {
    /** Short identifier, as {@code --device} takes it: {@code jvm}, {@code reference}, … */
    String id();

    /** One line for people: the device, its vector width or memory, the threads used. */
    String description();

    /** A new tensor, filled with zeros. */
    Tensor allocate(int... shape);

    /** A new integer vector, filled with zeros. */
    IntTensor allocateInts(int size);

    /**
     * Records a program. {@code launches} is called once, at once; every launch is checked (shapes,
     * aliasing) here.
     *
     * @throws IllegalArgumentException naming the launch and the shapes, if a launch does not fit
     */
    Program record(String name, Consumer<Kernels> launches);

    /**
     * Releases threads and memory. Tensors and programs of this backend must not be used
     * afterwards.
     */
    @Override
    void close();
}
