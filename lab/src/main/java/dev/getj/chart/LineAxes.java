package dev.getj.chart;

import dev.getj.picture.Fonts;

import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import java.util.Locale;

/**
 * The axes of a chart of named lines, and the look of it; both axes begin at 0. Needs no screen.
 *
 * @param logarithmic whether the y axis is, which then begins anywhere
 */
public record LineAxes(String title, String xTitle, String yTitle, boolean logarithmic) {
    private static final int WIDTH = 1200;
    private static final int HEIGHT = 720;
    private static final Color INK = new Color(0x374151);
    private static final Color GRID = new Color(0xE5E7EB);
    private static final List<Color> COLORS =
            List.of(
                    new Color(0x1D4ED8),
                    new Color(0xDC2626),
                    new Color(0x059669),
                    new Color(0xD97706),
                    new Color(0x7C3AED));

    /** How lines are drawn. */
    public static final BasicStroke STROKE =
            new BasicStroke(4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);

    /** The color of line {@code i}, counted from 0; some lines share one if there are many. */
    public static Color color(int i) {
        return COLORS.get(i % COLORS.size());
    }

    /**
     * A chart without lines.
     *
     * @throws dev.getj.io.GetjException if there are no fonts
     */
    public XYChart chart() {
        Fonts.require();
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(title)
                        .xAxisTitle(xTitle)
                        .yAxisTitle(yTitle)
                        .build();
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
        chart.getStyler().setMarkerSize(8);
        chart.getStyler()
                .setAxisTitleFont(font)
                .setAxisTickLabelsFont(font)
                .setAxisTickLabelsColor(INK)
                .setAxisTicksLineVisible(false)
                .setAxisTickPadding(10)
                .setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(new BasicStroke(2f))
                .setXAxisMin(0.0)
                .setYAxisLogarithmic(logarithmic);
        if (!logarithmic) {
            chart.getStyler().setYAxisMin(0.0);
        }
        return chart;
    }
}
