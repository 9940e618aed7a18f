package dev.getj.cli;

import dev.getj.io.AtomicFile;
import dev.getj.io.GetjException;
import dev.getj.kernels.DeviceDescription;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which devices have passed the self-test: a small file each, named by {@link DeviceKeys}. */
final class TestedDevices {
    private final Path folder;
    private final DeviceKeys keys;

    /** Those of this user, for the kernels that are running. */
    TestedDevices() {
        this(DeviceKeys.running());
    }

    /** Those of this user. */
    TestedDevices(DeviceKeys keys) {
        this(CacheFolder.path().resolve("tested-devices"), keys);
    }

    TestedDevices(Path folder, DeviceKeys keys) {
        this.folder = folder;
        this.keys = keys;
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
        AtomicFile.write(file(device), keys.text(device).getBytes(StandardCharsets.UTF_8));
    }

    private Path file(DeviceDescription device) {
        return folder.resolve(keys.fileName(device));
    }
}
