package dev.getj.kernels.tornado.runtime;

import dev.getj.kernels.Backend;
import dev.getj.kernels.CompilationListener;
import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.DeviceException;
import dev.getj.kernels.DeviceProfile;

import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The devices of the drivers that TornadoVM was started with; see {@code TornadoProvider}. */
public final class TornadoDevices {
    private static final Set<TornadoVMBackendType> KINDS =
            Set.of(
                    TornadoVMBackendType.OPENCL,
                    TornadoVMBackendType.PTX,
                    TornadoVMBackendType.CUDA);

    /** In what an OpenCL device tells about itself. */
    private static final Pattern DRIVER = Pattern.compile("Driver version *: *(\\S.*)");

    private TornadoDevices() {}

    /** See {@code Devices.list}. */
    public static List<DeviceDescription> list() {
        return devices().entrySet().stream()
                .map(entry -> describe(entry.getKey(), entry.getValue()))
                .toList();
    }

    /**
     * See {@code Devices.open}.
     *
     * @param id of a device in the list
     * @param recorder chooses kernels
     */
    public static Backend open(
            String id,
            DeviceProfile profile,
            Tasks.Recorder recorder,
            CompilationListener listener) {
        return new TornadoBackend(id, devices().get(id), profile, recorder, listener);
    }

    /**
     * What is assumed of a device that was not measured.
     *
     * @param id of a device in the list
     */
    public static DeviceProfile assumed(String id) {
        TornadoTargetDevice device = devices().get(id).getPhysicalDevice();
        return DeviceProfile.assumed(
                device.getDeviceName().strip(), device.getDeviceMaxComputeUnits());
    }

    private static SequencedMap<String, TornadoDevice> devices() {
        SequencedMap<String, TornadoDevice> devices = new LinkedHashMap<>();
        TornadoRuntime runtime = runtime();
        for (int b = 0; b < runtime.getNumBackends(); b++) {
            TornadoVMBackendType kind = runtime.getBackendType(b);
            if (KINDS.contains(kind)) {
                for (int i = 0; i < runtime.getBackend(b).getNumDevices(); i++) {
                    devices.put(name(kind) + ":" + i, runtime.getBackend(b).getDevice(i));
                }
            }
        }
        return devices;
    }

    /** Starts TornadoVM, whose drivers throw all kinds of things if they cannot work here. */
    private static TornadoRuntime runtime() {
        try {
            return TornadoRuntimeProvider.getTornadoRuntime();
        } catch (RuntimeException | LinkageError problem) {
            Throwable cause = problem;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new DeviceException(
                    "TornadoVM cannot use its drivers here (%s); 'getj doctor' tells what is missing"
                            .formatted(plain(String.valueOf(cause.getMessage()))),
                    problem);
        }
    }

    /** A message of TornadoVM without its colours and labels. */
    private static String plain(String message) {
        return message.replaceAll("\u001B\\[[0-9;]*m", "")
                .replaceAll("\\[(WARNING|ERROR)] *", "")
                .replaceAll("\\. *Deoptimizing to sequential execution", "")
                .strip()
                .replaceAll("[.\\s]+$", "");
    }

    private static DeviceDescription describe(String id, TornadoDevice device) {
        Matcher driver = DRIVER.matcher(String.valueOf(device.getDeviceInfo()));
        return new DeviceDescription(
                id,
                device.getPhysicalDevice().getDeviceName().strip(),
                name(device.getTornadoVMBackend()),
                device.getMaxGlobalMemory(),
                device.getDeviceType() == TornadoDeviceType.GPU,
                driver.find() ? driver.group(1).strip() : device.getPlatformName());
    }

    private static String name(TornadoVMBackendType kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
