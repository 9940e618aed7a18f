package dev.getj.kernels;

/**
 * A call of a native library with a tensor where it lies on a CUDA device, made by {@link
 * Backend#calling}.
 */
@FunctionalInterface
public interface DeviceCall {
    /**
     * Where the tensor is, valid for this call alone.
     *
     * @param address of its first element on the device
     * @param bytes of all its elements
     * @param context the CUDA context that it belongs to, a {@code CUcontext}
     * @param stream of that context, a {@code CUstream}, behind whose work the call belongs
     */
    record Place(long address, long bytes, long context, long stream) {}

    /** Makes the call. The device's work is done, or in the stream, when it returns. */
    void make(Place place);
}
