package dev.getj.cli;

import dev.getj.io.AtomicFile;
import dev.getj.io.GetjException;
import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.Devices;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * Which devices have passed the self-test: a small file each, whose name is made of the device, its
 * driver and the kernels. With another driver or other kernels a device is new.
 */
final class TestedDevices {
    private final Path folder;
    private final String kernels;

    /** Those of this user, for the kernels that are running. */
    TestedDevices() {
        this(CacheFolder.path().resolve("tested-devices"), Version.number() + " " + checksum());
    }

    /**
     * @param kernels tells one state of the kernels from another
     */
    TestedDevices(Path folder, String kernels) {
        this.folder = folder;
        this.kernels = kernels;
    }

    /** True if the device has passed. */
    boolean contains(DeviceDescription device) {
        return Files.isRegularFile(file(device));
    }

    /**
     * Remembers that the device has passed.
     *
     * @throws GetjException if the file cannot be written
     */
    void add(DeviceDescription device) {
        AtomicFile.write(file(device), key(device).getBytes(StandardCharsets.UTF_8));
    }

    private Path file(DeviceDescription device) {
        CRC32 checksum = new CRC32();
        checksum.update(key(device).getBytes(StandardCharsets.UTF_8));
        return folder.resolve("%s-%08x".formatted(device.backend(), checksum.getValue()));
    }

    private String key(DeviceDescription device) {
        return "%s%n%s%ndriver %s%ngetj %s%n"
                .formatted(device.backend(), device.name(), device.driver(), kernels);
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
