package dev.getj.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Figures and tables of made-up results, in which every value can be told from every other. */
class FiguresTest {
    private static final StudySettings SETTINGS = StudySettings.standard();
    private static final int SEEDS = 3;

    private final StudyReport report = report(EnumSet.allOf(Question.class), 0.5);

    /** A run's quality is its number, plus hundredths a step or iteration. */
    private static StudyReport report(EnumSet<Question> questions, Double accuracy) {
        List<Learned> learned = new ArrayList<>();
        for (StudyRun run : SETTINGS.runs(questions, SEEDS)) {
            double base = value(run);
            List<Learned.Point> way =
                    List.of(
                            new Learned.Point(300, quality(base + 0.25, accuracy)),
                            new Learned.Point(3000, quality(base, accuracy)));
            List<Quality> iterations =
                    SETTINGS.iterated().stream()
                                    .anyMatch(get -> run.equals(SETTINGS.run(get, run.seed())))
                            ? IntStream.rangeClosed(1, 12)
                                    .mapToObj(k -> quality(base + k, accuracy))
                                    .toList()
                            : List.of();
            learned.add(Learned.nothing(run).with(way, iterations));
        }
        List<Times.Entry> times = new ArrayList<>();
        IntStream.rangeClosed(1, 12)
                .forEach(k -> times.add(new Times.Entry(SETTINGS.get().name(), k, k / 4.0)));
        SETTINGS.students()
                .filter(student -> !student.isGet())
                .forEach(vit -> times.add(new Times.Entry(vit.name(), 0, 0.125)));
        Quality some = Quality.of(1.5, accuracy);
        return new StudyReport(
                SETTINGS,
                List.copyOf(questions),
                new StudyReport.Baselines("a teacher", some, some, some),
                learned,
                new Times("a device", 64, times),
                new Comparisons(SETTINGS, learned).of(List.copyOf(questions)));
    }

    private static Quality quality(double frechet, Double accuracy) {
        return new Quality(frechet, accuracy, frechet / 2);
    }

    private static double value(StudyRun run) {
        return run.student().parameters() * 1e-4
                + 1000 * run.loss().ordinal()
                + run.pairs()
                + 10 * run.seed();
    }

    private static double[] values(Student student, long pairs, int loss, double more) {
        return IntStream.range(0, SEEDS)
                .mapToDouble(
                        seed ->
                                student.parameters() * 1e-4
                                        + 1000 * loss
                                        + pairs
                                        + 10 * seed
                                        + more)
                .toArray();
    }

    private Figure figure(String name) {
        return Figures.of(report).stream()
                .filter(figure -> figure.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void eachQuestionHasItsFigures() {
        List<String> frechet =
                List.of("steps", "parameters", "iterations", "time", "pairs", "loss", "controls");
        List<String> names = new ArrayList<>();
        frechet.forEach(name -> names.add(name + "-error"));
        names.addAll(frechet);
        frechet.forEach(name -> names.add(name + "-accuracy"));
        assertEquals(names, Figures.of(report).stream().map(Figure::name).toList());
        StudyReport without = report(EnumSet.of(Question.PAIRS), null);
        assertEquals(
                List.of("pairs-error", "pairs"),
                Figures.of(without).stream().map(Figure::name).toList());
        Figure errors = figure("steps-error");
        double[] halves =
                Arrays.stream(figure("steps").lines().get(1).spots().getLast().values())
                        .map(v -> v / 2)
                        .toArray();
        assertArrayEquals(halves, errors.lines().get(1).spots().getLast().values());
    }

    @Test
    void spotsHoldTheValuesOfAllSeeds() {
        int usual = SETTINGS.loss().ordinal();
        Figure steps = figure("steps");
        assertEquals(3, steps.lines().size());
        Figure.Spot first = steps.lines().getFirst().spots().getFirst();
        assertEquals(300, first.x());
        assertArrayEquals(values(SETTINGS.get(), 8000, usual, 0.25), first.values(), 1e-9);

        Figure.Line vits = figure("parameters").lines().getLast();
        assertEquals(1.884272, vits.spots().getLast().x(), 1e-9);
        assertArrayEquals(
                values(SETTINGS.vits().getLast(), 8000, usual, 0),
                vits.spots().getLast().values(),
                1e-9);

        Figure.Line pairs = figure("pairs").lines().getFirst();
        assertArrayEquals(
                new double[] {500, 2000, 8000},
                pairs.spots().stream().mapToDouble(Figure.Spot::x).toArray());
        assertArrayEquals(
                values(SETTINGS.get(), 2000, usual, 0), pairs.spots().get(1).values(), 1e-9);

        Figure.Spot third = figure("time").lines().getFirst().spots().get(2);
        assertEquals(0.75, third.x());
        assertArrayEquals(values(SETTINGS.get(), 8000, usual, 3), third.values(), 1e-9);

        for (Figure.Line line : figure("loss").lines()) {
            int loss = List.of("L1", "L2", "pseudo-Huber").indexOf(line.name().split(", ")[1]);
            Student student =
                    line.name().startsWith("get") ? SETTINGS.get() : SETTINGS.vits().getFirst();
            assertArrayEquals(
                    values(student, 8000, loss, 0), line.spots().getLast().values(), 1e-9);
        }
    }

    @Test
    void thePageTellsMeanAndExtremes() {
        String page = StudyPage.markdown(report, Figures.of(report), true);
        double middle = values(SETTINGS.get(), 500, SETTINGS.loss().ordinal(), 0)[1];
        String row =
                String.format(
                        Locale.ROOT,
                        "| 500 | %.2f (%.2f … %.2f) |",
                        middle,
                        middle - 10,
                        middle + 10);
        assertTrue(page.contains(row), row);
        assertTrue(
                page.contains("| get-medium | 370,960 | 15.0 | 1.00e-03 |"), "the students' sizes");
        assertTrue(page.contains("of 3 seeds"), "how many seeds");
        assertTrue(page.contains("| teacher | 1.500 | 50.0 % |"), "what the teacher comes to");
        assertTrue(page.contains("| get-medium | 3 | 0.7500 |"), "the times");
        assertTrue(page.contains("![Quality over training](steps-accuracy.png)"), "charts");
        String plain = StudyPage.markdown(report, Figures.of(report), false);
        assertTrue(!plain.contains("!["), "no charts where there are none");
    }
}
