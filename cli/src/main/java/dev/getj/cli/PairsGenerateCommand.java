package dev.getj.cli;

import dev.getj.data.PairsDescription;
import dev.getj.data.Strokes;
import dev.getj.diffusion.StrokesTeacher;
import dev.getj.diffusion.Teacher;
import dev.getj.diffusion.TeacherPairs;
import dev.getj.kernels.Backend;
import dev.getj.train.distributed.Ranks;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/** {@code getj pairs generate}: pairs from a teacher. */
@Command(
        name = "generate",
        description = {
            "Make pairs with a teacher, sampled with EDM's deterministic Heun method: one that"
                    + " getj",
            "teacher train made, a diffusion model from elsewhere as an ONNX file, or else the"
                    + " ideal",
            "denoiser of the built-in strokes (digits drawn by code, 16x16 grey, ten classes).",
            "What was interrupted is resumed by the same command."
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
            names = "--held-out",
            paramLabel = "P",
            defaultValue = "0",
            description =
                    "The last P of them are to measure on: getj train does not learn from them"
                            + " (default: ${DEFAULT-VALUE}).")
    private long heldOut;

    @Option(
            names = "--classes",
            paramLabel = "K",
            description =
                    "Only the first K digits (default: all ten); with an ONNX file, its classes,"
                            + " if it does not tell.")
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

    @Mixin private TeacherOptions teacher;
    @Mixin private PrecisionOption precision;
    @Mixin private GuidanceOptions guidance;
    @Mixin private ProcessOptions processes;

    @Override
    public Integer call() {
        if (heldOut >= count) {
            throw common.wrongUsage(
                    "--held-out %s leaves none of --count %s pairs to learn from"
                            .formatted(heldOut, count));
        }
        return processes.run(common, this::generate);
    }

    private int generate(Ranks ranks) {
        if (!teacher.given()) {
            precision.requireFloats(common, "the ideal denoiser computes in float32");
            return ofStrokes(ranks);
        }
        if (teacher.onnx()) {
            precision.requireFloats(common, "an ONNX file says its precision itself");
        }
        if (unconditional || images != null || classes != null && !teacher.onnx()) {
            throw common.wrongUsage(
                    "%s--unconditional and --images are for the ideal denoiser: leave them out with --teacher"
                            .formatted(teacher.onnx() ? "" : "--classes, "));
        }
        try (Backend backend = common.backend();
                Teacher opened =
                        guidance.guided(
                                common,
                                backend,
                                teacher.open(
                                        backend,
                                        classes == null ? 0 : classes,
                                        common.threads(),
                                        precision.orFloats()),
                                teacher.batch(),
                                precision.orFloats())) {
            common.note(opened.name());
            TeacherPairs maker = new TeacherPairs(opened, steps, teacher.batch());
            PairsDescription pairs = maker.description(count, seed).withHeldOut(heldOut);
            return make(
                    pairs,
                    (progress, stop) -> maker.generate(backend, ranks, out, pairs, progress, stop));
        }
    }

    private int ofStrokes(Ranks ranks) {
        if (teacher.described() || guidance.given()) {
            throw common.wrongUsage("what describes a teacher needs --teacher");
        }
        int kinds = classes == null ? Strokes.CLASSES : classes;
        int known = images == null ? 1000 : images;
        StrokesTeacher strokes = new StrokesTeacher(known, kinds, !unconditional, steps);
        PairsDescription pairs = strokes.description(count, seed).withHeldOut(heldOut);
        try (Backend backend = common.backend()) {
            return make(
                    pairs,
                    (progress, stop) ->
                            strokes.generate(backend, ranks, out, pairs, progress, stop));
        }
    }

    /** Makes pairs until there are all, or it is told to stop; returns how many there are. */
    private interface Maker {
        long make(dev.getj.data.Progress progress, BooleanSupplier stop);
    }

    private int make(PairsDescription pairs, Maker maker) {
        long begin = System.nanoTime();
        try (Interrupt interrupt = new Interrupt()) {
            long made;
            try (Progress progress = common.progress("generating", "pairs", count)) {
                made = maker.make((done, _) -> progress.at(done), interrupt::requested);
            }
            if (made < count) {
                common.note("stopped and saved after pair " + made + "; the same command resumes");
            }
            double seconds = (System.nanoTime() - begin) * 1e-9;
            Result result = new Result(out.toString(), made, pairs.classes(), seconds);
            common.print(
                    result,
                    () -> String.format(Locale.ROOT, "%d pairs in %s, %.1f s", made, out, seconds));
        }
        return 0;
    }
}
