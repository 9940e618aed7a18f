package dev.getj.chart;

import org.knowm.xchart.style.AxesChartStyler;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import java.util.Locale;

/** The look of every chart; the pages take their colors from the same palette. */
public final class ChartTheme {
    /** Pixels of a chart. */
    public static final int WIDTH = 1600;

    /** Pixels of a chart whose content does not ask for another height. */
    public static final int HEIGHT = 900;

    /** The first color of lines, and the one of bars. */
    public static final Color ACCENT = new Color(0x1D4ED8);

    /** Single values behind their mean. */
    public static final Color PALE = new Color(0xBFD3F2);

    /** How lines are drawn. */
    public static final BasicStroke STROKE = line(5);

    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 26);
    private static final Color INK = new Color(0x374151);
    private static final Color GRID = new Color(0xE5E7EB);
    private static final int PADDING = 24;
    private static final int TICK_PADDING = 12;
    private static final int MARKER = 10;
    private static final List<Color> COLORS =
            List.of(
                    ACCENT,
                    new Color(0xDC2626),
                    new Color(0x059669),
                    new Color(0xD97706),
                    new Color(0x7C3AED),
                    new Color(0x0891B2),
                    new Color(0xDB2777),
                    new Color(0x4B5563));

    private ChartTheme() {}

    /** The color of line {@code i}, counted from 0; some lines share one if there are many. */
    public static Color color(int i) {
        return COLORS.get(i % COLORS.size());
    }

    /** A line of {@code width} pixels. */
    public static BasicStroke line(int width) {
        return new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    }

    /** Applies fonts, colors and spacing; what differs from chart to chart is set afterwards. */
    public static void apply(AxesChartStyler style) {
        style.setLocale(Locale.ROOT)
                .setChartBackgroundColor(Color.WHITE)
                .setChartFontColor(INK)
                .setChartTitleBoxVisible(false)
                .setChartTitleFont(FONT)
                .setChartPadding(PADDING)
                .setLegendFont(FONT)
                .setLegendBorderColor(Color.WHITE)
                .setPlotBorderVisible(false);
        style.setMarkerSize(MARKER);
        style.setAxisTitleFont(FONT)
                .setAxisTickLabelsFont(FONT)
                .setAxisTickLabelsColor(INK)
                .setAxisTicksLineVisible(false)
                .setAxisTickPadding(TICK_PADDING)
                .setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(new BasicStroke(2f))
                .setXAxisMin(0.0);
    }
}
