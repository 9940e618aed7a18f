package dev.getj.cli;

import dev.getj.data.PairsDescription;
import dev.getj.data.PairsImport;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/** {@code getj pairs import}: the reference's pair folders into ours. */
@Command(
        name = "import",
        description = {
            "Copy the pairs of the PyTorch reference, folders latent and image of .pkl files, into",
            "a pair set. Training reads such folders in place, too; a pair set is read faster."
        })
final class PairsImportCommand implements Callable<Integer> {
    record Result(String out, long count, int classes, double seconds) {}

    @Mixin private CommonOptions common;

    @Parameters(paramLabel = "DIR", description = "Folder that holds latent and image.")
    private Path source;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Folder for the pairs.")
    private Path out;

    @Override
    public Integer call() {
        long begin = System.nanoTime();
        PairsImport pairs = new PairsImport(source);
        PairsDescription description = Interrupt.abandoning(() -> copied(pairs));
        Result result =
                new Result(
                        out.toString(),
                        description.count(),
                        description.classes(),
                        (System.nanoTime() - begin) * 1e-9);
        common.print(
                result,
                () -> "%d pairs in %s, %.1f s".formatted(result.count, result.out, result.seconds));
        return 0;
    }

    private PairsDescription copied(PairsImport pairs) {
        PairsDescription description = pairs.description();
        try (Progress progress = common.progress("importing", "pairs", description.count())) {
            pairs.copyTo(out, (done, _) -> progress.at(done));
        }
        return description;
    }
}
