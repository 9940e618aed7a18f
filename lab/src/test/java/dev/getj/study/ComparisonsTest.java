package dev.getj.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.op.LossKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Ratios of errors with their intervals, against values computed by hand and from tables. */
class ComparisonsTest {
    private static final StudySettings SETTINGS = StudySettings.standard();

    /** From the tables of any textbook. */
    @ParameterizedTest
    @CsvSource({
        "1, 12.7062",
        "2, 4.3027",
        "3, 3.1824",
        "4, 2.7764",
        "5, 2.5706",
        "9, 2.2622",
        "10, 2.2281",
        "30, 2.0423",
        "120, 1.9799",
        "999, 1.9623"
    })
    void quantilesAreThoseOfTheTables(int freedom, double expected) {
        assertEquals(expected, StudentT.twoSided(0.95, freedom), 6e-5);
    }

    @Test
    void ninetyNinePercentIsWider() {
        assertEquals(9.9248, StudentT.twoSided(0.99, 2), 6e-5);
    }

    /**
     * Ratios 2, 3 and 4: their logarithms have the mean 1.05935 and the standard deviation 0.348237,
     * so the interval of the mean is ± 4.30265 · 0.348237 / √3 = 0.86507.
     */
    @Test
    void anIntervalComputedByHand() {
        PairedRatio ratio =
                PairedRatio.of(new double[] {0.2, 0.9, 2}, new double[] {0.1, 0.3, 0.5});
        assertEquals(2.88450, ratio.mean(), 1e-5);
        assertEquals(1.21443, ratio.low(), 2e-5);
        assertEquals(6.85118, ratio.high(), 2e-5);
    }

    @Test
    void oneSeedHasNoInterval() {
        PairedRatio ratio = PairedRatio.of(new double[] {3}, new double[] {2});
        assertEquals(1.5, ratio.mean(), 1e-12);
        assertNull(ratio.low());
        assertNull(ratio.high());
    }

    /** Errors fall as 1 over the steps, from 30 · factor at step 100. */
    private static Learned learned(Student student, long seed, double factor) {
        List<Learned.Point> way =
                IntStream.of(300, 1500, 3000)
                        .mapToObj(
                                step ->
                                        new Learned.Point(
                                                step,
                                                new Quality(null, null, factor * 3000 / step)))
                        .toList();
        return Learned.nothing(SETTINGS.run(student, seed)).with(way, List.of());
    }

    private static List<Learned> runs() {
        List<Learned> runs = new ArrayList<>();
        for (long seed = 0; seed < 3; seed++) {
            for (Question question : List.of(Question.PARAMETERS, Question.CONTROLS)) {
                for (StudyRun run : question.runs(SETTINGS, seed)) {
                    // the GETs of three seeds have 2, 3 and 4 times the error of all else
                    boolean get = SETTINGS.gets().contains(run.student());
                    runs.add(learned(run.student(), seed, get ? 2 + seed : 1));
                }
            }
        }
        return runs;
    }

    private static Comparison find(List<Comparison> all, String network, String by, String when) {
        return all.stream()
                .filter(each -> each.network().equals(network) && each.by().equals(by))
                .filter(each -> each.when().startsWith(when))
                .findFirst()
                .orElseThrow(() -> new AssertionError(network + " " + by + " " + all));
    }

    @Test
    void stepsAreComparedAtEqualStepsAndAtEqualWork() {
        List<Comparison> all = new Comparisons(SETTINGS, runs()).of(List.of(Question.STEPS));
        assertEquals(6, all.size());
        Comparison equal = find(all, "get-medium", "vit-equal", "after 3,000 steps");
        assertEquals(2.8845, equal.ratio(), 1e-4);
        assertEquals(1.2144, equal.low(), 1e-4);
        assertEquals(3, equal.seeds());
        assertEquals(1, equal.parameters(), 0.01);
        double work = equal.work();
        assertTrue(work > 2.4 && work < 2.6, () -> "work " + work);
        // the GET is stopped when it has done the ViT's work, where its error is still larger
        Comparison worked = find(all, "get-medium", "vit-equal", "after equal work");
        assertEquals(2.8845 * work, worked.ratio(), 5e-3);
        assertTrue(
                worked.when()
                        .endsWith(
                                String.format(
                                        Locale.ROOT, "%,d and 3,000 steps", (long) (3000 / work))));
        Comparison large = find(all, "get-medium", "vit-5x", "after equal work");
        assertEquals(2.8845 * large.work(), large.ratio(), 5e-3);
    }

    @Test
    void networksOfEqualParametersAndOfEqualWorkAreFound() {
        List<String> pairs =
                new Comparisons(SETTINGS, runs())
                        .of(List.of(Question.PARAMETERS)).stream()
                                .map(each -> each.network() + "/" + each.by())
                                .toList();
        assertEquals(
                List.of(
                        "get-small/vit-equal",
                        "get-medium/vit-equal",
                        "get-medium/vit-2x",
                        "get-large/vit-2x",
                        "get-large/vit-5x"),
                pairs);
    }

    @Test
    void controlsStandAgainstTheGetAndTheViTOfItsSize() {
        List<Comparison> all = new Comparisons(SETTINGS, runs()).of(List.of(Question.CONTROLS));
        assertEquals(10, all.size());
        Comparison narrow = find(all, "vit-12", "get-medium", "after 3,000 steps");
        assertEquals(1, narrow.parameters(), 0.01);
        assertEquals(1 / 2.8845, narrow.ratio(), 1e-4);
        Comparison deep = find(all, "vit-deep", "get-medium", "after 3,000 steps");
        assertEquals(1, deep.work(), 0.05);
        assertEquals(1, find(all, "get-last", "vit-equal", "after").ratio(), 1e-12);
    }

    @Test
    void betweenJudgementsErrorsFallAsAPower() {
        Learned run = learned(SETTINGS.get(), 0, 1);
        assertEquals(5, Comparisons.errorAfter(run, 600).orElseThrow(), 1e-9);
        assertTrue(Comparisons.errorAfter(run, 299).isEmpty(), "nothing is known before");
        assertTrue(Comparisons.errorAfter(run, 3001).isEmpty(), "nor after");
    }

    @Test
    void onlySeedsOfBothAreCompared() {
        List<Learned> runs = new ArrayList<>(runs());
        runs.removeIf(run -> run.student().equals("vit-12") && run.seed() == 1);
        Comparison two =
                find(
                        new Comparisons(SETTINGS, runs).of(List.of(Question.CONTROLS)),
                        "vit-12",
                        "get-medium",
                        "after");
        assertEquals(2, two.seeds());
        assertEquals(1 / Math.sqrt(8), two.ratio(), 1e-12);
    }

    @Test
    void theLastStateAloneIsSupervisedWhereThatIsAsked() {
        Student last = SETTINGS.controls().getLast();
        assertEquals(1, SETTINGS.run(last, 0).objective().states());
        assertEquals(6, SETTINGS.run(SETTINGS.get(), 0).objective().states());
    }

    @Test
    void eachNetworkLearnsAtItsOwnRate() {
        StudySettings tuned =
                SETTINGS.learning(LossKind.L2, 7, 0.5, network -> 1.0 / network.width());
        assertEquals(1.0 / 96, tuned.optimizer(tuned.get()).learningRate());
        assertEquals(1.0 / 48, tuned.optimizer(tuned.controls().getFirst()).learningRate());
        assertEquals(7, tuned.optimizer(tuned.get()).warmup());
        assertEquals(0.5, tuned.optimizer(tuned.get()).clip());
        assertEquals(1e-3, SETTINGS.optimizer(SETTINGS.get()).learningRate(), "without its own");
    }

    @Test
    void aSentenceAndATableTellThem() {
        List<Comparison> all = new Comparisons(SETTINGS, runs()).of(List.of(Question.CONTROLS));
        List<String> parts = ComparisonTable.of(all);
        assertEquals(2, parts.size());
        String said =
                "**Controls**, error relative to get-medium after 3,000 steps: vit-12 0.347 (";
        assertTrue(parts.getFirst().startsWith(said), parts::getFirst);
        assertTrue(
                parts.getLast().contains("| vit-12 | get-medium | after 3,000 steps | "),
                parts::getLast);
        String csv = StudyCsv.of(List.of(learned(SETTINGS.get(), 2, 1)));
        assertTrue(csv.endsWith("\nget-medium,pseudo-Huber,8000,2,3000,,1.0,,\n"), csv);
    }
}
