package dev.getj.kernels.tornado.library;

import dev.getj.kernels.DeviceCall;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.ServiceLoader;

/**
 * What a task that hands a tensor to a library gives its provider beside the tensor's array.
 *
 * @param call made with the tensor's place
 * @param size floats of the tensor
 * @param offsets of all programs, in floats
 * @param row where the running program's offsets begin
 * @param column where that of this task is
 */
public record TensorCall(DeviceCall call, int size, IntArray offsets, IntArray row, int column) {
    /** The provider's name for TornadoVM. */
    public static final String LIBRARY = "getj/calls";

    /** The one function there is. */
    public static final String FUNCTION = "call";

    /** True if tasks can make such calls. */
    public static boolean reachable() {
        return ServiceLoader.load(TensorCallSupport.class, TensorCallSupport.class.getClassLoader())
                .stream()
                .map(ServiceLoader.Provider::get)
                .anyMatch(TensorCallSupport::found);
    }

    /**
     * Makes the call.
     *
     * @param array address of the array's first element on the device
     */
    public void make(long array, long context, long stream) {
        long first = offsets.get(row.get(0) + column);
        call.make(
                new DeviceCall.Place(
                        array + first * Float.BYTES, (long) size * Float.BYTES, context, stream));
    }
}
