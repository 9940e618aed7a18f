package dev.getj.kernels;

/** What multiplies matrices on a device. */
public enum Products {
    /** Our own kernels. */
    JAVA,

    /**
     * The {@link ProductLibrary}, where rows and tensors begin at multiples of 16 bytes; elsewhere
     * our own kernels. Results differ in the last bits of their sums.
     */
    LIBRARY,

    /**
     * The same, and factors that are floats are rounded to 11 significant bits, for tensor cores;
     * sums are float.
     */
    LIBRARY_TF32
}
