package dev.getj.profile;

import dev.getj.chart.ChartTheme;
import dev.getj.picture.Fonts;
import dev.getj.picture.ImageGrid;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.HorizontalBarChart;
import org.knowm.xchart.HorizontalBarChartBuilder;
import org.knowm.xchart.style.AxesChartStyler;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A bar for each kernel, as long as it takes in a step. Needs no screen. */
public final class ProfileChart {
    private static final int LINE = 56;
    private static final int REST = 220;

    private ProfileChart() {}

    /**
     * Draws to a file.
     *
     * @throws dev.getj.io.GetjException if the file cannot be written
     */
    public static void write(Profile profile, String title, Path file) {
        ImageGrid.writePng(draw(profile, title), file);
    }

    /** Draws the kernels, the slowest on top. */
    public static BufferedImage draw(Profile profile, String title) {
        Fonts.require();
        List<Profile.Kernel> kernels = profile.kernels();
        HorizontalBarChart chart =
                new HorizontalBarChartBuilder()
                        .width(ChartTheme.WIDTH)
                        .height(REST + LINE * kernels.size())
                        .title(title)
                        .xAxisTitle("milliseconds a step")
                        .build();
        style(chart);
        List<Double> ms = kernels.stream().map(Profile.Kernel::ms).toList();
        List<String> names = kernels.stream().map(ProfileChart::label).toList();
        chart.addSeries("ms", ms, names).setFillColor(ChartTheme.ACCENT);
        return BitmapEncoder.getBufferedImage(chart);
    }

    private static String label(Profile.Kernel kernel) {
        return String.format(
                Locale.ROOT,
                "%s ×%d: %.2f ms, %.0f %% of roof",
                kernel.name(),
                kernel.calls(),
                kernel.ms(),
                100 * kernel.ofRoof());
    }

    private static void style(HorizontalBarChart chart) {
        ChartTheme.apply(chart.getStyler());
        chart.getStyler().setAvailableSpaceFill(0.7).setLegendVisible(false);
        AxesChartStyler axes = chart.getStyler();
        axes.setPlotGridLinesVisible(false)
                .setYAxisTitleVisible(false)
                // the numbers stand in the labels, and all of these are wanted: XChart takes
                // their distance from the hint for x
                .setXAxisTicksVisible(false)
                .setXAxisTickMarkSpacingHint(LINE / 2);
    }
}
