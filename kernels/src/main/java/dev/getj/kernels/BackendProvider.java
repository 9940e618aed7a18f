package dev.getj.kernels;

import java.util.List;
import java.util.Optional;

/**
 * Devices that other software drives, such as TornadoVM. Providers are found by {@link
 * java.util.ServiceLoader}; one can be loaded where that software is missing, and then has no
 * devices.
 */
public interface BackendProvider {
    /** True if what drives the devices is there, whether or not it finds any. */
    boolean isLoaded();

    /**
     * Every device.
     *
     * @throws DeviceException if a driver fails
     */
    List<DeviceDescription> devices();

    /**
     * A backend on a device, for the caller to close.
     *
     * @param id of one of {@link #devices}
     * @param profile measured figures; those that are assumed of the device if absent
     * @param products what multiplies matrices
     * @param listener told how far the device is with compiling
     */
    Backend open(
            String id,
            Optional<DeviceProfile> profile,
            Products products,
            CompilationListener listener);

    /**
     * Measures the device, which takes seconds and wants it idle.
     *
     * @param id of one of {@link #devices}
     */
    DeviceProfile measure(String id);
}
