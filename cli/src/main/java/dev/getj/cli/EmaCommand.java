package dev.getj.cli;

import dev.getj.train.ChosenAverage;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/** {@code getj ema}: averaged weights of a length that is chosen after training. */
@Command(
        name = "ema",
        description = {
            "Average the weights of a run over a length that is chosen now.",
            "From the snapshots that getj train --ema-every left, see docs/training.md."
        })
final class EmaCommand implements Callable<Integer> {
    record Result(String out, long step, double length, int snapshots, double misfit) {}

    @Mixin private CommonOptions common;

    @Option(
            names = "--run",
            paramLabel = "RUN",
            required = true,
            description = "Run directory of getj train.")
    private Path run;

    @Option(
            names = "--length",
            paramLabel = "X",
            defaultValue = "0.1",
            description =
                    "Standard deviation of the average's weighting over the steps taken, up to"
                            + " 0.288 (default: ${DEFAULT-VALUE}).")
    private double length;

    @Option(
            names = "--step",
            paramLabel = "N",
            description = "After which step, one with a snapshot (default: the last that has one).")
    private Long step;

    @Option(
            names = "--out",
            paramLabel = "F.safetensors",
            required = true,
            description = "File of weights to write.")
    private Path out;

    @Override
    public Integer call() {
        OptionalLong at = step == null ? OptionalLong.empty() : OptionalLong.of(step);
        ChosenAverage made = Interrupt.abandoning(() -> ChosenAverage.write(run, length, at, out));
        Result result =
                new Result(out.toString(), made.step(), length, made.snapshots(), made.misfit());
        common.print(
                result,
                () ->
                        String.format(
                                Locale.ROOT,
                                "%s: average of length %s after step %d, from %d snapshots, misfit"
                                        + " %.2g",
                                out,
                                length,
                                result.step,
                                result.snapshots,
                                result.misfit));
        return 0;
    }
}
