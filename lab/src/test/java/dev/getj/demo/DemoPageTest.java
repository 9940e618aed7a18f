package dev.getj.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.Strokes;
import dev.getj.demo.DemoReport.Accuracy;
import dev.getj.demo.DemoReport.Command;
import dev.getj.demo.DemoReport.Frechet;
import dev.getj.demo.DemoReport.SideBySide;
import dev.getj.demo.DemoReport.Stage;
import dev.getj.page.Html;
import dev.getj.picture.ImageGrid;
import dev.getj.train.LossChart;

import org.junit.jupiter.api.Test;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import javax.imageio.ImageIO;

class DemoPageTest {
    private final String page = DemoPage.html(report("conditional GET", "runs/demo"));

    @Test
    void nothingIsLoadedFromElsewhere() {
        assertFalse(page.contains("http"), "an address");
        assertFalse(page.contains("<script"), "a script");
        assertFalse(page.contains("<link"), "a link");
        assertFalse(page.contains("url("), "a style's resource");
        assertFalse(page.contains("{{"), "an empty place");
    }

    @Test
    void everyPictureIsInsideAndIntact() throws IOException {
        var images = Pattern.compile("src=\"data:image/png;base64,([^\"]+)\" width=\"(\\d+)\"");
        int count = 0;
        for (var match : images.matcher(page).results().toList()) {
            byte[] png = Base64.getDecoder().decode(match.group(1));
            BufferedImage picture = ImageIO.read(new ByteArrayInputStream(png));
            assertEquals(Integer.parseInt(match.group(2)), picture.getWidth());
            count++;
        }
        assertEquals(1 + 3 + 1 + 8, count);
        assertEquals(count, page.split("<img ", -1).length - 1);
    }

    @Test
    void figuresReadWell() {
        for (String figure :
                List.of(
                        "<b>12,000</b>",
                        "<b>1,500</b>",
                        "0.412 → 0.173",
                        "42 % of the first",
                        "<b>2 min 51 s</b>",
                        "<span class=\"value\">312</span>",
                        "<span class=\"value\">41.5</span>",
                        "<span class=\"value\">5.21</span>",
                        "<span class=\"value\">3.07</span>",
                        "73.4 %",
                        "98.1 %",
                        "99.6 % are of their class",
                        "draw the data <b>1.5 s</b>",
                        "35 evaluations of the denoiser",
                        "6 iterations of its equilibrium")) {
            assertTrue(page.contains(figure), figure);
        }
    }

    @Test
    void barsAreInProportionToTheLongest() {
        assertTrue(page.contains("<i style=\"width:100.00%\">"));
        assertTrue(page.contains("<i style=\"width:13.30%\">"));
    }

    @Test
    void everyTextIsEscaped() {
        String risky = "<b>\"x\" & 'y'</b>";
        String escaped = "&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;";
        String other = DemoPage.html(report(risky, risky));
        assertFalse(other.contains(risky));
        assertEquals(3, other.split(Pattern.quote(escaped), -1).length - 1);
    }

    @Test
    void templatesAndValuesMustMatch() {
        assertEquals("a $1 b", Html.fill("a {{x}} b", Map.of("x", "$1")));
        assertEquals("{{x}}", Html.fill("{{y}}", Map.of("y", "{{x}}")));
        Map<String, String> none = Map.of();
        assertThrows(IllegalArgumentException.class, () -> Html.fill("{{x}}", none));
        Map<String, String> extra = Map.of("x", "1");
        assertThrows(IllegalArgumentException.class, () -> Html.fill("plain", extra));
    }

    /** A demo that went well; {@code model} and {@code folder} go where users' words can. */
    static DemoReport report(String model, String folder) {
        float[] digits = Strokes.images(1, 0, 320);
        return new DemoReport(
                model,
                "2 threads, 512-bit vectors, Java 25",
                12_000,
                1_500,
                0.412,
                0.173,
                new Frechet(312.4, 41.54, 5.21, 3.07),
                new Accuracy(0.734, 0.981, 0.996),
                35,
                6,
                List.of(
                        new Stage("draw the data", 1.5),
                        new Stage("make pairs", 48),
                        new Stage("distil", 101),
                        new Stage("sample and measure", 20)),
                lossCurve(),
                new SideBySide(
                        grid(digits, 64, 8),
                        grid(noisy(digits, 0.3f), 64, 8),
                        grid(noisy(digits, 0.1f), 64, 8)),
                byClass(digits, 16),
                IntStream.range(0, 10).mapToObj(String::valueOf).toList(),
                IntStream.rangeClosed(1, 8)
                        .mapToObj(k -> grid(noisy(digits, 1.6f / k - 0.2f), 5, 1))
                        .toList(),
                List.of(
                        new Command(
                                "Sixteen threes", "./getj sample --run " + folder + " --label 3"),
                        new Command("More training", "./getj train --resume --out " + folder)));
    }

    private static BufferedImage grid(float[] images, int count, int columns) {
        return ImageGrid.grid(images, count, Strokes.CHANNELS, Strokes.SIZE, columns, 1, 1);
    }

    private static BufferedImage byClass(float[] digits, int columns) {
        float[] sorted = new float[Strokes.CLASSES * columns * Strokes.ELEMENTS];
        for (int row = 0; row < Strokes.CLASSES; row++) {
            for (int column = 0; column < columns; column++) {
                int from = (column * Strokes.CLASSES + row) * Strokes.ELEMENTS;
                int to = (row * columns + column) * Strokes.ELEMENTS;
                System.arraycopy(digits, from, sorted, to, Strokes.ELEMENTS);
            }
        }
        return grid(sorted, Strokes.CLASSES * columns, columns);
    }

    private static float[] noisy(float[] images, float amount) {
        Random random = new Random(3);
        float[] noisy = images.clone();
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] += amount * (float) random.nextGaussian();
        }
        return noisy;
    }

    private static BufferedImage lossCurve() {
        Random random = new Random(5);
        double[] steps = IntStream.rangeClosed(1, 1500).asDoubleStream().toArray();
        double[] losses = new double[steps.length];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = 0.15 + 0.27 * Math.exp(-i / 220.0) + 0.012 * random.nextGaussian();
        }
        return LossChart.draw(steps, losses);
    }
}
