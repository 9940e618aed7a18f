package dev.getj.train;

import dev.getj.chart.ChartTheme;
import dev.getj.picture.Fonts;
import dev.getj.picture.ImageGrid;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The loss over the steps as a picture: every value pale, their running mean strong. The loss axis
 * is logarithmic where the running mean spans more than a decade. The errors of pairs, where they
 * were measured, have an axis of their own on the right. Needs no screen.
 */
public final class LossChart {
    /** More points than this are averaged in equal groups; the picture could not show them. */
    private static final int MOST_POINTS = 2000;

    private LossChart() {}

    /**
     * Draws the chart of a run's metrics to a file.
     *
     * @throws dev.getj.io.GetjException if the file cannot be written
     */
    static void write(List<Metrics.Line> lines, Path file) {
        ImageGrid.writePng(draw(lines), file);
    }

    /**
     * Draws the chart of a run's metrics.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static BufferedImage draw(List<Metrics.Line> lines) {
        double[] steps = lines.stream().mapToDouble(Metrics.Line::step).toArray();
        double[] losses = lines.stream().mapToDouble(Metrics.Line::loss).toArray();
        XYChart chart = chart(steps, losses);
        List<Metrics.Line> measured =
                lines.stream().filter(line -> line.measured().isPresent()).toList();
        if (!measured.isEmpty()) {
            chart.setYAxisGroupTitle(1, "squared error a pixel of pairs");
            chart.getStyler().setYAxisGroupPosition(1, Styler.YAxisPosition.Right);
            addErrors(
                    chart,
                    "held-out pairs",
                    measured,
                    Metrics.Measured::heldOutError,
                    ChartTheme.color(1));
            addErrors(
                    chart,
                    "learned pairs",
                    measured,
                    Metrics.Measured::trainError,
                    ChartTheme.color(2));
        }
        return BitmapEncoder.getBufferedImage(chart);
    }

    private static void addErrors(
            XYChart chart,
            String name,
            List<Metrics.Line> measured,
            ToDoubleFunction<Metrics.Measured> error,
            Color color) {
        double[] steps = measured.stream().mapToDouble(Metrics.Line::step).toArray();
        double[] errors =
                measured.stream()
                        .mapToDouble(line -> error.applyAsDouble(line.measured().orElseThrow()))
                        .toArray();
        if (Arrays.stream(errors).anyMatch(Double::isFinite)) {
            add(chart, name, Curve.of(steps, errors), color, ChartTheme.STROKE).setYAxisGroup(1);
        }
    }

    /**
     * Draws the chart; values that are not finite are left out.
     *
     * @param steps the step of each value, ascending
     * @param losses as many values
     * @throws IllegalArgumentException if the lengths differ or no value is finite
     */
    public static BufferedImage draw(double[] steps, double[] losses) {
        return BitmapEncoder.getBufferedImage(chart(steps, losses));
    }

    private static XYChart chart(double[] steps, double[] losses) {
        Fonts.require();
        Curve raw = Curve.of(steps, losses).thinned(MOST_POINTS);
        Curve mean = raw.smoothed(Math.max(1, raw.size() / 60));
        XYChart chart =
                new XYChartBuilder()
                        .width(ChartTheme.WIDTH)
                        .height(ChartTheme.HEIGHT)
                        .xAxisTitle("step")
                        .yAxisTitle("loss")
                        .build();
        style(chart.getStyler());
        chart.getStyler().setYAxisLogarithmic(raw.positive() && mean.ratio() > 10);
        add(chart, "loss", raw, ChartTheme.PALE, ChartTheme.line(2));
        add(chart, "running mean", mean, ChartTheme.ACCENT, ChartTheme.STROKE);
        return chart;
    }

    private static XYSeries add(
            XYChart chart, String name, Curve curve, Color color, BasicStroke line) {
        Curve drawn = curve.unevenlySpaced();
        XYSeries series = chart.addSeries(name, drawn.steps(), drawn.losses());
        series.setMarker(curve.size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        series.setMarkerColor(color);
        series.setLineColor(color);
        series.setLineStyle(line);
        return series;
    }

    private static void style(XYStyler styler) {
        ChartTheme.apply(styler);
        styler.setChartTitleVisible(false).setLegendPosition(LegendPosition.InsideNE);
        AxesChartStyler axes = styler;
        axes.setXAxisDecimalPattern("#")
                .setXAxisTickMarkSpacingHint(180)
                .setYAxisTickMarkSpacingHint(110);
    }

    /** Finite values over ascending steps. */
    record Curve(double[] steps, double[] losses) {
        static Curve of(double[] steps, double[] losses) {
            if (steps.length != losses.length) {
                throw new IllegalArgumentException(
                        "a loss chart needs a loss for each step, got %s steps and %s losses"
                                .formatted(steps.length, losses.length));
            }
            double[] keptSteps = new double[steps.length];
            double[] keptLosses = new double[steps.length];
            int kept = 0;
            for (int i = 0; i < steps.length; i++) {
                if (Double.isFinite(losses[i])) {
                    keptSteps[kept] = steps[i];
                    keptLosses[kept++] = losses[i];
                }
            }
            if (kept == 0) {
                throw new IllegalArgumentException("a loss chart needs at least one finite loss");
            }
            return new Curve(Arrays.copyOf(keptSteps, kept), Arrays.copyOf(keptLosses, kept));
        }

        int size() {
            return steps.length;
        }

        boolean positive() {
            return Arrays.stream(losses).min().orElseThrow() > 0;
        }

        /** Largest over smallest loss. */
        double ratio() {
            var range = Arrays.stream(losses).summaryStatistics();
            return range.getMax() / range.getMin();
        }

        /** At most {@code most} points, each the mean of as many neighbours. */
        Curve thinned(int most) {
            int group = Math.ceilDiv(size(), most);
            int count = Math.ceilDiv(size(), group);
            double[] newSteps = new double[count];
            double[] newLosses = new double[count];
            for (int i = 0; i < count; i++) {
                int from = i * group;
                int to = Math.min(size(), from + group);
                newSteps[i] = mean(steps, from, to);
                newLosses[i] = mean(losses, from, to);
            }
            return new Curve(newSteps, newLosses);
        }

        /**
         * A straight line through each point's neighbours, up to {@code reach} on either side,
         * taken at the point: their mean, except at the ends, where a mean would lag behind the
         * slope.
         */
        Curve smoothed(int reach) {
            double[] smooth = new double[size()];
            for (int i = 0; i < smooth.length; i++) {
                int from = Math.max(0, i - reach);
                int to = Math.min(smooth.length, i + reach + 1);
                double centre = (from + to - 1) / 2.0;
                double mean = mean(losses, from, to);
                double rise = 0;
                double run = 0;
                double least = Double.POSITIVE_INFINITY;
                for (int j = from; j < to; j++) {
                    rise += (j - centre) * (losses[j] - mean);
                    run += (j - centre) * (j - centre);
                    least = Math.min(least, losses[j]);
                }
                double slope = run == 0 ? 0 : rise / run;
                smooth[i] = Math.max(least, mean + slope * (i - centre));
            }
            return new Curve(steps, smooth);
        }

        /**
         * The same line with one more point on its last piece: XChart labels evenly spaced values
         * at some of those values (0, 79, 158, …), all others at round numbers.
         */
        Curve unevenlySpaced() {
            if (size() < 2) {
                return this;
            }
            return new Curve(withPoint(steps), withPoint(losses));
        }

        private static double[] withPoint(double[] values) {
            int last = values.length - 1;
            double[] more = Arrays.copyOf(values, values.length + 1);
            more[last] = 0.25 * values[last - 1] + 0.75 * values[last];
            more[last + 1] = values[last];
            return more;
        }

        private static double mean(double[] values, int from, int to) {
            double sum = 0;
            for (int i = from; i < to; i++) {
                sum += values[i];
            }
            return sum / (to - from);
        }
    }
}
