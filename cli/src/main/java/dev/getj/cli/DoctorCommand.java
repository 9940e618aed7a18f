package dev.getj.cli;

import dev.getj.kernels.Backend;
import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.selftest.Outcome;
import dev.getj.kernels.selftest.SelfTest;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code getj doctor}: what is here, what is missing, and how to get it. */
@Command(
        name = "doctor",
        description = {
            "Check this machine: what is here, what is missing, and how to get it.",
            "With --device, compare every kernel on that device with the JVM, and measure it,",
            "for the fastest kernels to be chosen from then on.",
            "Exits with 1 if something that getj needs is missing, or a kernel is off."
        })
final class DoctorCommand implements Callable<Integer> {
    record Result(List<Check> checks, List<DevicesCommand.Entry> devices) {}

    record TestResult(String device, String name, boolean passed, List<Outcome> kernels) {}

    @Mixin private CommonOptions common;

    @Override
    public Integer call() {
        return common.deviceGiven() ? test() : look();
    }

    private int test() {
        Optional<DeviceDescription> device = common.device();
        Optional<ProductsOption.Chosen> products = device.map(common::products);
        // what is tested are the kernels that this profile chooses
        Optional<DeviceProfile> profile = device.map(it -> DeviceTest.measure(it, common));
        try (Backend backend =
                device.map(it -> DeviceTest.open(it, profile, products.orElseThrow()))
                        .orElseGet(() -> Backends.jvm(common.threads()))) {
            // the JVM itself is held against plain loops in double
            List<Outcome> outcomes =
                    device.isPresent()
                            ? DeviceTest.run(backend, common)
                            : SelfTest.run(backend, new ReferenceBackend(), _ -> {});
            boolean passed = outcomes.stream().allMatch(Outcome::passed);
            TestResult result =
                    new TestResult(backend.id(), backend.description(), passed, outcomes);
            common.print(result, () -> backend.description() + "\n" + DeviceTest.table(outcomes));
            DeviceTest.refuseIfOff(backend.id(), outcomes);
            device.ifPresent(
                    tested -> {
                        DeviceTest.keep(profile.orElseThrow(), tested, common);
                        DeviceTest.remember(
                                DeviceTest.tested(products.orElseThrow()), tested, common);
                    });
            return 0;
        }
    }

    private int look() {
        List<Check> checks = Checks.all();
        Result result = new Result(checks, DevicesCommand.devices(common));
        common.print(result, () -> text(checks));
        boolean sound = checks.stream().noneMatch(c -> c.state() == Check.State.MISSING);
        return sound ? 0 : Errors.FAILED;
    }

    private static String text(List<Check> checks) {
        StringBuilder text = new StringBuilder();
        for (Check check : checks) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%-8s %-11s %s%n",
                            check.state(),
                            check.name(),
                            check.found()));
            if (!check.advice().isEmpty()) {
                text.append(String.format(Locale.ROOT, "%-20s → %s%n", "", check.advice()));
            }
        }
        return text.toString();
    }
}
