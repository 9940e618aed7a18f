package dev.getj.cli;

import dev.getj.data.PairPreview;
import dev.getj.data.PairStatistics;
import dev.getj.data.Pairs;
import dev.getj.picture.ImageGrid;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code getj pairs inspect}: what a pair set holds. */
@Command(name = "inspect", description = "Describe a pair set: count, shapes, labels, ranges.")
final class PairsInspectCommand implements Callable<Integer> {
    @Mixin private CommonOptions common;

    @Parameters(
            paramLabel = "PAIRS",
            description =
                    "Folder or safetensors file of pairs, or a folder of the PyTorch reference.")
    private Path path;

    @Option(
            names = "--grid",
            paramLabel = "F.png",
            description =
                    "Write the first pairs as a picture: rows of noise, below each its images.")
    private Path grid;

    @Override
    public Integer call() {
        try (Pairs pairs = Pairs.open(path);
                Progress progress = common.progress("reading", "pairs", pairs.count())) {
            PairStatistics statistics = PairStatistics.of(pairs, (done, _) -> progress.at(done));
            progress.close();
            if (grid != null) {
                ImageGrid.writePng(PairPreview.of(pairs), grid);
                common.note("picture: " + grid);
            }
            common.print(statistics, () -> text(pairs, statistics));
            return 0;
        }
    }

    private static String text(Pairs pairs, PairStatistics statistics) {
        return String.format(
                Locale.ROOT,
                """
                teacher   %s
                pairs     %d
                images    %d×%d×%d
                classes   %s
                noise     mean %.4f, standard deviation %.4f
                image     %.4f to %.4f
                """,
                pairs.description().teacher(),
                statistics.count(),
                statistics.size(),
                statistics.size(),
                statistics.channels(),
                statistics.classes() == 0
                        ? "none"
                        : statistics.classes()
                                + ", pairs of each: "
                                + Arrays.toString(statistics.labels()),
                statistics.noiseMean(),
                statistics.noiseStd(),
                statistics.imageMin(),
                statistics.imageMax());
    }
}
