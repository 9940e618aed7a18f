package dev.getj.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A report as Markdown: every value of every figure, mean and extremes over the seeds. */
final class StudyPage {
    private static final String NONE = "–";

    private StudyPage() {}

    /**
     * @param charts whether the figures' pictures lie beside the page
     */
    static String markdown(StudyReport report, List<Figure> figures, boolean charts) {
        List<String> parts = new ArrayList<>();
        parts.add("# Study");
        parts.add(settings(report));
        parts.add(students(report));
        StudyReport.Baselines known = report.baselines();
        if (known.teacher().frechet() != null) {
            parts.add(baselines(known));
        }
        for (Figure figure : figures) {
            parts.add("## %s: %s".formatted(figure.title(), figure.yTitle()));
            if (charts) {
                parts.add("![%s](%s.png)".formatted(figure.title(), figure.name()));
            }
            parts.add(table(figure, digits(known)));
        }
        if (report.times() != null) {
            parts.add("## Time of sampling");
            parts.add(times(report.times()));
        }
        return String.join("\n\n", parts) + "\n";
    }

    private static String settings(StudyReport report) {
        StudySettings settings = report.settings();
        long seeds = report.runs().stream().mapToLong(Learned::seed).distinct().count();
        return format(
                "%d steps of %d pairs, %s unless said otherwise, learning rate %s, warm-up %d,"
                    + " average %.4f; %d pairs unless said otherwise of: %s. Judged by %d images,"
                    + " mean (least … most) of %d seeds.",
                settings.steps(),
                settings.batch(),
                settings.loss(),
                settings.optimizer().learningRate(),
                settings.optimizer().warmup(),
                settings.optimizer().emaDecay(),
                settings.mostPairs(),
                report.baselines().teacherName(),
                settings.images(),
                seeds);
    }

    // by their cost
    private static String students(StudyReport report) {
        Map<Long, Learned> each = new TreeMap<>();
        report.runs().forEach(run -> each.put(run.multiplyAccumulates(), run));
        List<String> rows =
                each.values().stream()
                        .map(
                                run ->
                                        format(
                                                "| %s | %,d | %.1f |",
                                                run.student(),
                                                run.parameters(),
                                                run.multiplyAccumulates() * 1e-6))
                        .toList();
        return "| student | parameters | million multiply-accumulates an image |\n|---|---|---|\n"
                + String.join("\n", rows);
    }

    private static String baselines(StudyReport.Baselines baselines) {
        return "| images | Fréchet distance | class accuracy |\n|---|---|---|\n"
                + (baselines.strokes() == null
                        ? ""
                        : baseline("other drawn strokes", baselines.strokes()) + "\n")
                + baseline("teacher", baselines.teacher())
                + "\n"
                + baseline("noise", baselines.noise());
    }

    private static String baseline(String name, Quality quality) {
        String accuracy =
                quality.accuracy() == null ? NONE : format("%.1f %%", 100 * quality.accuracy());
        return format("| %s | %.3f | %s |", name, quality.frechet(), accuracy);
    }

    // errors of images with more than strokes in them are told apart by more digits
    private static String digits(StudyReport.Baselines known) {
        return known.strokes() == null ? "%.4f (%.4f … %.4f)" : "%.2f (%.2f … %.2f)";
    }

    private static String table(Figure figure, String digits) {
        List<String> rows = new ArrayList<>();
        rows.add(
                figure.lines().stream()
                        .map(Figure.Line::name)
                        .collect(Collectors.joining(" | ", "| " + figure.xTitle() + " | ", " |")));
        rows.add("|---" + "|---".repeat(figure.lines().size()) + "|");
        for (double x : figure.xs()) {
            rows.add(
                    figure.lines().stream()
                            .map(line -> cell(line, x, digits))
                            .collect(Collectors.joining(" | ", "| " + number(x) + " | ", " |")));
        }
        return String.join("\n", rows);
    }

    private static String cell(Figure.Line line, double x, String digits) {
        return line.spots().stream()
                .filter(spot -> spot.x() == x)
                .map(spot -> format(digits, spot.mean(), spot.least(), spot.most()))
                .findFirst()
                .orElse(NONE);
    }

    private static String number(double x) {
        return x == Math.rint(x) ? format("%,d", (long) x) : format("%.3g", x);
    }

    private static String times(Times times) {
        return format(
                        "On %s, %d images at once.%n%n| student | iterations | milliseconds an"
                                + " image |%n|---|---|---|%n",
                        times.device(), times.batch())
                + times.entries().stream()
                        .map(
                                entry ->
                                        format(
                                                "| %s | %s | %.4f |",
                                                entry.student(),
                                                entry.iterations() == 0 ? NONE : entry.iterations(),
                                                entry.milliseconds()))
                        .collect(Collectors.joining("\n"));
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
