package dev.getj.study;

import dev.getj.io.AtomicFile;
import dev.getj.io.Claim;
import dev.getj.io.RegularFile;
import dev.getj.io.TemporaryFiles;
import dev.getj.picture.Fonts;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Writes a report: {@code study.json}, {@code study.csv}, {@code study.md}, and a picture for each figure. */
public final class StudyFiles {
    private StudyFiles() {}

    /**
     * Writes all files.
     *
     * @param listener told if there are no fonts to draw charts with
     * @return the page
     * @throws dev.getj.io.GetjException if a file cannot be written
     */
    public static Path write(StudyReport report, Path out, StudyListener listener) {
        try (Claim _ = Turn.await(out)) {
            TemporaryFiles.sweep(out, _ -> false);
            return writeClaimed(report, out, listener);
        }
    }

    private static Path writeClaimed(StudyReport report, Path out, StudyListener listener) {
        List<Figure> figures = Figures.of(report);
        Optional<String> problem = Fonts.problem();
        problem.ifPresentOrElse(
                listener::note,
                () ->
                        figures.forEach(
                                figure ->
                                        SeedChart.write(
                                                figure,
                                                RegularFile.inside(out, figure.name() + ".png"))));
        StudyJson.write(RegularFile.inside(out, "study.json"), report);
        AtomicFile.write(
                RegularFile.inside(out, "study.csv"),
                StudyCsv.of(report.runs()).getBytes(StandardCharsets.UTF_8));
        Path page = RegularFile.inside(out, "study.md");
        String text = StudyPage.markdown(report, figures, problem.isEmpty());
        AtomicFile.write(page, text.getBytes(StandardCharsets.UTF_8));
        return page;
    }
}
