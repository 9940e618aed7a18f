package dev.getj.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code getj doctor}: what is here, what is missing, and how to get it. */
@Command(
        name = "doctor",
        description = {
            "Check this machine: what is here, what is missing, and how to get it.",
            "Exits with 1 if something that getj needs is missing."
        })
final class DoctorCommand implements Callable<Integer> {
    record Result(List<Check> checks, List<DevicesCommand.Entry> devices) {}

    @Mixin private CommonOptions common;

    @Override
    public Integer call() {
        try {
            List<Check> checks = Checks.all();
            Result result = new Result(checks, DevicesCommand.devices(common));
            common.print(result, () -> text(checks));
            boolean sound = checks.stream().noneMatch(c -> c.state() == Check.State.MISSING);
            return sound ? 0 : Errors.FAILED;
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static String text(List<Check> checks) {
        StringBuilder text = new StringBuilder();
        for (Check check : checks) {
            text.append(
                    String.format("%-8s %-11s %s%n", check.state(), check.name(), check.found()));
            if (!check.advice().isEmpty()) {
                text.append(String.format("%-20s → %s%n", "", check.advice()));
            }
        }
        return text.toString();
    }
}
