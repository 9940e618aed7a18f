package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.io.GetjException;
import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.DeviceProfile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

class DeviceProfilesTest {
    private static final DeviceDescription DEVICE =
            new DeviceDescription("cuda:0", "a GPU", "cuda", 1L << 30, true, "580");

    @TempDir private Path folder;

    private DeviceProfiles profiles(String kernels) {
        return new DeviceProfiles(folder, new DeviceKeys(kernels));
    }

    @Test
    void aProfileIsReadAsItWasKeptUntilTheKernelsChange() {
        DeviceProfile measured = DeviceProfile.assumed("a GPU", 12);
        assertEquals(Optional.empty(), profiles("1").load(DEVICE));
        profiles("1").store(DEVICE, measured);
        assertEquals(Optional.of(measured), profiles("1").load(DEVICE));
        assertEquals(Optional.empty(), profiles("2").load(DEVICE));
    }

    @Test
    void newerAndBrokenFilesAreRefused() throws IOException {
        Path file = profiles("1").store(DEVICE, DeviceProfile.H200);
        String json = Files.readString(file);
        refused(
                file,
                json.replaceFirst("\"version\" : 1", "\"version\" : 2"),
                " is a device profile of version 2, but this getj reads versions up to 1: update"
                        + " getj, or delete the file and run 'getj doctor --device cuda:0'");
        String broken =
                ": is not a device profile: delete it and run 'getj doctor --device cuda:0'";
        refused(file, json.substring(1), broken);
        refused(file, json.replace("\"processors\"", "\"processor\""), broken);
        refused(file, json.replaceFirst("\"alone\" : [0-9.]+", "\"alone\" : -1"), broken);
    }

    @Test
    void aFileWithoutAVersionIsRead() throws IOException {
        Path file = profiles("1").store(DEVICE, DeviceProfile.H200);
        String json = Files.readString(file);
        Files.writeString(file, json.replaceFirst("\"version\" : 1,", ""));
        assertEquals(Optional.of(DeviceProfile.H200), profiles("1").load(DEVICE));
    }

    private void refused(Path file, String json, String reason) throws IOException {
        Files.writeString(file, json);
        GetjException refusal = assertThrows(GetjException.class, () -> profiles("1").load(DEVICE));
        assertEquals(file + reason, refusal.getMessage());
    }
}
