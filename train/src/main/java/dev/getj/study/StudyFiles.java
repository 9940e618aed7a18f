package dev.getj.study;

import dev.getj.io.AtomicFile;
import dev.getj.io.Fonts;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Writes a report: {@code study.json}, {@code study.md}, and a picture for each figure. */
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
        List<Figure> figures = Figures.of(report);
        Optional<String> problem = Fonts.problem();
        problem.ifPresentOrElse(
                listener::note,
                () ->
                        figures.forEach(
                                figure ->
                                        SeedChart.write(
                                                figure, out.resolve(figure.name() + ".png"))));
        StudyJson.write(out.resolve("study.json"), report);
        Path page = out.resolve("study.md");
        String text = StudyPage.markdown(report, figures, problem.isEmpty());
        AtomicFile.write(page, text.getBytes(StandardCharsets.UTF_8));
        return page;
    }
}
