package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** The installed backends. */
public interface TornadoRuntime {
    /** How many there are. */
    int getNumBackends();

    /** One of them. */
    TornadoBackend getBackend(int index);

    /** What it drives its devices with. */
    TornadoVMBackendType getBackendType(int index);

    /** Makes it the default. */
    void setDefaultBackend(int index);

    /** The device that plans use unless told otherwise. */
    TornadoDevice getDefaultDevice();
}
