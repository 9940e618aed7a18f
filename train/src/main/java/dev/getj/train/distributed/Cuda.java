package dev.getj.train.distributed;

import dev.getj.io.GetjException;
import dev.getj.kernels.DeviceCall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The first visible GPU in its primary context, through the CUDA driver: memory, and copies. The
 * thread that makes it has that context from then on.
 */
final class Cuda {
    private static final int OUT_OF_MEMORY = 2;
    private static final MemoryLayout POINTER = ValueLayout.ADDRESS;
    private static final MemoryLayout INT = ValueLayout.JAVA_INT;
    private static final MemoryLayout LONG = ValueLayout.JAVA_LONG;

    private final Natives driver =
            Natives.load("libcuda.so.1", "NVIDIA's driver is not installed here");
    private final MethodHandle toDevice =
            driver.function("cuMemcpyHtoD_v2", POINTER, POINTER, LONG);
    private final MethodHandle toHost = driver.function("cuMemcpyDtoH_v2", POINTER, POINTER, LONG);
    private final MethodHandle betweenContexts =
            driver.function("cuMemcpyPeerAsync", POINTER, POINTER, POINTER, POINTER, LONG, POINTER);
    private final MethodHandle synchronize = driver.function("cuStreamSynchronize", POINTER);
    private final MemorySegment primary;

    /**
     * @throws GetjException if there is no driver, or no GPU
     */
    Cuda() {
        MethodHandle initialize = driver.function("cuInit", INT);
        MethodHandle retain = driver.function("cuDevicePrimaryCtxRetain", POINTER, INT);
        MethodHandle enter = driver.function("cuCtxSetCurrent", POINTER);
        check("cuInit", () -> (int) initialize.invokeExact(0));
        try (Arena own = Arena.ofConfined()) {
            MemorySegment context = own.allocate(POINTER);
            check("cuDevicePrimaryCtxRetain", () -> (int) retain.invokeExact(context, 0));
            primary = context.get(ValueLayout.ADDRESS, 0);
        }
        check("cuCtxSetCurrent", () -> (int) enter.invokeExact(primary));
    }

    private static void check(String name, Natives.Call call) {
        int code = Natives.code(call);
        if (code != 0) {
            throw new GetjException(
                    code == OUT_OF_MEMORY
                            ? name + ": the GPU has too little memory left; lower --batch"
                            : "%s of the CUDA driver failed with code %s".formatted(name, code));
        }
    }

    /** Memory of the device, of this context. */
    MemorySegment allocate(long bytes) {
        return allocated("cuMemAlloc", driver.function("cuMemAlloc_v2", POINTER, LONG), bytes);
    }

    /** Memory of the host that the device reads directly. */
    MemorySegment allocateHost(long bytes) {
        return allocated(
                "cuMemAllocHost", driver.function("cuMemAllocHost_v2", POINTER, LONG), bytes);
    }

    private static MemorySegment allocated(String name, MethodHandle allocate, long bytes) {
        try (Arena own = Arena.ofConfined()) {
            MemorySegment made = own.allocate(POINTER);
            check(name, () -> (int) allocate.invokeExact(made, bytes));
            return made.get(ValueLayout.ADDRESS, 0).reinterpret(bytes);
        }
    }

    /** Releases what {@link #allocate} made; nothing if that is empty. */
    void free(MemorySegment device) {
        if (device.byteSize() > 0) {
            MethodHandle free = driver.function("cuMemFree_v2", POINTER);
            check("cuMemFree", () -> (int) free.invokeExact(device));
        }
    }

    /** Releases what {@link #allocateHost} made; nothing if that is empty. */
    void freeHost(MemorySegment host) {
        if (host.byteSize() > 0) {
            MethodHandle free = driver.function("cuMemFreeHost", POINTER);
            check("cuMemFreeHost", () -> (int) free.invokeExact(host));
        }
    }

    void toDevice(MemorySegment device, MemorySegment host, long bytes) {
        check("cuMemcpyHtoD", () -> (int) toDevice.invokeExact(device, host, bytes));
    }

    /** Behind what the default stream still does. */
    void toHost(MemorySegment host, MemorySegment device, long bytes) {
        check("cuMemcpyDtoH", () -> (int) toHost.invokeExact(host, device, bytes));
    }

    /** Waits for the default stream. */
    void await() {
        await(MemorySegment.NULL);
    }

    private void await(MemorySegment stream) {
        check("cuStreamSynchronize", () -> (int) synchronize.invokeExact(stream));
    }

    /** From a tensor of another context to memory of this one; from any thread. */
    void copyFrom(DeviceCall.Place tensor, MemorySegment device) {
        MemorySegment from = MemorySegment.ofAddress(tensor.address());
        copy(device, primary, from, MemorySegment.ofAddress(tensor.context()), tensor);
    }

    /** From memory of this context to a tensor of another one; from any thread. */
    void copyTo(DeviceCall.Place tensor, MemorySegment device) {
        MemorySegment to = MemorySegment.ofAddress(tensor.address());
        copy(to, MemorySegment.ofAddress(tensor.context()), device, primary, tensor);
    }

    private void copy(
            MemorySegment to,
            MemorySegment toContext,
            MemorySegment from,
            MemorySegment fromContext,
            DeviceCall.Place tensor) {
        MemorySegment stream = MemorySegment.ofAddress(tensor.stream());
        check(
                "cuMemcpyPeerAsync",
                () ->
                        (int)
                                betweenContexts.invokeExact(
                                        to, toContext, from, fromContext, tensor.bytes(), stream));
        await(stream);
    }
}
