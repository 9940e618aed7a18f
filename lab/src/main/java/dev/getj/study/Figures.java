package dev.getj.study;

import dev.getj.kernels.op.LossKind;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The figures that answer a study's questions, for one measure of quality. */
final class Figures {
    /** A measure of quality. */
    enum Measure {
        ERROR(Figure.ERRORS, "squared error on held-out pairs", true, Quality::pairError),
        FRECHET("", "Fréchet distance", true, Quality::frechet),
        ACCURACY("-accuracy", "class accuracy in %", false, quality -> 100 * quality.accuracy());

        private final String suffix;
        private final String title;
        private final boolean logarithmic;
        private final ToDoubleFunction<Quality> value;

        Measure(String suffix, String title, boolean logarithmic, ToDoubleFunction<Quality> value) {
            this.suffix = suffix;
            this.title = title;
            this.logarithmic = logarithmic;
            this.value = value;
        }
    }

    private final StudyReport report;
    private final Measure measure;

    private Figures(StudyReport report, Measure measure) {
        this.report = report;
        this.measure = measure;
    }

    /**
     * All figures of a report; those of errors only if all runs were measured, as they were not in
     * earlier versions, those of distances only if there was data to compare with, and those of
     * accuracy only if there was a classifier.
     */
    static List<Figure> of(StudyReport report) {
        return Stream.of(Measure.values())
                .filter(measure -> isKnown(measure, report))
                .flatMap(measure -> new Figures(report, measure).all())
                .toList();
    }

    private static boolean isKnown(Measure measure, StudyReport report) {
        return switch (measure) {
            case ERROR ->
                    report.runs().stream()
                            .flatMap(
                                    run ->
                                            Stream.concat(
                                                    run.way().stream().map(Learned.Point::quality),
                                                    run.byIterations().stream()))
                            .allMatch(quality -> quality.pairError() != null);
            case FRECHET -> report.baselines().teacher().frechet() != null;
            case ACCURACY -> report.baselines().teacher().accuracy() != null;
        };
    }

    private Stream<Figure> all() {
        return report.questions().stream().flatMap(this::figures);
    }

    private Stream<Figure> figures(Question question) {
        return switch (question) {
            case STEPS -> Stream.of(steps());
            case PARAMETERS -> Stream.of(parameters());
            case ITERATIONS -> Stream.of(iterations(), time());
            case PAIRS -> Stream.of(pairs());
            case LOSS -> Stream.of(loss());
            case CONTROLS -> Stream.of(controls());
        };
    }

    private Figure steps() {
        StudySettings settings = report.settings();
        List<Figure.Line> lines =
                Stream.of(settings.get(), settings.vits().getFirst(), settings.vits().getLast())
                        .map(student -> way(label(student), usual(student)))
                        .toList();
        return figure("steps", "Quality over training", "steps", lines);
    }

    private Figure loss() {
        StudySettings settings = report.settings();
        List<Figure.Line> lines = new ArrayList<>();
        for (Student student : List.of(settings.get(), settings.vits().getFirst())) {
            for (LossKind loss : LossKind.values()) {
                Predicate<Learned> wanted =
                        run ->
                                run.student().equals(student.name())
                                        && run.pairs() == settings.mostPairs()
                                        && run.loss() == loss;
                lines.add(way(student.name() + ", " + StudyRun.label(loss), wanted));
            }
        }
        return figure("loss", "L1, L2 and pseudo-Huber", "steps", lines);
    }

    private Figure controls() {
        StudySettings settings = report.settings();
        List<Figure.Line> lines =
                Stream.concat(
                                Stream.of(settings.get(), settings.vits().getFirst()),
                                settings.controls().stream())
                        .map(student -> way(label(student), usual(student)))
                        .toList();
        return figure("controls", "Controls", "steps", lines);
    }

    private Figure parameters() {
        StudySettings settings = report.settings();
        List<Figure.Line> lines =
                List.of(byParameters("GET", settings.gets()), byParameters("ViT", settings.vits()));
        return figure(
                "parameters",
                "Quality after %s steps".formatted(settings.steps()),
                "million parameters",
                lines);
    }

    private Figure.Line byParameters(String name, List<Student> students) {
        return new Figure.Line(
                name,
                students.stream()
                        .map(
                                student ->
                                        spot(
                                                student.parameters() * 1e-6,
                                                usual(student),
                                                Learned::last))
                        .toList());
    }

    private Figure pairs() {
        StudySettings settings = report.settings();
        Student get = settings.get();
        List<Figure.Spot> spots =
                settings.pairs().stream()
                        .map(
                                pairs ->
                                        spot(
                                                pairs,
                                                run ->
                                                        run.student().equals(get.name())
                                                                && run.loss() == settings.loss()
                                                                && run.pairs() == pairs,
                                                Learned::last))
                        .toList();
        return figure(
                "pairs",
                "Quality after %s steps".formatted(settings.steps()),
                "pairs",
                List.of(new Figure.Line(get.name(), spots)));
    }

    private Figure iterations() {
        List<Figure.Line> lines =
                report.settings().iterated().stream()
                        .map(get -> new Figure.Line(get.name(), byIterations(get, k -> k)))
                        .toList();
        return figure("iterations", "Iterations in sampling, trained with 6", "iterations", lines);
    }

    private List<Figure.Spot> byIterations(Student get, IntToDoubleFunction x) {
        Predicate<Learned> wanted = usual(get).and(run -> !run.byIterations().isEmpty());
        return IntStream.rangeClosed(1, Training.MOST_ITERATIONS)
                .mapToObj(
                        k -> spot(x.applyAsDouble(k), wanted, run -> run.byIterations().get(k - 1)))
                .toList();
    }

    // the GET at each number of iterations, and the ViTs that were trained
    private Figure time() {
        StudySettings settings = report.settings();
        Student get = settings.get();
        List<Figure.Line> lines = new ArrayList<>();
        lines.add(
                new Figure.Line(
                        "%s, 1 to %s iterations".formatted(get.name(), Training.MOST_ITERATIONS),
                        byIterations(get, k -> milliseconds(get, k))));
        for (Student vit : settings.students().filter(each -> !each.isGet()).toList()) {
            if (report.runs().stream().anyMatch(usual(vit))) {
                Figure.Spot spot = spot(milliseconds(vit, 0), usual(vit), Learned::last);
                lines.add(new Figure.Line(vit.name(), List.of(spot)));
            }
        }
        return figure(
                "time",
                "Time on " + report.times().device(),
                "milliseconds an image, %s at once".formatted(report.times().batch()),
                lines);
    }

    private double milliseconds(Student student, int iterations) {
        return report.times().entries().stream()
                .filter(entry -> entry.student().equals(student.name()))
                .filter(entry -> entry.iterations() == iterations)
                .mapToDouble(Times.Entry::milliseconds)
                .findFirst()
                .orElseThrow();
    }

    private Predicate<Learned> usual(Student student) {
        StudySettings settings = report.settings();
        return run ->
                Objects.equals(student.name(), run.student())
                        && run.loss() == settings.loss()
                        && run.pairs() == settings.mostPairs();
    }

    private Figure.Line way(String name, Predicate<Learned> wanted) {
        List<Long> steps =
                report.runs().stream().filter(wanted).findFirst().orElseThrow().way().stream()
                        .map(Learned.Point::step)
                        .toList();
        return new Figure.Line(
                name,
                IntStream.range(0, steps.size())
                        .mapToObj(
                                i -> spot(steps.get(i), wanted, run -> run.way().get(i).quality()))
                        .toList());
    }

    private Figure.Spot spot(
            double x, Predicate<Learned> wanted, Function<Learned, Quality> quality) {
        return new Figure.Spot(
                x,
                report.runs().stream()
                        .filter(wanted)
                        .map(quality)
                        .mapToDouble(measure.value)
                        .toArray());
    }

    private static String label(Student student) {
        return String.format(Locale.ROOT, "%s, %.2fM", student.name(), student.parameters() * 1e-6);
    }

    private Figure figure(String name, String title, String xTitle, List<Figure.Line> lines) {
        return new Figure(
                name + measure.suffix, title, xTitle, measure.title, measure.logarithmic, lines);
    }
}
