package dev.getj.cli;

import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.CompilationListener;
import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.DeviceException;
import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.Products;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.device.Devices;
import dev.getj.kernels.selftest.Outcome;
import dev.getj.kernels.selftest.SelfTest;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The self-test of a device: on demand, and by itself on its first use. */
final class DeviceTest {
    private DeviceTest() {}

    /**
     * Tests the device if it has not passed yet, with that library.
     *
     * @throws DeviceException naming the kernel, if one is off
     */
    static void onFirstUse(
            DeviceDescription device, ProductsOption.Chosen products, CommonOptions common) {
        TestedDevices tested = tested(products);
        if (tested.contains(device)) {
            return;
        }
        common.note(
                "first use of %s (%s%s): comparing its kernels with the JVM's"
                        .formatted(
                                device.id(),
                                device.name(),
                                products.library().map(it -> ", " + it.name()).orElse("")));
        List<Outcome> outcomes;
        Optional<DeviceProfile> profile = new DeviceProfiles().load(device);
        try (Backend backend = open(device, profile, products)) {
            outcomes = run(backend, common);
        }
        refuseIfOff(device.id(), outcomes);
        remember(tested, device, common);
    }

    /** The devices that have passed, with a library or without. */
    static TestedDevices tested(ProductsOption.Chosen products) {
        return products.library()
                .map(it -> new TestedDevices(DeviceKeys.running().with(it)))
                .orElseGet(TestedDevices::new);
    }

    /** A backend to test, whose products are exact. */
    static Backend open(
            DeviceDescription device,
            Optional<DeviceProfile> profile,
            ProductsOption.Chosen products) {
        Products exact = products.library().isPresent() ? Products.LIBRARY : Products.JAVA;
        return Devices.open(device.id(), profile, exact, CompilationListener.NONE);
    }

    /** Runs every kernel on {@code backend} and on the JVM. */
    static List<Outcome> run(Backend backend, CommonOptions common) {
        try (Backend trusted = Backends.jvm(common.threads());
                Progress progress =
                        common.progress("self-test", "launches", SelfTest.examples(backend))) {
            return SelfTest.run(backend, trusted, progress::at);
        }
    }

    /**
     * Remembers that all was well; where that cannot be written, the test is run again next time.
     */
    static void remember(TestedDevices tested, DeviceDescription device, CommonOptions common) {
        try {
            tested.add(device);
        } catch (GetjException unwritable) {
            common.note("the self-test will be repeated: " + unwritable.getMessage());
        }
    }

    /**
     * Measures the device, for kernels to be chosen by.
     *
     * @throws DeviceException if it fails
     */
    static DeviceProfile measure(DeviceDescription device, CommonOptions common) {
        common.note("measuring %s (%s)".formatted(device.id(), device.name()));
        return Devices.measure(device.id());
    }

    /** Keeps what was measured; where that cannot be written, the profile stays as it was. */
    static void keep(DeviceProfile profile, DeviceDescription device, CommonOptions common) {
        try {
            common.note("device profile: " + new DeviceProfiles().store(device, profile));
        } catch (GetjException unwritable) {
            common.note("the device profile is not kept: " + unwritable.getMessage());
        }
    }

    static void refuseIfOff(String id, List<Outcome> outcomes) {
        List<Outcome> off = outcomes.stream().filter(outcome -> !outcome.passed()).toList();
        if (off.isEmpty()) {
            return;
        }
        throw new DeviceException(
                "device %s is not used, it gets %s wrong%s (%s); 'getj doctor --device %s' tells more"
                        .formatted(
                                id,
                                off.getFirst().kernel(),
                                off.size() == 1 ? "" : " and %s more".formatted(off.size() - 1),
                                verdict(off.getFirst()),
                                id));
    }

    private static String verdict(Outcome outcome) {
        return outcome.failure().isEmpty()
                ? String.format(
                        Locale.ROOT,
                        "%s: off by %.1e of the largest value",
                        outcome.shape(),
                        outcome.error())
                : outcome.shape() + ": " + outcome.failure();
    }

    /** A line for each launch. */
    static String table(List<Outcome> outcomes) {
        StringBuilder table =
                new StringBuilder("%-24s %-28s %10s%n".formatted("kernel", "shape", "error"));
        for (Outcome outcome : outcomes) {
            String error =
                    outcome.failure().isEmpty()
                            ? String.format(Locale.ROOT, "%.1e", outcome.error())
                            : "-";
            table.append(
                    "%-24s %-28s %10s%s%n"
                            .formatted(
                                    outcome.kernel(),
                                    outcome.shape(),
                                    error,
                                    outcome.passed() ? "" : "  OFF  " + outcome.failure()));
        }
        return table.toString();
    }
}
