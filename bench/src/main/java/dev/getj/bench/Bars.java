package dev.getj.bench;

import dev.getj.picture.ImageGrid;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler;

import java.awt.Color;
import java.awt.Font;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Bars of several contenders side by side, a group for each piece of work. Needs no screen. */
final class Bars {
    private static final Color[] COLORS = {
        new Color(0x1D4ED8), new Color(0x9CA3AF), new Color(0xF59E0B)
    };
    private static final Color INK = new Color(0x374151);

    private Bars() {}

    /**
     * Draws to a PNG file.
     *
     * @param groups what stands under each group of bars
     * @param heights of each contender, as many as there are groups
     */
    static void write(
            String title,
            String axis,
            List<String> groups,
            Map<String, List<Double>> heights,
            Path file) {
        CategoryChart chart =
                new CategoryChartBuilder()
                        .width(Math.max(1200, 300 + 60 * groups.size()))
                        .height(1000)
                        .title(title)
                        .yAxisTitle(axis)
                        .build();
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 22);
        chart.getStyler()
                .setLocale(Locale.ROOT)
                .setSeriesColors(COLORS)
                .setChartBackgroundColor(Color.WHITE)
                .setChartFontColor(INK)
                .setChartTitleBoxVisible(false)
                .setChartTitleFont(font)
                .setLegendFont(font)
                .setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal)
                .setPlotBorderVisible(false);
        chart.getStyler()
                .setAxisTitleFont(font)
                .setAxisTickLabelsFont(font)
                .setAxisTickLabelsColor(INK)
                .setXAxisLabelRotation(groups.size() > 4 ? 90 : 0)
                // every group has its label: XChart leaves out what it takes to be too near
                .setXAxisTickMarkSpacingHint(1)
                .setYAxisMin(0.0)
                .setPlotGridVerticalLinesVisible(false);
        heights.forEach((name, values) -> chart.addSeries(name, groups, values));
        ImageGrid.writePng(BitmapEncoder.getBufferedImage(chart), file);
    }
}
