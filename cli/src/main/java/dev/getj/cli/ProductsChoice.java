package dev.getj.cli;

/** What {@code --products} takes. */
enum ProductsChoice {
    /** Our own kernels. */
    JAVA,
    /** cuBLASLt. */
    CUBLAS,
    /** cuBLASLt where it is installed. */
    AUTO
}
