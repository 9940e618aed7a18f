package dev.getj.profile;

import dev.getj.picture.Fonts;
import dev.getj.picture.ImageGrid;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.HorizontalBarChart;
import org.knowm.xchart.HorizontalBarChartBuilder;
import org.knowm.xchart.style.AxesChartStyler;

import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A bar for each kernel, as long as it takes in a step. Needs no screen. */
public final class ProfileChart {
    private static final int WIDTH = 1600;
    private static final int LINE = 56;
    private static final int REST = 220;

    private static final Color BAR = new Color(0x1D4ED8);
    private static final Color INK = new Color(0x374151);

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
                        .width(WIDTH)
                        .height(REST + LINE * kernels.size())
                        .title(title)
                        .xAxisTitle("milliseconds a step")
                        .build();
        style(chart);
        List<Double> ms = kernels.stream().map(Profile.Kernel::ms).toList();
        List<String> names = kernels.stream().map(ProfileChart::label).toList();
        chart.addSeries("ms", ms, names).setFillColor(BAR);
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
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 24);
        chart.getStyler()
                .setAvailableSpaceFill(0.7)
                .setLocale(Locale.ROOT)
                .setChartBackgroundColor(Color.WHITE)
                .setChartFontColor(INK)
                .setChartTitleBoxVisible(false)
                .setChartTitleFont(font)
                .setChartPadding(24)
                .setLegendVisible(false)
                .setPlotBorderVisible(false);
        AxesChartStyler axes = chart.getStyler();
        axes.setAxisTitleFont(font)
                .setAxisTickLabelsFont(font)
                .setAxisTickLabelsColor(INK)
                .setAxisTicksLineVisible(false)
                .setAxisTickPadding(12)
                .setPlotGridLinesVisible(false)
                .setYAxisTitleVisible(false)
                // the numbers stand in the labels, and all of these are wanted: XChart takes
                // their distance from the hint for x
                .setXAxisTicksVisible(false)
                .setXAxisTickMarkSpacingHint(LINE / 2)
                .setXAxisMin(0.0);
    }
}
