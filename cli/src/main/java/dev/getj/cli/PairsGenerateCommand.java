package dev.getj.cli;

import dev.getj.data.PairsDescription;
import dev.getj.data.Strokes;
import dev.getj.diffusion.HeunSampler;
import dev.getj.diffusion.PairGenerator;
import dev.getj.diffusion.StrokesTeacher;
import dev.getj.diffusion.Teacher;
import dev.getj.diffusion.TrainedDenoiser;
import dev.getj.kernels.Backend;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/** {@code getj pairs generate}: pairs from a teacher. */
@Command(
        name = "generate",
        description = {
            "Make pairs with a teacher, sampled with EDM's deterministic Heun method: one that"
                    + " getj",
            "teacher train made, or else the ideal denoiser of the built-in strokes (digits drawn"
                    + " by",
            "code, 16x16 grey, ten classes)."
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
            names = "--teacher",
            paramLabel = "RUN",
            description = "Run directory of getj teacher train, or a file of its weights.")
    private Path trained;

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
            description = "Drawn images that the ideal denoiser knows (default: 1000).")
    private Integer images;

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
        if (count < 1) {
            throw common.wrongUsage("--count " + count + ": at least 1 pair is needed");
        }
        long begin = System.nanoTime();
        int labelled = trained == null ? ofStrokes() : ofTeacher();
        Result result =
                new Result(out.toString(), count, labelled, (System.nanoTime() - begin) * 1e-9);
        common.print(result, () -> "%d pairs in %s, %.1f s".formatted(count, out, result.seconds));
        return 0;
    }

    /** Makes the pairs, and returns the number of classes. */
    private int ofStrokes() {
        int kinds = classes == null ? Strokes.CLASSES : classes;
        int known = images == null ? 1000 : images;
        StrokesTeacher teacher = new StrokesTeacher(known, kinds, !unconditional, steps);
        try (Backend backend = common.backend();
                Progress progress = common.progress("generating", "pairs", count)) {
            PairsDescription description = teacher.description(count, seed);
            teacher.generate(backend, out, description, (done, _) -> progress.at(done));
        }
        return unconditional ? 0 : kinds;
    }

    private int ofTeacher() {
        if (classes != null || unconditional || images != null) {
            throw common.wrongUsage(
                    "--classes, --unconditional and --images are for the ideal denoiser: leave"
                            + " them out with --teacher");
        }
        HeunSampler sampler = new HeunSampler(steps);
        try (Backend backend = common.backend();
                Teacher teacher = TrainedDenoiser.load(trained, backend, TrainedDenoiser.BATCH);
                Progress progress = common.progress("generating", "pairs", count)) {
            Map<String, String> settings = new TreeMap<>(teacher.settings());
            settings.put("steps", Integer.toString(steps));
            PairsDescription description =
                    new PairsDescription(
                            count,
                            teacher.channels(),
                            teacher.size(),
                            teacher.classes(),
                            "%s, %d Heun steps".formatted(teacher.name(), steps),
                            seed,
                            settings);
            new PairGenerator(backend, teacher, sampler, TrainedDenoiser.BATCH)
                    .generate(out, description, (done, _) -> progress.at(done));
            return teacher.classes();
        }
    }
}
