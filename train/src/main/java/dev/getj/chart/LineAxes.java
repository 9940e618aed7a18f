package dev.getj.chart;

import dev.getj.picture.Fonts;

import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/**
 * The axes of a chart of named lines; both begin at 0. Needs no screen.
 *
 * @param logarithmic whether the y axis is, which then begins anywhere
 */
public record LineAxes(String title, String xTitle, String yTitle, boolean logarithmic) {
    /**
     * A chart without lines.
     *
     * @throws dev.getj.io.GetjException if there are no fonts
     */
    public XYChart chart() {
        Fonts.require();
        XYChart chart =
                new XYChartBuilder()
                        .width(ChartTheme.WIDTH)
                        .height(ChartTheme.HEIGHT)
                        .title(title)
                        .xAxisTitle(xTitle)
                        .yAxisTitle(yTitle)
                        .build();
        ChartTheme.apply(chart.getStyler());
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        chart.getStyler().setYAxisLogarithmic(logarithmic);
        if (!logarithmic) {
            chart.getStyler().setYAxisMin(0.0);
        }
        return chart;
    }
}
