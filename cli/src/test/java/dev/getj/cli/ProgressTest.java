package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;

class ProgressTest {
    private final StringWriter written = new StringWriter();
    private final PrintWriter err = new PrintWriter(written);

    @Test
    void linesTellCountRateTimeLeftAndFigures() {
        try (Progress progress = new LineProgress("train", "steps", 40, Duration.ZERO, err)) {
            progress.figures("loss 0.250");
            progress.at(10);
            progress.at(40);
        }
        String[] lines = written.toString().split("\\R");
        assertEquals(2, lines.length, written.toString());
        assertTrue(
                lines[0].matches(
                        "train: 10/40 steps \\(25%\\), [\\d.]+/s, [\\d.]+ s left, loss 0\\.250"),
                lines[0]);
        assertTrue(
                lines[1].matches("train: 40 steps in 0\\.\\d s \\([\\d.]+/s\\), loss 0\\.250"),
                lines[1]);
    }

    @Test
    void linesComeOnlyEveryInterval() {
        try (Progress progress =
                new LineProgress("pairs", "images", 1000, Duration.ofHours(1), err)) {
            for (int done = 0; done < 900; done++) {
                progress.at(done);
            }
        }
        assertTrue(written.toString().startsWith("pairs: 899/1000 images in"), written.toString());
        assertEquals(1, written.toString().lines().count());
    }

    @Test
    void theBarEndsFullAndStaysWithinTheTerminal() {
        try (Progress progress = new TerminalProgress("pairs", "images", 200, 80, err)) {
            progress.figures("loss 0.250");
            progress.at(200);
        }
        String[] drawn = written.toString().stripTrailing().split("\r");
        String last = drawn[drawn.length - 1];
        assertTrue(last.startsWith("pairs 100%"), last);
        assertTrue(last.contains("200/200"), last);
        for (String line : drawn) {
            assertTrue(line.length() < 80, line);
        }
    }

    @Test
    void quietShowsNothing() {
        try (Progress progress = Progress.start("pairs", "images", 2, true, err)) {
            progress.at(1);
            progress.at(2);
        }
        assertEquals("", written.toString());
    }

    @Test
    void durationsReadWell() {
        assertEquals("0.5 s", LineProgress.duration(0.5));
        assertEquals("42 s", LineProgress.duration(42));
        assertEquals("1 min 15 s", LineProgress.duration(75));
        assertEquals("2 h 05 min", LineProgress.duration(2 * 3600 + 5 * 60 + 3));
    }

    @Test
    void amountsOfMemoryReadWell() {
        assertEquals("0 B", Bytes.text(0));
        assertEquals("1023 B", Bytes.text(1023));
        assertEquals("1.0 KiB", Bytes.text(1024));
        assertEquals("1.5 KiB", Bytes.text(1536));
        assertEquals("4.0 GiB", Bytes.text(4L << 30));
        assertEquals("8.0 EiB", Bytes.text(Long.MAX_VALUE));
    }
}
