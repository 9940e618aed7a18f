package dev.getj.kernels;

/**
 * A device that TornadoVM can drive.
 *
 * @param id as {@code --device} takes it: {@code opencl:0}, {@code cuda:1}, …
 * @param name what its driver calls it
 * @param backend what it is driven with: {@code cuda}, {@code ptx} or {@code opencl}
 * @param memory bytes of its memory
 * @param gpu whether it is a GPU; on OpenCL a device may also be the processor itself
 * @param driver version of the driver, as far as it tells; changes when another one is installed
 */
public record DeviceDescription(
        String id, String name, String backend, long memory, boolean gpu, String driver) {}
