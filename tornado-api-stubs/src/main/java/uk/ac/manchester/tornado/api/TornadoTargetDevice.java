package uk.ac.manchester.tornado.api;

/** A device as its driver describes it. */
public interface TornadoTargetDevice {
    /** Its name. */
    String getDeviceName();

    /** Bytes of memory. */
    long getDeviceGlobalMemorySize();

    /** Bytes that a work-group can share. */
    long getDeviceLocalMemorySize();

    /** Processors. */
    int getDeviceMaxComputeUnits();

    /** The most work items of a group. */
    long[] getDeviceMaxWorkGroupSize();

    /** Bytes of the largest buffer. */
    long getDeviceMaxAllocationSize();

    /** Megahertz. */
    int getDeviceMaxClockFrequency();
}
