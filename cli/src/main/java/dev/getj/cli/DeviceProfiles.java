package dev.getj.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import dev.getj.io.AtomicFile;
import dev.getj.io.FileFormat;
import dev.getj.io.GetjException;
import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.DeviceProfile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What {@code getj doctor} measured of devices: a JSON file each, named by {@link DeviceKeys}. */
final class DeviceProfiles {
    private static final FileFormat FORMAT = FileFormat.DEVICE_PROFILE;
    private static final String PROFILE = "profile";

    private final Path folder;
    private final DeviceKeys keys;

    private record Stored(int version, DeviceProfile profile) {}

    /** Those of this user, for the kernels that are running. */
    DeviceProfiles() {
        this(CacheFolder.path().resolve("device-profiles"), DeviceKeys.running());
    }

    DeviceProfiles(Path folder, DeviceKeys keys) {
        this.folder = folder;
        this.keys = keys;
    }

    /**
     * The profile of the device, if it has been measured.
     *
     * @throws GetjException if there is a file that is no profile, or a newer one
     */
    Optional<DeviceProfile> load(DeviceDescription device) {
        Path file = file(device);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            JsonNode json = Json.parse(Files.readString(file));
            FORMAT.require(
                    file,
                    Optional.ofNullable(json.get(FileFormat.VERSION)).map(JsonNode::toString),
                    "update getj, or delete the file and run 'getj doctor --device %s'"
                            .formatted(device.id()));
            return Optional.of(Json.read(json.required(PROFILE), DeviceProfile.class));
        } catch (JsonProcessingException | IllegalArgumentException broken) {
            throw new GetjException(
                    "%s: is not a device profile: delete it and run 'getj doctor --device %s'"
                            .formatted(file, device.id()),
                    broken);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /**
     * Keeps the profile.
     *
     * @return the file
     * @throws GetjException if it cannot be written
     */
    Path store(DeviceDescription device, DeviceProfile profile) {
        Path file = file(device);
        byte[] json =
                (Json.text(new Stored(FORMAT.version(), profile)) + "\n")
                        .getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, json);
        return file;
    }

    private Path file(DeviceDescription device) {
        return folder.resolve(keys.fileName(device) + ".json");
    }
}
