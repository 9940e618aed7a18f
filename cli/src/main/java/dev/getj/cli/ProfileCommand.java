package dev.getj.cli;

import dev.getj.kernels.Backend;
import dev.getj.model.ModelConfig;
import dev.getj.model.Precision;
import dev.getj.profile.Profile;
import dev.getj.profile.ProfileChart;
import dev.getj.profile.Profiler;
import dev.getj.profile.ProgramListing;
import dev.getj.train.Benchmark;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** {@code getj profile}: where the time goes. */
@Command(
        name = "profile",
        description = {
            "Show where the time of sampling or training goes, kernel by kernel, and how near each"
                    + " kernel is to what the device does at best.",
            "The network has random weights; every kernel is run and timed by itself."
        })
final class ProfileCommand implements Callable<Integer> {
    @Mixin private CommonOptions common;
    @Mixin private NetworkOptions network;
    @Mixin private StepOptions step;

    @Parameters(
            paramLabel = "sample|train",
            arity = "0..1",
            defaultValue = "sample",
            description = "What to look into (default: ${DEFAULT-VALUE}).")
    private StepOptions.Work work;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "5",
            description = "Measured steps (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "5",
            description = "Steps before them, while Java compiles (default: ${DEFAULT-VALUE}).")
    private int warmup;

    @Option(
            names = "--print",
            description = {
                "Print the programs of a step instead of running them: operation, FLOPs, bytes,"
                        + " shapes."
            })
    private boolean print;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Write a time line of one step, for ui.perfetto.dev.")
    private Path trace;

    @Option(
            names = "--chart",
            paramLabel = "FILE.png",
            description = "Draw the table as a picture.")
    private Path chart;

    private String device;
    private Precision used;

    @Override
    public Integer call() {
        ModelConfig config = network.config();
        common.note(config.describe());
        if (print) {
            ProgramListing listing = ProgramListing.of(this::prepared);
            common.print(listing, listing::text);
            return 0;
        }
        Supplier<Backend> backends = common.backends();
        Profiler profiler = new Profiler(backends, this::prepared, warmup, runs);
        Profiler.Measured measured = profiler.run(common::note);
        String title =
                String.format(
                        Locale.ROOT,
                        "%s, %s, batch %d, %s, %s: %.1f ms a step",
                        config.name(),
                        work == StepOptions.Work.SAMPLE ? "sampling" : "training",
                        step.batch(),
                        device,
                        used,
                        measured.profile().stepMs());
        if (trace != null) {
            measured.trace().write(trace);
        }
        if (chart != null) {
            ProfileChart.write(measured.profile(), title, chart);
        }
        common.print(measured.profile(), () -> title + "\n" + table(measured.profile()));
        return 0;
    }

    private Runnable prepared(Backend backend) {
        device = backend.description();
        ModelConfig config = network.config();
        Benchmark benchmark = step.benchmark(backend, config);
        PrecisionOption precision = step.precision();
        used = print ? precision.orFloats() : precision.of(work, common, backend, config);
        return switch (work) {
            case SAMPLE -> benchmark.sampling(used);
            case TRAIN -> benchmark.training(step.recompute(), used);
        };
    }

    private static String table(Profile profile) {
        StringBuilder table = new StringBuilder();
        line(
                table,
                "%-24s %6s %10s %7s %9s %8s %8s",
                "kernel",
                "calls",
                "ms",
                "share",
                "GFLOP/s",
                "GB/s",
                "of roof");
        for (Profile.Kernel kernel : profile.kernels()) {
            line(
                    table,
                    "%-24s %6d %10.3f %5.1f %% %9.1f %8.1f %6.0f %%",
                    kernel.name(),
                    kernel.calls(),
                    kernel.ms(),
                    100 * kernel.share(),
                    kernel.gflops(),
                    kernel.gbps(),
                    100 * kernel.ofRoof());
        }
        line(
                table,
                "%nall kernels, by the %s clock: %.1f ms; their launches, each by itself, by the"
                    + " wall clock: %.1f ms, of which a launch that does nothing takes %.3f; the"
                    + " step as it usually runs: %.1f ms",
                profile.deviceClock() ? "device's" : "wall",
                profile.kernelsMs(),
                profile.launchesMs(),
                profile.roof().launchMs(),
                profile.stepMs());
        if (profile.mixedShare() > 0) {
            line(table, "on tensor cores, in 16 bits: %.0f %% of it", 100 * profile.mixedShare());
        }
        line(
                table,
                "to the device %s in %.2f ms, from it %s in %.2f ms",
                Bytes.text(profile.uploadBytes()),
                profile.uploadMs(),
                Bytes.text(profile.downloadBytes()),
                profile.downloadMs());
        line(
                table,
                "warm-up %.0f ms, of it the first step %.0f ms; Java's compilers worked %.0f ms",
                profile.warmUpMs(),
                profile.firstMs(),
                profile.jitMs());
        if (profile.compilerMs() > 0) {
            line(
                    table,
                    "compiling the kernels, launch by launch: %.0f ms by TornadoVM, %.0f ms by"
                            + " the driver",
                    profile.compilerMs(),
                    profile.driverMs());
        }
        line(
                table,
                "roof, our own kernels: %.1f GFLOP/s in a large product, %s%.1f GB/s in a long"
                        + " copy",
                profile.roof().gflops(),
                profile.roof().mixedGflops() > 0
                        ? String.format(
                                Locale.ROOT,
                                "%.1f with 16-bit factors, ",
                                profile.roof().mixedGflops())
                        : "",
                profile.roof().gbps());
        return table.toString();
    }

    private static void line(StringBuilder table, String format, Object... values) {
        table.append(String.format(Locale.ROOT, format + "%n", values));
    }
}
