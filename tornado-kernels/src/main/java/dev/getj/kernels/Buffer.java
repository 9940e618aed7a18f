package dev.getj.kernels;

/** Contiguous storage of 32-bit floats that a backend owns. Tensors are views of it. */
public interface Buffer {
    /** Number of floats. */
    int size();

    /** Copies {@code count} floats from {@code source[from…]} to position {@code at}. */
    void write(int at, float[] source, int from, int count);

    /** Copies {@code count} floats from position {@code at} to {@code target[to…]}. */
    void read(int at, float[] target, int to, int count);
}
