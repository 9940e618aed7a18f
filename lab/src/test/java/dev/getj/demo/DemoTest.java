package dev.getj.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class DemoTest {
    private static final DemoSettings SHORT = DemoSettings.standard().scaled(64, 3, 40);

    private final List<String> stages = new ArrayList<>();
    private final DemoListener listener =
            new DemoListener() {
                private long total;

                @Override
                public void begin(String stage, String unit, long newTotal) {
                    stages.add(stage);
                    total = newTotal;
                }

                @Override
                public void at(long done, String figures) {
                    assertTrue(done >= 1 && done <= total, () -> done + " of " + total);
                }
            };

    @TempDir private Path folder;

    @Test
    void aShortDemoWritesItsPageAndPicturesAndCanBeRunAgain() throws IOException {
        Path out = folder.resolve("demo");
        double loss = run(out).lossLast();
        String page = Files.readString(out.resolve("index.html"));
        assertTrue(page.contains("data:image/png;base64,"), "the page holds its pictures");
        for (String picture :
                List.of(
                        "student.png",
                        "shipped.png",
                        "teacher.png",
                        "samples.png",
                        "run/loss.png")) {
            assertTrue(Files.size(out.resolve(picture)) > 100, picture);
        }
        assertEquals(5, stages.size());
        assertEquals(loss, run(out).lossLast(), "the same demo once more");
    }

    @Test
    void whatIsShippedIsGoodAndNoiseAndAStudentOfThreeStepsAreNot() {
        Demo.Result done = run(folder.resolve("demo"));
        DemoReport.Frechet frechet = done.frechet();
        assertTrue(frechet.noise() > 4 * frechet.teacher(), frechet::toString);
        assertTrue(frechet.student() > 2 * frechet.shipped(), frechet::toString);
        DemoReport.Accuracy accuracy = done.accuracy();
        assertTrue(accuracy.teacher() >= 0.95, accuracy::toString);
        assertTrue(accuracy.shipped() >= 0.9, accuracy::toString);
        assertTrue(accuracy.student() < 0.5, accuracy::toString);
    }

    @Test
    void aFolderOfSomebodyElseIsLeftAlone() throws IOException {
        Files.writeString(folder.resolve("thesis.tex"), "dear");
        GetjException refused = assertThrows(GetjException.class, () -> run(folder));
        assertTrue(refused.getMessage().contains("choose another --out"), refused::getMessage);
        assertEquals("dear", Files.readString(folder.resolve("thesis.tex")));
    }

    private Demo.Result run(Path out) {
        try (Backend backend = Backends.jvm(2)) {
            return new Demo(backend, SHORT, out, listener).run();
        }
    }
}
