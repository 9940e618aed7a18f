package dev.getj.kernels.tornado;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.getj.kernels.Backend;
import dev.getj.kernels.CompilationListener;
import dev.getj.kernels.ConformanceTest;
import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.ExampleRun;
import dev.getj.kernels.ExampleRuns;
import dev.getj.kernels.Tolerances;
import dev.getj.kernels.device.Devices;
import dev.getj.kernels.reference.ReferenceBackend;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Every operation on every device that TornadoVM finds: as the oracle has it. Skipped where Java
 * runs without TornadoVM; docs/tornadovm.md tells how to run it.
 */
class DeviceConformanceTest {
    private static final int BATCH = 2;

    /**
     * Operations of one backend: few backends, since each compiles what brings tensors there and
     * back; and not one, so that a driver that fails does not take all operations with it.
     */
    private static final int TOGETHER = 100;

    private static final Backend ORACLE = new ReferenceBackend();
    private static final List<Backend> OPEN = new ArrayList<>();

    @AfterAll
    static void close() {
        OPEN.forEach(Backend::close);
    }

    @TestFactory
    Stream<DynamicNode> agreesWithTheOracle() {
        return onDevices(_ -> true, DeviceProfile.H200, ExampleRuns.all());
    }

    @TestFactory
    Stream<DynamicNode> agreesWithTheOracleInSixteenBits() {
        return onDevices(Backend::mixes, DeviceProfile.H200, ExampleRuns.mixed());
    }

    /** Forward products and attention by the kernels that an H200 has for more rows. */
    @TestFactory
    Stream<DynamicNode> agreesWithTheOracleInSixteenBitsAsOnASmallDevice() {
        return onDevices(
                Backend::mixes,
                DeviceProfile.assumed("a device of one processor", 1),
                ExampleRuns.mixed().stream()
                        .filter(it -> it.forwardProduct() || it.attention())
                        .toList());
    }

    /** Float results by the kernel that an H200 has for a few images, neither one nor many. */
    @TestFactory
    Stream<DynamicNode> agreesWithTheOracleInSixteenBitsAsOnADeviceOfEightProcessors() {
        return onDevices(
                Backend::mixes,
                DeviceProfile.assumed("a device of eight processors", 8),
                ExampleRuns.wideMixed());
    }

    private static Stream<DynamicNode> onDevices(
            Predicate<Backend> able, DeviceProfile profile, List<ExampleRun> all) {
        if (!Devices.tornadoIsLoaded()) {
            // a test of its own, which reports show as skipped
            return Stream.of(
                    DynamicTest.dynamicTest(
                            "on devices", () -> abort("Java runs without TornadoVM")));
        }
        List<DeviceDescription> devices = Devices.list();
        assertFalse(devices.isEmpty(), "TornadoVM finds no device");
        return devices.stream()
                .map(
                        device ->
                                DynamicContainer.dynamicContainer(
                                        device.id() + " " + device.name(),
                                        tests(device, able, profile, all)));
    }

    private static Stream<DynamicTest> tests(
            DeviceDescription device,
            Predicate<Backend> able,
            DeviceProfile profile,
            List<ExampleRun> all) {
        double tolerance = Tolerances.device(device.backend());
        List<DynamicTest> tests = new ArrayList<>();
        for (int first = 0; first < all.size(); first += TOGETHER) {
            Backend backend =
                    Devices.open(device.id(), Optional.of(profile), CompilationListener.NONE);
            OPEN.add(backend);
            if (!able.test(backend)) {
                return Stream.of(
                        DynamicTest.dynamicTest(
                                "not on this device", () -> abort("it has no tensor cores")));
            }
            // all of them before the first one runs: what comes later compiles everything anew
            all.subList(first, Math.min(all.size(), first + TOGETHER)).stream()
                    .map(example -> example.record(backend, 0, BATCH))
                    .forEach(example -> tests.add(test(example, tolerance)));
        }
        return tests.stream();
    }

    private static DynamicTest test(ExampleRun.Recorded recorded, double tolerance) {
        ExampleRun example = recorded.of();
        return DynamicTest.dynamicTest(
                example.toString(),
                () -> {
                    Map<String, float[]> expected = example.run(ORACLE, 0, BATCH);
                    Map<String, float[]> actual = recorded.run();
                    expected.forEach(
                            (name, values) ->
                                    ConformanceTest.assertClose(
                                            example + ": " + name,
                                            values,
                                            actual.get(name),
                                            example.tolerance(name, tolerance)));
                });
    }
}
