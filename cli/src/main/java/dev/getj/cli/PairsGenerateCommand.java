package dev.getj.cli;

import dev.getj.data.PairsDescription;
import dev.getj.data.Strokes;
import dev.getj.diffusion.StrokesTeacher;
import dev.getj.kernels.Backend;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/** {@code getj pairs generate}: pairs from a teacher. */
@Command(
        name = "generate",
        description = {
            "Make pairs with a teacher: the ideal denoiser of the built-in strokes (digits drawn"
                    + " by",
            "code, 16x16 grey, ten classes), sampled with EDM's deterministic Heun method."
        })
final class PairsGenerateCommand implements Callable<Integer> {
    record Result(String out, long count, int classes, double seconds) {}

    @Mixin private CommonOptions common;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Folder for the pairs.")
    private Path out;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Pairs (default: ${DEFAULT-VALUE}).")
    private long count;

    @Option(
            names = "--classes",
            paramLabel = "K",
            description = "Only the first K digits (default: all ten).")
    private Integer classes;

    @Option(
            names = "--unconditional",
            description = "No labels: the teacher knows all images alike.")
    private boolean unconditional;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Drawn images that the teacher knows (default: ${DEFAULT-VALUE}).")
    private int images;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "0",
            description = "Of the noise (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "18",
            description = "Noise levels of the Heun sampler (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Override
    public Integer call() {
        int kinds = classes == null ? Strokes.CLASSES : classes;
        if (count < 1) {
            throw common.wrongUsage("--count " + count + ": at least 1 pair is needed");
        }
        StrokesTeacher teacher = new StrokesTeacher(images, kinds, !unconditional, steps);
        long begin = System.nanoTime();
        try (Backend backend = common.backend();
                Progress progress = common.progress("generating", "pairs", count)) {
            PairsDescription description = teacher.description(count, seed);
            teacher.generate(backend, out, description, (done, _) -> progress.at(done));
        }
        Result result =
                new Result(
                        out.toString(),
                        count,
                        unconditional ? 0 : kinds,
                        (System.nanoTime() - begin) * 1e-9);
        common.print(result, () -> "%d pairs in %s, %.1f s".formatted(count, out, result.seconds));
        return 0;
    }
}
