package dev.getj.cli;

import dev.getj.equilibrium.TrainingMemory;
import dev.getj.model.ModelConfig;
import dev.getj.picture.ImageGrid;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.concurrent.Callable;

/** {@code getj memory}: what a training step needs. */
@Command(
        name = "memory",
        description = {
            "Count the memory of a training step, for each gradient and number of iterations.",
            "Counts every tensor that the step allocates; nothing is trained."
        })
final class MemoryCommand implements Callable<Integer> {
    record Result(String model, int batch, SequencedMap<String, double[]> megabytes) {}

    @Mixin private CommonOptions common;
    @Mixin private NetworkOptions network;

    @Option(
            names = "--batch",
            paramLabel = "B",
            defaultValue = "128",
            description = "Pairs of one step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--iterations",
            paramLabel = "K",
            defaultValue = "24",
            description = "Most iterations (default: ${DEFAULT-VALUE}).")
    private int iterations;

    @Mixin private PrecisionOption precision;

    @Option(
            names = "--chart",
            paramLabel = "F.png",
            description = "Picture of the memory over the iterations.")
    private Path chart;

    @Override
    public Integer call() {
        ModelConfig config = network.config();
        common.note(config.describe());
        TrainingMemory memory = new TrainingMemory(config, batch, precision.orFloats());
        SequencedMap<String, double[]> curves = memory.measure(iterations);
        if (chart != null) {
            ImageGrid.writePng(memory.chart(curves).draw(), chart);
            common.note("picture: " + chart);
        }
        common.print(new Result(config.name(), batch, curves), () -> table(curves));
        return 0;
    }

    // a line for 1, 2, 4, 6, 8, 12 … iterations and the last
    private String table(SequencedMap<String, double[]> curves) {
        StringBuilder table = new StringBuilder("%-10s".formatted("iterations"));
        curves.keySet().forEach(name -> table.append(" %21s".formatted(name + " MB")));
        for (int k = 1; k <= iterations; k++) {
            if (k > 2 && k % (k <= 8 ? 2 : 4) != 0 && k != iterations) {
                continue;
            }
            int at = k - 1;
            table.append("%n%-10s".formatted(k));
            curves.values()
                    .forEach(
                            curve ->
                                    table.append(String.format(Locale.ROOT, " %21.1f", curve[at])));
        }
        return table.toString();
    }
}
