package dev.getj.kernels.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.DeviceException;
import dev.getj.kernels.device.Devices;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class DevicesTest {
    private static DeviceDescription device(String id, boolean gpu) {
        String backend = id.substring(0, id.indexOf(':'));
        return new DeviceDescription(id, "a device", backend, 1L << 30, gpu, "1.0");
    }

    private static String preferred(DeviceDescription... devices) {
        return Devices.preferred(List.of(devices)).map(DeviceDescription::id).orElse("none");
    }

    @Test
    void cudaIsPreferredThenPtxThenOpenCl() {
        DeviceDescription opencl = device("opencl:0", true);
        DeviceDescription ptx = device("ptx:0", true);
        DeviceDescription cuda = device("cuda:0", true);
        assertEquals("cuda:0", preferred(opencl, ptx, cuda, device("cuda:1", true)));
        assertEquals("ptx:0", preferred(opencl, ptx));
        assertEquals("opencl:0", preferred(opencl, device("opencl:1", true)));
    }

    @Test
    void aProcessorIsNeverPreferred() {
        assertEquals("none", preferred(device("opencl:0", false)));
        assertEquals("opencl:1", preferred(device("opencl:0", false), device("opencl:1", true)));
        assertEquals("none", preferred());
    }

    /** The stubs on the tests' class path are no TornadoVM. */
    @Test
    void withoutTornadoVmThereAreNoDevices() {
        assertFalse(Devices.tornadoIsLoaded());
        assertEquals(List.of(), Devices.list());
        assertEquals(Optional.empty(), Devices.preferred(Devices.list()));
        DeviceException refused = assertThrows(DeviceException.class, () -> Devices.open("cuda:0"));
        assertEquals(
                "--device cuda:0: Java was started without TornadoVM; start it through the getj"
                        + " script, which finds the SDK",
                refused.getMessage());
    }
}
