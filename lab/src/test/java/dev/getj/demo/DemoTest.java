package dev.getj.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.DataSpec;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

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
    void photographsOfClothesTellTheSameStory() throws IOException {
        writeIdx(folder.resolve("t10k-images-idx3-ubyte"), 12, 28, 28);
        writeIdx(folder.resolve("t10k-labels-idx1-ubyte"), 12);
        DataSpec data = DataSpec.parse("mnist:" + folder + ",split=test,names=fashion");
        Path out = folder.resolve("demo");
        DemoSettings settings = DemoSettings.fashion(data).scaled(16, 2, 10);
        try (Backend backend = Backends.jvm(2)) {
            Demo.Result done = new Demo(backend, settings, out, listener).run();
            assertTrue(done.frechet().noise() > 0, done::toString);
        }
        assertTrue(Files.readString(out.resolve("index.html")).contains("<li>Ankle boot</li>"));
        assertEquals(5, stages.size());
    }

    @Test
    void imagesOfAnotherShapeAreRefusedBeforeAnythingIsWritten() {
        Path out = folder.resolve("demo");
        DemoSettings settings = DemoSettings.fashion(DataSpec.parse("builtin:strokes"));
        try (Backend backend = Backends.jvm(1)) {
            Demo demo = new Demo(backend, settings, out, listener);
            GetjException refused = assertThrows(GetjException.class, demo::run);
            assertEquals(
                    "the images are 16×16×1, the networks of the demo take 28×28×1",
                    refused.getMessage());
        }
        assertTrue(Files.notExists(out));
    }

    /** Bytes that count up, modulo ten where there is one dimension: labels. */
    private static void writeIdx(Path file, int... shape) throws IOException {
        int size = IntStream.of(shape).reduce(1, Math::multiplyExact);
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * shape.length + size);
        bytes.putInt(0x0800 + shape.length);
        IntStream.of(shape).forEach(bytes::putInt);
        for (int i = 0; i < size; i++) {
            bytes.put((byte) (shape.length == 1 ? i % 10 : i));
        }
        Files.write(file, bytes.array());
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
