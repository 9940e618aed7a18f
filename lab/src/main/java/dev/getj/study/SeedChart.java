package dev.getj.study;

import dev.getj.chart.ChartTheme;
import dev.getj.chart.LineAxes;
import dev.getj.picture.ImageGrid;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.stream.DoubleStream;

/** A figure as a picture: a line through the means, a dot for each seed. Needs no screen. */
final class SeedChart {
    private SeedChart() {}

    /**
     * Draws to a file.
     *
     * @throws dev.getj.io.GetjException if the file cannot be written, or there are no fonts
     */
    static void write(Figure figure, Path file) {
        ImageGrid.writePng(draw(figure), file);
    }

    static BufferedImage draw(Figure figure) {
        XYChart chart =
                new LineAxes(figure.title(), figure.xTitle(), figure.yTitle(), figure.overDecades())
                        .chart();
        for (int i = 0; i < figure.lines().size(); i++) {
            add(chart, figure.lines().get(i), ChartTheme.color(i));
        }
        return BitmapEncoder.getBufferedImage(chart);
    }

    private static void add(XYChart chart, Figure.Line line, Color color) {
        double[] x = line.spots().stream().mapToDouble(Figure.Spot::x).toArray();
        double[] mean = line.spots().stream().mapToDouble(Figure.Spot::mean).toArray();
        XYSeries means = chart.addSeries(line.name(), x, mean);
        means.setMarker(x.length == 1 ? SeriesMarkers.DIAMOND : SeriesMarkers.NONE)
                .setMarkerColor(color)
                .setLineColor(color)
                .setLineStyle(ChartTheme.STROKE);
        double[] all =
                line.spots().stream()
                        .flatMapToDouble(spot -> DoubleStream.of(spot.values()))
                        .toArray();
        double[] at =
                line.spots().stream()
                        .flatMapToDouble(
                                spot -> DoubleStream.generate(spot::x).limit(spot.values().length))
                        .toArray();
        XYSeries seeds = chart.addSeries(line.name() + ", seeds", at, all);
        seeds.setShowInLegend(false);
        seeds.setMarker(SeriesMarkers.CIRCLE)
                .setMarkerColor(color)
                .setLineStyle(new BasicStroke(0f))
                .setLineColor(new Color(0, true));
    }
}
