package dev.getj.study;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A report as Markdown: every value of every figure, mean and extremes over the seeds. */
final class StudyPage {
    private static final String NONE = "–";

    private static final String COMPARED =
            "Squared errors on held-out pairs, relative to those of another network: geometric mean"
                + " over paired seeds, with the 95 % interval of Student's t. Parameters and"
                + " multiply-accumulates of an image (work) are relative to the same network's.";

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
        if (!report.comparisons().isEmpty()) {
            parts.add("## In numbers");
            parts.add(COMPARED);
            parts.addAll(ComparisonTable.of(report.comparisons()));
        }
        for (Figure figure : figures) {
            parts.add("## %s: %s".formatted(figure.title(), figure.yTitle()));
            if (charts) {
                parts.add("![%s](%s.png)".formatted(figure.title(), figure.name()));
            }
            parts.add(table(figure, digits(figure, known)));
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
                "%d steps of %d pairs, %s unless said otherwise, each network at its own rate after"
                    + " a warm-up of %d steps, gradients clipped to %s (0: not), average %.4f; %d"
                    + " pairs unless said otherwise of: %s. Judged by %d images, mean (least …"
                    + " most) of %d seeds.",
                settings.steps(),
                settings.batch(),
                StudyRun.label(settings.loss()),
                settings.optimizer().warmup(),
                settings.optimizer().clip(),
                settings.optimizer().emaDecay(),
                settings.mostPairs(),
                report.baselines().teacherName(),
                settings.images(),
                seeds);
    }

    // by their cost
    private static String students(StudyReport report) {
        StudySettings settings = report.settings();
        Map<String, Learned> each = new HashMap<>();
        report.runs().forEach(run -> each.put(run.student(), run));
        List<String> rows =
                settings.students()
                        .filter(student -> each.containsKey(student.name()))
                        .sorted(Comparator.comparing(s -> each.get(s.name()).multiplyAccumulates()))
                        .map(
                                student ->
                                        format(
                                                "| %s | %,d | %.1f | %.2e |",
                                                student.name(),
                                                student.parameters(),
                                                each.get(student.name()).multiplyAccumulates()
                                                        * 1e-6,
                                                settings.optimizer(student).learningRate()))
                        .toList();
        return "| student | parameters | million multiply-accumulates an image | rate |\n"
                + "|---|---|---|---|\n"
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

    // errors, and distances of images with more than strokes in them, are told apart by more digits
    private static String digits(Figure figure, StudyReport.Baselines known) {
        return figure.isOfErrors() || known.strokes() == null
                ? "%.4f (%.4f … %.4f)"
                : "%.2f (%.2f … %.2f)";
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
