package dev.getj.equilibrium;

import dev.getj.chart.ChartTheme;
import dev.getj.chart.LineAxes;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A few named lines over a common axis. Needs no screen.
 *
 * @param logarithmic whether the y axis is; values that are not positive are then left out
 */
public record LineChart(
        String title, String xTitle, String yTitle, boolean logarithmic, List<Line> lines) {
    /** Labels of the x axis are apart by so much of it, where XChart would put one to each x. */
    private static final int LABELS = 16;

    /** A line through the points (x[i], y[i]), x ascending. */
    public record Line(String name, double[] x, double[] y) {
        /**
         * @throws IllegalArgumentException if the lengths differ
         */
        public Line {
            if (x.length != y.length) {
                throw new IllegalArgumentException(
                        "the line %s has %s x and %s y".formatted(name, x.length, y.length));
            }
        }
    }

    /**
     * Draws the chart; what is not finite is left out.
     *
     * @throws IllegalArgumentException if no point is left
     */
    public BufferedImage draw() {
        if (lines.stream().noneMatch(line -> DoubleStream.of(line.y).anyMatch(this::drawable))) {
            throw new IllegalArgumentException("the chart '" + title + "' has no point to draw");
        }
        XYChart chart = new LineAxes(title, xTitle, yTitle, logarithmic).chart();
        double last =
                lines.stream().flatMapToDouble(line -> DoubleStream.of(line.x)).max().orElse(0);
        long apart = Math.max(1, Math.round(last / LABELS));
        chart.setCustomXAxisTickLabelsFormatter(
                x -> Math.round(x) % apart == 0 ? Long.toString(Math.round(x)) : "");
        for (int i = 0; i < lines.size(); i++) {
            add(chart, lines.get(i), ChartTheme.color(i));
        }
        return BitmapEncoder.getBufferedImage(chart);
    }

    private void add(XYChart chart, Line line, Color color) {
        int[] drawn = IntStream.range(0, line.x.length).filter(i -> drawable(line.y[i])).toArray();
        if (drawn.length == 0) {
            return;
        }
        XYSeries series =
                chart.addSeries(
                        line.name,
                        IntStream.of(drawn).mapToDouble(i -> line.x[i]).toArray(),
                        IntStream.of(drawn).mapToDouble(i -> line.y[i]).toArray());
        series.setMarker(SeriesMarkers.CIRCLE);
        series.setMarkerColor(color);
        series.setLineColor(color);
        series.setLineStyle(ChartTheme.STROKE);
    }

    private boolean drawable(double value) {
        return Double.isFinite(value) && (!logarithmic || value > 0);
    }
}
