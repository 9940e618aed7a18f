package dev.getj.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.Pairs;
import dev.getj.data.PairsDescription;
import dev.getj.data.PairsWriter;
import dev.getj.io.GetjException;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.op.LossKind;
import dev.getj.model.ModelConfig;
import dev.getj.model.Precision;
import dev.getj.train.OptimizerSettings;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** A study of a pair set that is there, of images of two channels and three classes. */
class GivenPairsTest {
    private static final ModelConfig.Images IMAGES = new ModelConfig.Images(8, 2, 3);
    private static final int ELEMENTS = 2 * 8 * 8;
    private static final int COUNT = 40;
    private static final int HELD_OUT = 8;
    private static final StudySettings TINY =
            new StudySettings(
                    List.of(Student.get("get-a", IMAGES, 8, 1)),
                    List.of(Student.vit("vit-a", IMAGES, 8, 1), Student.vit("vit-b", IMAGES, 8, 2)),
                    List.of(
                            Student.vit("vit-deep", IMAGES, 8, 3),
                            Student.get("get-last", IMAGES, 8, 1).supervisedAtLast()),
                    LossKind.L2,
                    new OptimizerSettings(1e-3, 0.9, 0.999, 1e-8, 0, 2, 0.5),
                    4,
                    List.of(2L, 8L, 32L),
                    4,
                    2,
                    20);

    @TempDir private Path folder;

    private long steps;

    private final StudyListener listener =
            new StudyListener() {
                @Override
                public void begin(String part, String unit, long total) {
                    // only the steps count
                }

                @Override
                public void at(long done, String figures) {
                    steps += figures.isEmpty() ? 0 : 1;
                }

                @Override
                public void note(String line) {
                    // nothing is checked of it
                }
            };

    @BeforeEach
    void writeTheSet() {
        Random random = new Random(7);
        float[] noise = new float[COUNT * ELEMENTS];
        float[] image = new float[noise.length];
        for (int e = 0; e < noise.length; e++) {
            noise[e] = (float) random.nextGaussian();
            image[e] = (float) Math.tanh(noise[e]);
        }
        PairsDescription description =
                new PairsDescription(COUNT, 2, 8, 3, "a teacher", 0, Map.of("steps", "9"))
                        .withHeldOut(HELD_OUT);
        try (PairsWriter writer = new PairsWriter(set(), description)) {
            writer.add(noise, image, IntStream.range(0, COUNT).map(i -> i % 3).toArray(), COUNT);
            writer.finish();
        }
    }

    private Path set() {
        return folder.resolve("set");
    }

    private PairSource.Given given(Long heldOut) {
        try (Pairs pairs = Pairs.open(set())) {
            return PairSource.Given.of(set(), pairs, heldOut);
        }
    }

    private Study study(Path out, Question... questions) {
        return new Study(
                TINY,
                EnumSet.copyOf(List.of(questions)),
                1,
                Precision.FLOAT32,
                out,
                () -> Backends.jvm(1),
                new Study.Sources(
                        given(null), "the set", () -> Judge.ofNothing(IMAGES, 20), "none"),
                listener);
    }

    @Test
    void errorsAnswerEveryQuestionWhereNothingElseIsKnown() throws IOException {
        Path out = folder.resolve("study");
        Study study = study(out, Question.values());
        assertTrue(study.train(() -> false).complete());
        StudyReport report = study.collect();
        List<Figure> figures = Figures.of(report);
        assertEquals(
                List.of("steps", "parameters", "iterations", "time", "pairs", "loss", "controls")
                        .stream()
                        .map(name -> name + "-error")
                        .toList(),
                figures.stream().map(Figure::name).toList());
        Learned get = report.runs().getFirst();
        assertNull(get.last().frechet());
        assertNull(get.last().accuracy());
        // an image of zeros has the mean square of tanh of noise, about 0.39
        assertTrue(get.last().pairError() > 0.1 && get.last().pairError() < 2, get::toString);
        String page = Files.readString(StudyFiles.write(report, out, listener));
        assertFalse(page.contains("Fréchet"), page);
        double error = figures.getFirst().lines().getFirst().spots().getLast().mean();
        assertTrue(page.contains(String.format(Locale.ROOT, "%.4f (", error)), page);
        assertEquals(
                report.runs(), StudyJson.read(out.resolve("study.json"), StudyReport.class).runs());
    }

    @Test
    void runsLearnFromTheBeginningAndAreMeasuredOnTheEnd() {
        Path out = folder.resolve("study");
        int[] asked = {0};
        // stopped once the pairs are there
        study(out, Question.PAIRS).train(() -> asked[0]++ > 0);
        try (Pairs all = Pairs.open(set());
                Pairs most = Pairs.open(out.resolve("pairs/32"));
                Pairs few = Pairs.open(out.resolve("pairs/8"));
                Pairs heldOut = Pairs.open(out.resolve("pairs/held-out"))) {
            assertEquals(32, most.count());
            assertEquals(HELD_OUT, heldOut.count());
            assertArrayEquals(image(all, 31), image(most, 31));
            assertArrayEquals(image(all, 7), image(few, 7));
            assertArrayEquals(image(all, 32), image(heldOut, 0));
            assertArrayEquals(image(all, 39), image(heldOut, 7));
            assertEquals(all.label(39), heldOut.label(7));
            assertEquals(0, most.description().heldOut());
        }
    }

    private static float[] image(Pairs pairs, long index) {
        float[] image = new float[ELEMENTS];
        pairs.read(index, 0, image.clone(), image);
        return image;
    }

    @Test
    void whatWasStoppedComesToTheSameResult() {
        Path straight = folder.resolve("straight");
        Path halting = folder.resolve("halting");
        Study whole = study(straight, Question.STEPS);
        assertTrue(whole.train(() -> false).complete());
        boolean complete = false;
        for (int session = 0; !complete && session < 20; session++) {
            long most = steps + 3;
            complete = study(halting, Question.STEPS).train(() -> steps >= most).complete();
        }
        assertTrue(complete);
        assertEquals(whole.collect().runs(), study(halting, Question.STEPS).collect().runs());
    }

    @Test
    void thereMustBePairsOfBothKinds() {
        assertEquals(5, given(5L).heldOut());
        GetjException none = assertThrows(GetjException.class, () -> given(0L));
        assertTrue(none.getMessage().contains("keeps no pairs apart"), none::getMessage);
        GetjException all = assertThrows(GetjException.class, () -> given(40L));
        assertTrue(all.getMessage().contains("leaves none of the 40 pairs"), all::getMessage);
    }

    @Test
    void imagesMustBeCutIntoPatches() {
        StudySettings fashion = StudySettings.standard(new ModelConfig.Images(28, 1, 10));
        double get = fashion.get().parameters();
        assertEquals(1, fashion.vits().getFirst().parameters() / get, 0.03);
        ModelConfig.Images odd = new ModelConfig.Images(30, 1, 10);
        GetjException refused =
                assertThrows(GetjException.class, () -> StudySettings.standard(odd));
        assertTrue(refused.getMessage().contains("patches of 4×4"), refused::getMessage);
    }
}
