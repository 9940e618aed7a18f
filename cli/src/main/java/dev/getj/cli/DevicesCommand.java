package dev.getj.cli;

import dev.getj.kernels.DeviceException;
import dev.getj.kernels.device.Devices;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code getj devices}: what can be computed on here. */
@Command(name = "devices", description = "List what can be computed on here.")
final class DevicesCommand implements Callable<Integer> {
    /** One line of the list; memory in bytes. */
    record Entry(String id, String name, String backend, long memory) {}

    record Result(List<Entry> devices) {}

    @Mixin private CommonOptions common;

    @Override
    public Integer call() {
        Result result = new Result(devices(common));
        common.print(result, () -> table(result.devices()));
        return 0;
    }

    /** Every device that {@code --device} may name here. */
    static List<Entry> devices(CommonOptions common) {
        List<Entry> entries = new ArrayList<>();
        String name = common.threads() + " threads, " + VectorSupport.detect().description();
        entries.add(new Entry("jvm", name, "jvm", Runtime.getRuntime().maxMemory()));
        try {
            Devices.list().stream()
                    .map(
                            found ->
                                    new Entry(
                                            found.id(),
                                            found.name(),
                                            found.backend(),
                                            found.memory()))
                    .forEach(entries::add);
        } catch (DeviceException problem) {
            common.note(problem.getMessage());
        }
        return entries;
    }

    private static String table(List<Entry> devices) {
        StringBuilder table = new StringBuilder();
        for (Entry entry : devices) {
            table.append(
                    String.format(
                            Locale.ROOT,
                            "%-10s %-10s %-40s %s%n",
                            entry.id(),
                            entry.backend(),
                            entry.name(),
                            Bytes.text(entry.memory())));
        }
        return table.toString();
    }
}
