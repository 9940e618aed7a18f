package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.DeviceException;
import dev.getj.kernels.selftest.Outcome;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** When a device is tested, and what is said if it fails. */
class TestedDevicesTest {
    @TempDir private Path folder;

    private static DeviceDescription device(String id, String name, String driver) {
        return new DeviceDescription(
                id, name, id.substring(0, id.indexOf(':')), 1L << 30, true, driver);
    }

    @Test
    void aDeviceIsRememberedUntilItsDriverOrTheKernelsChange() {
        DeviceDescription device = device("cuda:0", "H200", "580");
        TestedDevices tested =
                new TestedDevices(folder.resolve("new/folder"), new DeviceKeys("1.0 abc"));
        assertFalse(tested.contains(device));
        tested.add(device);
        assertTrue(tested.contains(device));
        assertTrue(
                new TestedDevices(folder.resolve("new/folder"), new DeviceKeys("1.0 abc"))
                        .contains(device));
        assertTrue(tested.contains(device("cuda:1", "H200", "580")), "another of the same kind");
        assertFalse(tested.contains(device("ptx:0", "H200", "580")));
        assertFalse(tested.contains(device("cuda:0", "H100", "580")));
        assertFalse(tested.contains(device("cuda:0", "H200", "590")));
        assertFalse(
                new TestedDevices(folder.resolve("new/folder"), new DeviceKeys("1.0 abd"))
                        .contains(device));
    }

    @Test
    void aDeviceThatIsOffIsRefusedWithTheKernelsName() {
        Outcome good = new Outcome("linear", "7x5x3", 1e-6, "");
        Outcome off = new Outcome("attention", "2x35x36/3", 0.25, "");
        Outcome broken = new Outcome("mix", "2x5", Double.NaN, "no code");
        DeviceTest.refuseIfOff("ptx:0", List.of(good, good));
        assertEquals(
                "device ptx:0 is not used, it gets attention wrong and 1 more (2x35x36/3: off by"
                        + " 2.5e-01 of the largest value); 'getj doctor --device ptx:0' tells more",
                refusal(List.of(good, off, broken)));
        assertEquals(
                "device ptx:0 is not used, it gets mix wrong (2x5: no code); 'getj doctor --device"
                        + " ptx:0' tells more",
                refusal(List.of(good, broken)));
        assertEquals(
                """
                kernel                   shape                             error
                linear                   7x5x3                           1.0e-06
                attention                2x35x36/3                       2.5e-01  OFF
                mix                      2x5                                   -  OFF  no code
                """,
                DeviceTest.table(List.of(good, off, broken)).replaceAll("(?m) +$", ""));
    }

    private static String refusal(List<Outcome> outcomes) {
        return assertThrows(DeviceException.class, () -> DeviceTest.refuseIfOff("ptx:0", outcomes))
                .getMessage();
    }

    @Test
    void theCacheIsWhereTheSystemKeepsSuchThings() {
        Path home = Path.of("home");
        assertEquals(Path.of("home/.cache/getj"), CacheFolder.path(Map.of(), "Linux", home));
        assertEquals(
                Path.of("x/getj"), CacheFolder.path(Map.of("XDG_CACHE_HOME", "x"), "Linux", home));
        assertEquals(
                Path.of("home/.cache/getj"),
                CacheFolder.path(Map.of("XDG_CACHE_HOME", ""), "Linux", home));
        assertEquals(
                Path.of("home/Library/Caches/getj"), CacheFolder.path(Map.of(), "Mac OS X", home));
        assertEquals(
                Path.of("x/getj"),
                CacheFolder.path(Map.of("LOCALAPPDATA", "x"), "Windows 11", home));
    }
}
