package dev.getj.cli;

import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.ProductLibrary;
import dev.getj.kernels.device.Devices;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * What tells one device from another, for files that are kept about it: the device, its driver and
 * the kernels. With another driver or other kernels a device is new.
 *
 * @param kernels tells one state of the kernels from another
 */
record DeviceKeys(String kernels) {
    /** For the kernels that are running. */
    static DeviceKeys running() {
        return new DeviceKeys(Version.number() + " " + checksum());
    }

    /** For these kernels and a library. */
    DeviceKeys with(ProductLibrary.Found library) {
        return new DeviceKeys("%s, %s %s".formatted(kernels, library.name(), library.version()));
    }

    /** All of it. */
    String text(DeviceDescription device) {
        return "%s%n%s%ndriver %s%ngetj %s%n"
                .formatted(device.backend(), device.name(), device.driver(), kernels);
    }

    /** A name of a file. */
    String fileName(DeviceDescription device) {
        CRC32 checksum = new CRC32();
        checksum.update(text(device).getBytes(StandardCharsets.UTF_8));
        return "%s-%08x".formatted(device.backend(), checksum.getValue());
    }

    /** Of the jar that the kernels came in; class files in a folder count as one. */
    private static String checksum() {
        try {
            Path jar =
                    Path.of(
                            Devices.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            if (!Files.isRegularFile(jar)) {
                return "development";
            }
            CRC32 checksum = new CRC32();
            checksum.update(Files.readAllBytes(jar));
            return Long.toHexString(checksum.getValue());
        } catch (IOException | URISyntaxException unreadable) {
            return "unknown";
        }
    }
}
