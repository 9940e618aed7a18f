package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

import java.util.List;

/** A backend and its devices. */
public interface TornadoBackend {
    /** Its name. */
    String getName();

    /** What it drives its devices with. */
    TornadoVMBackendType getBackendType();

    /** How many devices it has. */
    int getNumDevices();

    /** One of them. */
    TornadoDevice getDevice(int index);

    /** All of them. */
    List<TornadoDevice> getAllDevices();

    /** The default one. */
    TornadoDevice getDefaultDevice();

    /** Makes one the default. */
    void setDefaultDevice(int index);
}
