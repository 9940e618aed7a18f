package dev.getj.kernels.cublas;

/** What getj calls of cuBLASLt, for one execution plan. */
interface CublasLt extends AutoCloseable {
    /**
     * Where on the device everything lies; 0 for what is absent.
     *
     * @param a first factor of the {@link Gemm}
     * @param c what is added; the same as {@code d} where there is nothing
     * @param workspace begins at a multiple of 256 bytes
     */
    record Places(long a, long b, long bias, long c, long d, long workspace, long workspaceBytes) {}

    /**
     * Starts a product.
     *
     * @param stream in which it runs
     * @throws dev.getj.kernels.DeviceException if cuBLASLt does not take it
     */
    void multiply(Gemm gemm, Places places, long stream);

    @Override
    void close();
}
