package dev.getj.demo;

import static dev.getj.page.Html.escape;

import dev.getj.demo.DemoReport.Command;
import dev.getj.demo.DemoReport.Stage;
import dev.getj.page.Html;

import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A demo as one HTML file: pictures and styles are inside, nothing is loaded from elsewhere. */
public final class DemoPage {
    private static final String TEMPLATE = "demo-page.html";

    /** Shades that a bar of stages runs through. */
    private static final int SHADES = 6;

    private DemoPage() {}

    /** The page of {@code report}. */
    public static String html(DemoReport report) {
        DemoReport.Frechet frechet = report.frechet();
        DemoReport.Accuracy accuracy = report.accuracy();
        double longest = frechet.longest();
        return Html.fill(
                Html.resource(DemoPage.class, TEMPLATE),
                Map.ofEntries(
                        Map.entry("theme", Html.theme()),
                        Map.entry("model", escape(report.model())),
                        Map.entry("machine", escape(report.machine())),
                        Map.entry("duration", duration(report.seconds())),
                        Map.entry("pairs", count(report.pairs())),
                        Map.entry("steps", count(report.steps())),
                        Map.entry("loss-first", number(report.lossFirst())),
                        Map.entry("loss-last", number(report.lossLast())),
                        Map.entry("loss-share", share(report)),
                        Map.entry("bar-noise", bar("noise", frechet.noise(), longest)),
                        Map.entry("bar-student", bar("student", frechet.student(), longest)),
                        Map.entry("bar-shipped", bar("shipped", frechet.shipped(), longest)),
                        Map.entry("bar-teacher", bar("teacher", frechet.teacher(), longest)),
                        Map.entry("accuracy-student", percent(accuracy.student())),
                        Map.entry("accuracy-shipped", percent(accuracy.shipped())),
                        Map.entry("accuracy-teacher", percent(accuracy.teacher())),
                        Map.entry("evaluations", times(report.teacherEvaluations(), "evaluation")),
                        Map.entry("iterations", times(report.iterations(), "iteration")),
                        Map.entry("stage-bar", stageBar(report)),
                        Map.entry("stage-list", stageList(report.stages())),
                        Map.entry("loss-curve", Html.image(report.lossCurve(), "Loss over steps")),
                        Map.entry(
                                "teacher",
                                Html.image(report.fromSameNoise().teacher(), "Teacher's images")),
                        Map.entry(
                                "student",
                                Html.image(
                                        report.fromSameNoise().student(),
                                        "The fresh student's images")),
                        Map.entry(
                                "shipped",
                                Html.image(
                                        report.fromSameNoise().shipped(),
                                        "The shipped student's images")),
                        Map.entry("strip", strip(report.strip())),
                        Map.entry("classes", classes(report.classes())),
                        Map.entry(
                                "class-grid",
                                Html.image(report.classGrid(), "Student's images, a row a class")),
                        Map.entry("commands", commands(report.next()))));
    }

    private static String share(DemoReport report) {
        return format("%.0f %%", 100 * report.lossLast() / report.lossFirst());
    }

    private static String percent(double share) {
        return format("%.1f %%", 100 * share);
    }

    private static String bar(String name, double distance, double longest) {
        return format(
                "<div class=\"bar %s\"><span class=\"name\">%s</span>"
                        + "<span class=\"track\"><i style=\"width:%.2f%%\"></i></span>"
                        + "<span class=\"value\">%s</span></div>",
                name, name, longest > 0 ? 100 * distance / longest : 0, number(distance));
    }

    private static String stageBar(DemoReport report) {
        List<Stage> stages = report.stages();
        double total = report.seconds();
        return IntStream.range(0, stages.size())
                .mapToObj(
                        i ->
                                format(
                                        "<i class=\"shade%d\" style=\"width:%.2f%%\"></i>",
                                        i % SHADES,
                                        total > 0 ? 100 * stages.get(i).seconds() / total : 0))
                .collect(Collectors.joining());
    }

    private static String stageList(List<Stage> stages) {
        return IntStream.range(0, stages.size())
                .mapToObj(
                        i ->
                                format(
                                        "<li><i class=\"shade%d\"></i>%s <b>%s</b></li>",
                                        i % SHADES,
                                        escape(stages.get(i).name()),
                                        duration(stages.get(i).seconds())))
                .collect(Collectors.joining("\n"));
    }

    private static String strip(List<BufferedImage> pictures) {
        return IntStream.range(0, pictures.size())
                .mapToObj(
                        i ->
                                format(
                                        "<figure>%s<figcaption>%d</figcaption></figure>",
                                        Html.image(
                                                pictures.get(i),
                                                "After " + times(i + 1, "iteration")),
                                        i + 1))
                .collect(Collectors.joining("\n"));
    }

    private static String classes(List<String> names) {
        return names.stream()
                .map(name -> "<li>" + escape(name) + "</li>")
                .collect(Collectors.joining());
    }

    private static String commands(List<Command> commands) {
        return commands.stream()
                .map(
                        c ->
                                format(
                                        "<li><p>%s</p><pre><code>%s</code></pre></li>",
                                        escape(c.does()), escape(c.line())))
                .collect(Collectors.joining("\n"));
    }

    /** Three significant digits; what has no value is a dash. */
    private static String number(double value) {
        if (!Double.isFinite(value)) {
            return "–";
        }
        int digits = value == 0 ? 0 : 2 - (int) Math.floor(Math.log10(Math.abs(value)));
        return format("%." + Math.clamp(digits, 0, 6) + "f", value);
    }

    private static String count(long value) {
        return format("%,d", value);
    }

    private static String times(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String duration(double seconds) {
        if (seconds < 10) {
            return format("%.1f s", seconds);
        }
        Duration rounded = Duration.ofSeconds(Math.round(seconds));
        return rounded.toMinutes() == 0
                ? rounded.toSeconds() + " s"
                : rounded.toMinutes() + " min " + rounded.toSecondsPart() + " s";
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
