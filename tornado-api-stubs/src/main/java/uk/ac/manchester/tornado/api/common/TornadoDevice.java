package uk.ac.manchester.tornado.api.common;

import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** A device. */
public interface TornadoDevice {
    /** Its name within TornadoVM. */
    String getDeviceName();

    /** What it is. */
    String getDescription();

    /** The driver it belongs to. */
    String getPlatformName();

    /** All that its driver tells about it, as text. */
    Object getDeviceInfo();

    /** What kind of processor it is. */
    TornadoDeviceType getDeviceType();

    /** What it is driven with. */
    TornadoVMBackendType getTornadoVMBackend();

    /** Which of the installed backends it belongs to. */
    int getBackendIndex();

    /** The device as its driver describes it. */
    TornadoTargetDevice getPhysicalDevice();

    /** Bytes of memory. */
    long getMaxGlobalMemory();

    /** Bytes of the largest buffer. */
    long getMaxAllocMemory();

    /** Bytes that a work-group can share. */
    long getDeviceLocalMemorySize();

    /** The most work items of a group along x, y and z. */
    long[] getDeviceMaxWorkgroupDimensions();
}
