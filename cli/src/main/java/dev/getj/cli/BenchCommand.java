package dev.getj.cli;

import dev.getj.kernels.Backend;
import dev.getj.model.ModelConfig;
import dev.getj.model.Precision;
import dev.getj.train.Benchmark;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code getj bench}: how fast a network is on this machine. */
@Command(
        name = "bench",
        description = "Time sampling or training of a network with random weights on this machine.")
final class BenchCommand implements Callable<Integer> {
    @Mixin private CommonOptions common;
    @Mixin private NetworkOptions network;
    @Mixin private StepOptions step;

    @Parameters(
            paramLabel = "sample|train",
            description = "What to time: images from noise, or a training step.")
    private StepOptions.Work work;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "10",
            description = "Timed runs (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "5",
            description = "Runs before them, while Java compiles (default: ${DEFAULT-VALUE}).")
    private int warmup;

    @Override
    public Integer call() {
        ModelConfig config = network.config();
        try (Backend backend = common.backend()) {
            common.note(config.describe());
            common.note(backend.description());
            Precision used = step.precision().of(work, common, backend, config);
            Benchmark benchmark = step.benchmark(backend, config);
            Benchmark.Times times =
                    switch (work) {
                        case SAMPLE -> benchmark.sample(warmup, runs, used);
                        case TRAIN -> benchmark.train(warmup, runs, step.recompute(), used);
                    };
            common.print(
                    times,
                    () ->
                            String.format(
                                    Locale.ROOT,
                                    "%s of %d images: median %.1f ms (%.1f to %.1f), %.2f images a"
                                            + " second, %.1f GFLOP/s",
                                    work == StepOptions.Work.SAMPLE ? "sampling" : "training step",
                                    step.batch(),
                                    times.medianMs(),
                                    times.minMs(),
                                    times.maxMs(),
                                    times.imagesPerSecond(),
                                    times.gflops()));
            return 0;
        }
    }
}
