package dev.getj.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.getj.data.Pairs;
import dev.getj.data.Strokes;
import dev.getj.diffusion.StrokesTeacher;
import dev.getj.io.Claim;
import dev.getj.io.GetjException;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.op.LossKind;
import dev.getj.model.ModelConfig;
import dev.getj.model.Precision;
import dev.getj.train.OptimizerSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

class StudyTest {
    private static final StudySettings TINY =
            new StudySettings(
                    List.of(
                            Student.get("get-a", StudySettings.STROKES, 8, 1),
                            Student.get("get-b", StudySettings.STROKES, 8, 2),
                            Student.get("get-c", StudySettings.STROKES, 16, 1)),
                    List.of(
                            Student.vit("vit-a", StudySettings.STROKES, 8, 1),
                            Student.vit("vit-b", StudySettings.STROKES, 8, 2),
                            Student.vit("vit-c", StudySettings.STROKES, 16, 2)),
                    List.of(
                            Student.vit("vit-deep", StudySettings.STROKES, 8, 3),
                            Student.get(
                                    "get-post",
                                    StudySettings.STROKES,
                                    8,
                                    2,
                                    ModelConfig.Norm.POST,
                                    ModelConfig.Start.NOISE),
                            Student.get("get-last", StudySettings.STROKES, 8, 2)
                                    .supervisedAtLast()),
                    LossKind.L2,
                    new OptimizerSettings(1e-3, 0.9, 0.999, 1e-8, 0, 2, 0.5),
                    4,
                    List.of(3L, 12L, 30L),
                    5,
                    2,
                    20);

    @TempDir private Path out;

    private final List<String> begun = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long steps;

    private final StudyListener listener =
            new StudyListener() {
                @Override
                public void begin(String part, String unit, long total) {
                    begun.add(part);
                }

                @Override
                public void at(long done, String figures) {
                    steps += figures.isEmpty() ? 0 : 1;
                }

                @Override
                public void note(String line) {
                    notes.add(line);
                }
            };

    private Study study(StudySettings settings, Set<Question> questions, int seeds, Path folder) {
        return new Study(
                settings,
                questions,
                seeds,
                Precision.FLOAT32,
                folder,
                () -> Backends.jvm(1),
                new Study.Sources(
                        new PairSource.Teacher(
                                _ -> new StrokesTeacher(10, Strokes.CLASSES, true, 2)),
                        "ideal",
                        () -> Judge.ofStrokes(null, settings.images()),
                        "none"),
                listener);
    }

    private Study.State train(Set<Question> questions, Path folder, BooleanSupplier stop) {
        return study(TINY, questions, 1, folder).train(stop);
    }

    @Test
    void questionsShareTheirRuns() {
        List<StudyRun> all = TINY.runs(EnumSet.allOf(Question.class), 2);
        // six students, two more losses of two, two more numbers of pairs, three controls
        assertEquals(2 * 15, all.size());
        assertEquals(all.size(), new HashSet<>(all.stream().map(StudyRun::name).toList()).size());
        assertEquals(3, TINY.runs(EnumSet.of(Question.STEPS), 1).size());
        // the GET is the same, the control that is iterated another
        assertEquals(4, TINY.runs(EnumSet.of(Question.STEPS, Question.ITERATIONS), 1).size());
        assertEquals(5, TINY.runs(EnumSet.of(Question.CONTROLS), 1).size());
        for (int i = 1; i < all.size(); i++) {
            assertTrue(
                    all.get(i - 1).multiplyAccumulates() >= all.get(i).multiplyAccumulates(),
                    "the dearest first, so that processes end together");
        }
    }

    @Test
    void theStandardSizesAreWhatTheyAreCalled() {
        StudySettings standard = StudySettings.standard();
        double get = standard.get().parameters();
        assertEquals(1, standard.vits().getFirst().parameters() / get, 0.02);
        assertEquals(5, standard.vits().getLast().parameters() / get, 0.2);
    }

    @Test
    void aRunIsJudgedAtEqualDistancesAndAtItsEnd() {
        StudySettings uneven = TINY.withSteps(11);
        List<Long> judged = new ArrayList<>();
        for (long step = 1; step <= 11; step++) {
            if (uneven.judgedAt(step)) {
                judged.add(step);
            }
        }
        assertEquals(List.of(5L, 11L), judged);
    }

    @Test
    void everythingIsAnsweredOnceAndWrittenDown() throws IOException {
        EnumSet<Question> all = EnumSet.allOf(Question.class);
        Study study = study(TINY, all, 2, out);
        assertTrue(study.train(() -> false).complete());
        assertEquals(1 + 30, begun.size(), begun::toString);
        StudyReport report = study.collect();
        assertEquals(30, report.runs().size());
        for (Learned learned : report.runs()) {
            assertEquals(List.of(2L, 5L), learned.way().stream().map(Learned.Point::step).toList());
            // images of nothing at all would have about the mean square of the strokes
            double error = learned.last().pairError();
            assertTrue(error > 0.05 && error < 2, () -> learned.student() + " " + error);
        }
        assertTrue(report.baselines().strokes().frechet() < report.baselines().noise().frechet());
        assertEquals(12 + 4, report.times().entries().size());
        assertEquals(
                EnumSet.allOf(Question.class),
                EnumSet.copyOf(report.comparisons().stream().map(Comparison::question).toList()));
        Path page = StudyFiles.write(report, out, listener);
        String text = Files.readString(page);
        for (Figure figure : Figures.of(report)) {
            assertTrue(text.contains("(" + figure.name() + ".png)"), figure.name());
            assertTrue(Files.size(out.resolve(figure.name() + ".png")) > 1000, figure.name());
        }
        assertEquals(
                report.runs(), StudyJson.read(out.resolve("study.json"), StudyReport.class).runs());

        begun.clear();
        Study again = study(TINY, all, 2, out);
        assertTrue(again.train(() -> false).complete());
        assertEquals(List.of(), begun, "nothing is done twice");
        assertEquals(report.times(), again.collect().times(), "nor measured twice");
    }

    @Test
    void iterationsAreCountedFromOneAndSixIsTheUsual() {
        train(EnumSet.of(Question.ITERATIONS), out, () -> false);
        Learned learned = learned(out, TINY.run(TINY.get(), 0));
        assertEquals(12, learned.byIterations().size());
        assertEquals(learned.last(), learned.byIterations().get(5));
        assertFalse(learned.last().equals(learned.byIterations().getFirst()));
    }

    @Test
    void whatWasStoppedGoesOnToTheSameResult() {
        EnumSet<Question> question = EnumSet.of(Question.ITERATIONS);
        Path straight = out.resolve("straight");
        Path halting = out.resolve("halting");
        train(question, straight, () -> false);
        for (int session = 0; session < 4; session++) {
            long most = steps + 2;
            train(question, halting, () -> steps >= most);
        }
        StudyRun run = TINY.run(TINY.get(), 0);
        assertEquals(learned(straight, run), learned(halting, run));
        assertEquals(5, learned(halting, run).way().getLast().step());
    }

    @Test
    void runsOfOtherProcessesAreLeftToThem() {
        StudyRun other = TINY.run(TINY.get(), 0);
        EnumSet<Question> question = EnumSet.of(Question.STEPS);
        try (Claim _ = Claim.take(other.folder(out))) {
            Study.State state = train(question, out, () -> false);
            assertEquals(new Study.State(3, 2, 1), state);
            assertFalse(begun.contains(other.name()), begun::toString);
            assertThrows(
                    IllegalStateException.class, () -> study(TINY, question, 1, out).collect());
        }
        assertTrue(train(question, out, () -> false).complete());
        assertTrue(begun.contains(other.name()), begun::toString);
    }

    @Test
    void pairsAreMadeByOneAndAwaitedByTheOthers() {
        int[] asked = {0};
        Claim making = Claim.take(out.resolve("pairs"));
        Study.State state = train(EnumSet.of(Question.LOSS), out, () -> asked[0]++ > 0);
        assertEquals(0, state.finished());
        assertEquals(List.of("another getj is making the pairs; waiting for it"), notes);
        making.close();
        assertTrue(train(EnumSet.of(Question.LOSS), out, () -> false).complete());
    }

    @Test
    void fewerPairsAreTheFirstOnes() {
        train(EnumSet.of(Question.PAIRS), out, () -> false);
        try (Pairs all = Pairs.open(out.resolve("pairs").resolve("30"));
                Pairs few = Pairs.open(out.resolve("pairs").resolve("12"))) {
            assertEquals(12, few.count());
            assertArrayEquals(pair(all, 11), pair(few, 11));
            assertEquals(all.label(11), few.label(11));
        }
    }

    private static float[] pair(Pairs pairs, long index) {
        float[] both = new float[2 * Strokes.ELEMENTS];
        float[] image = new float[Strokes.ELEMENTS];
        pairs.read(index, 0, both, image);
        System.arraycopy(image, 0, both, Strokes.ELEMENTS, image.length);
        return both;
    }

    @Test
    void studiesWithOtherSettingsAreNotMixed() {
        train(EnumSet.of(Question.ITERATIONS), out, () -> false);
        // more seeds and other questions belong to the same study
        assertNotNull(study(TINY, EnumSet.of(Question.STEPS), 3, out));
        StudySettings longer = TINY.withSteps(6);
        GetjException refused =
                assertThrows(
                        GetjException.class,
                        () -> study(longer, EnumSet.of(Question.LOSS), 1, out));
        assertTrue(refused.getMessage().contains("other settings"), refused::getMessage);
    }

    /** One of earlier versions says nothing of controls, nor of rates and supervision of students. */
    @Test
    void aStudyOfAnEarlierVersionHasOtherSettings() throws IOException {
        train(EnumSet.of(Question.ITERATIONS), out, () -> false);
        Path file = out.resolve("settings.json");
        JsonMapper mapper = new JsonMapper();
        JsonNode root = mapper.readTree(file.toFile());
        ObjectNode settings = (ObjectNode) root.get("settings");
        assertNotNull(settings.remove("controls"));
        for (String kind : List.of("gets", "vits")) {
            for (JsonNode student : settings.get(kind)) {
                assertNotNull(((ObjectNode) student).remove("rate"));
                assertNotNull(((ObjectNode) student).remove("last_alone"));
            }
        }
        mapper.writeValue(file.toFile(), root);
        GetjException refused =
                assertThrows(
                        GetjException.class, () -> study(TINY, EnumSet.of(Question.LOSS), 1, out));
        assertTrue(refused.getMessage().contains("other settings"), refused::getMessage);
    }

    @Test
    void damagedResultsAreNamed() throws IOException {
        StudyRun run = TINY.run(TINY.get(), 0);
        Files.createDirectories(run.folder(out));
        Files.writeString(run.folder(out).resolve("learned.json"), "{\"student\": ");
        GetjException refused =
                assertThrows(
                        GetjException.class,
                        () -> train(EnumSet.of(Question.ITERATIONS), out, () -> false));
        assertTrue(refused.getMessage().contains("learned.json is damaged"), refused::getMessage);
    }

    private static Learned learned(Path out, StudyRun run) {
        return new Training(TINY, run, Precision.FLOAT32, run.folder(out), false).learned();
    }
}
