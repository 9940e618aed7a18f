package dev.getj.study;

import dev.getj.io.Fonts;
import dev.getj.io.ImageGrid;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** A figure as a picture: a line through the means, a dot for each seed. Needs no screen. */
final class SeedChart {
    private static final int WIDTH = 1200;
    private static final int HEIGHT = 720;
    private static final Color INK = new Color(0x374151);
    private static final Color GRID = new Color(0xE5E7EB);
    private static final List<Color> COLORS =
            List.of(
                    new Color(0x1D4ED8),
                    new Color(0xDC2626),
                    new Color(0x059669),
                    new Color(0xD97706));

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
        Fonts.require();
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(figure.title())
                        .xAxisTitle(figure.xTitle())
                        .yAxisTitle(figure.yTitle())
                        .build();
        style(chart, figure);
        for (int i = 0; i < figure.lines().size(); i++) {
            add(chart, figure.lines().get(i), COLORS.get(i % COLORS.size()));
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
                .setLineStyle(new BasicStroke(4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
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

    private static void style(XYChart chart, Figure figure) {
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 22);
        chart.getStyler()
                .setLocale(Locale.ROOT)
                .setChartBackgroundColor(Color.WHITE)
                .setChartFontColor(INK)
                .setChartTitleBoxVisible(false)
                .setChartTitleFont(font)
                .setChartPadding(20)
                .setLegendPosition(LegendPosition.OutsideE)
                .setLegendFont(font)
                .setLegendBorderColor(Color.WHITE)
                .setPlotBorderVisible(false);
        chart.getStyler().setMarkerSize(9);
        chart.getStyler()
                .setAxisTitleFont(font)
                .setAxisTickLabelsFont(font)
                .setAxisTickLabelsColor(INK)
                .setAxisTicksLineVisible(false)
                .setAxisTickPadding(10)
                .setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(new BasicStroke(2f))
                .setXAxisMin(0.0)
                .setYAxisLogarithmic(figure.overDecades());
        if (!figure.overDecades()) {
            chart.getStyler().setYAxisMin(0.0);
        }
    }
}
