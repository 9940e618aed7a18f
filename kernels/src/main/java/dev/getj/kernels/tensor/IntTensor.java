package dev.getj.kernels.tensor;

/** A vector of 32-bit integers on a backend: class labels, sample masks, generator keys. */
public interface IntTensor {
    int size();

    /**
     * Copies {@code values} in.
     *
     * @throws IllegalArgumentException if their number differs from {@link #size()}
     */
    IntTensor set(int... values);

    /** Copies all elements out. */
    int[] get();
}
