package dev.getj.kernels.tensor;

/** Contiguous storage of numbers of one type that a backend owns. Tensors are views of it. */
public interface Buffer {
    /** Type of the elements. */
    DType dtype();

    /** Number of elements. */
    int size();

    /**
     * Copies {@code count} values from {@code source[from…]} to position {@code at}, rounded to
     * {@link #dtype()}.
     */
    void write(int at, float[] source, int from, int count);

    /** Copies {@code count} values from position {@code at} to {@code target[to…]}. */
    void read(int at, float[] target, int to, int count);

    /**
     * The buffer of the backend that computes: this one, or the one that this one observes. Both
     * have the same size and positions.
     */
    default Buffer storage() {
        return this;
    }
}
