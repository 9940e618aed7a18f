package dev.getj.cli;

import dev.getj.io.SafetensorsFile;
import dev.getj.kernels.Backend;
import dev.getj.train.GoldenCheck;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.Callable;

/** {@code getj verify}: our numbers against the reference's. */
@Command(
        name = "verify",
        description = {
            "Recompute the entries of a golden file of the PyTorch reference and report how far"
                    + " each is off.",
            "Exits with 1 if an entry is off by more than --tolerance."
        })
final class VerifyCommand implements Callable<Integer> {
    record Result(
            String file, Map<String, GoldenCheck.Difference> entries, List<String> notComputed) {}

    @Mixin private CommonOptions common;

    @Parameters(
            paramLabel = "GOLDEN",
            description = "Safetensors file with parameters, inputs and results.")
    private Path golden;

    @Option(
            names = "--write",
            paramLabel = "OUT",
            description = "Store what was computed under the same keys.")
    private Path write;

    @Mixin private PrecisionOption precision;

    @Option(
            names = "--tolerance",
            paramLabel = "X",
            description =
                    "Largest error that passes, absolute or relative to the largest value of"
                            + " the entry, whichever is smaller (default: 1e-3, in mixed precision"
                            + " 3e-2).")
    private Double given;

    private double tolerance;

    @Override
    public Integer call() {
        tolerance = Objects.requireNonNullElse(given, GoldenCheck.tolerance(precision.orFloats()));
        try (SafetensorsFile file = SafetensorsFile.open(golden);
                Backend backend = common.backend()) {
            SequencedMap<String, float[]> computed =
                    GoldenCheck.compute(backend, file, precision.orFloats());
            if (write != null) {
                GoldenCheck.write(file, computed, write);
            }
            Map<String, GoldenCheck.Difference> differences = GoldenCheck.compare(file, computed);
            List<String> missing =
                    file.names().stream()
                            .filter(name -> name.matches("(eval|train|train_l2|mem|phantom)\\..*"))
                            .filter(name -> !computed.containsKey(name))
                            .toList();
            Result result = new Result(golden.toString(), differences, missing);
            common.print(result, () -> table(result));
            boolean off = differences.entrySet().stream().anyMatch(this::fails);
            return off || differences.isEmpty() ? Errors.FAILED : 0;
        }
    }

    private boolean exceeds(GoldenCheck.Difference difference) {
        return !(Math.min(difference.maxAbs(), difference.maxRel()) <= tolerance);
    }

    private boolean fails(Map.Entry<String, GoldenCheck.Difference> entry) {
        return GoldenCheck.decisive(entry.getKey()) && exceeds(entry.getValue());
    }

    // what stands behind the figures of an entry
    private String mark(String key, GoldenCheck.Difference difference) {
        return !exceeds(difference) ? "" : GoldenCheck.decisive(key) ? "  OFF" : "  *";
    }

    private String table(Result result) {
        StringBuilder table =
                new StringBuilder("%-50s %10s %10s%n".formatted("entry", "max abs", "max rel"));
        result.entries.forEach(
                (key, difference) ->
                        table.append(
                                String.format(
                                        Locale.ROOT,
                                        "%-50s %10.2e %10.2e%s%n",
                                        key,
                                        difference.maxAbs(),
                                        difference.maxRel(),
                                        mark(key, difference))));
        long off = result.entries.entrySet().stream().filter(this::fails).count();
        if (table.toString().contains("  *")) {
            table.append(
                    "* not counted: where a network is no contraction, rounding decides where"
                            + " Anderson goes%n".formatted());
        }
        table.append(
                "%s entries compared, %s off by more than %s"
                        .formatted(result.entries.size(), off, tolerance));
        if (!result.notComputed.isEmpty()) {
            table.append(
                    "; not computed: %s, such as %s"
                            .formatted(result.notComputed.size(), result.notComputed.getFirst()));
        }
        return table.toString();
    }
}
