package dev.getj.cli;

import dev.getj.data.DataSpec;
import dev.getj.demo.Demo;
import dev.getj.demo.DemoListener;
import dev.getj.demo.DemoSettings;
import dev.getj.kernels.Backend;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code getj demo}: the whole story in minutes. */
@Command(
        name = "demo",
        description = {
            "The whole story in minutes, with a page that shows what came out.",
            "Makes pairs with a shipped teacher, distils them into a one-step sampler, and",
            "shows it beside the shipped one."
        })
final class DemoCommand implements Callable<Integer> {
    private static final String STROKES = "strokes";
    private static final String FASHION = "fashion";

    record Result(
            String out,
            long pairs,
            long steps,
            double lossFirst,
            double lossLast,
            double frechetNoise,
            double frechetStudent,
            double frechetTeacher,
            double seconds,
            double frechetShipped,
            double accuracyStudent,
            double accuracyShipped,
            double accuracyTeacher) {}

    @Mixin private CommonOptions common;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "demo",
            description = "Folder for the page, the pairs and the run (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(
            names = "--data",
            paramLabel = "DATA",
            defaultValue = STROKES,
            description =
                    "strokes: digits drawn by code; fashion: photographs of clothes, Fashion-MNIST,"
                        + " of Debian's package dataset-fashion-mnist, or of your files: mnist:DIR"
                        + " (default: ${DEFAULT-VALUE}).")
    private String data;

    @Mixin private PrecisionOption precision;

    @Override
    public Integer call() {
        DemoSettings settings = settings().withPrecision(precision.orFloats());
        try (Backend backend = common.backend();
                Shown shown = new Shown()) {
            Demo.Result done = new Demo(backend, settings, out, shown).run();
            shown.close();
            Result result =
                    new Result(
                            out.toString(),
                            settings.pairs(),
                            settings.steps(),
                            done.lossFirst(),
                            done.lossLast(),
                            done.frechet().noise(),
                            done.frechet().student(),
                            done.frechet().teacher(),
                            done.seconds(),
                            done.frechet().shipped(),
                            done.accuracy().student(),
                            done.accuracy().shipped(),
                            done.accuracy().teacher());
            common.print(result, () -> text(result, done.page()));
            return 0;
        }
    }

    private DemoSettings settings() {
        if (data.equals(STROKES)) {
            return DemoSettings.standard();
        }
        if (data.equals(FASHION)) {
            return DemoSettings.fashion(DataSpec.parse("builtin:fashion,split=test"));
        }
        if (data.startsWith("mnist:")) {
            return DemoSettings.fashion(DataSpec.parse(data + ",split=test,names=fashion"));
        }
        throw common.wrongUsage(
                "--data %s: it can be strokes, fashion or mnist:DIR".formatted(data));
    }

    private static String text(Result result, Path page) {
        return String.format(
                Locale.ROOT,
                """
                loss      %.3f, at the start %.3f
                Fréchet   %.2f from the data; noise %.2f, shipped student %.2f, teacher %.2f
                classes   %.1f %% right; shipped student %.1f %%, teacher %.1f %%
                time      %.0f s
                page      %s
                """,
                result.lossLast,
                result.lossFirst,
                result.frechetStudent,
                result.frechetNoise,
                result.frechetShipped,
                result.frechetTeacher,
                100 * result.accuracyStudent,
                100 * result.accuracyShipped,
                100 * result.accuracyTeacher,
                result.seconds,
                page);
    }

    private final class Shown implements DemoListener, AutoCloseable {
        private Progress progress;

        @Override
        public void begin(String stage, String unit, long total) {
            close();
            progress = common.progress(stage, unit, total);
        }

        @Override
        public void at(long done, String figures) {
            if (!figures.isEmpty()) {
                progress.figures(figures);
            }
            progress.at(done);
        }

        @Override
        public void close() {
            if (progress != null) {
                progress.close();
                progress = null;
            }
        }
    }
}
