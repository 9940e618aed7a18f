package dev.getj.train;

import dev.getj.io.ImageGrid;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The loss over the steps of a run, as a picture. */
final class LossChart {
    private LossChart() {}

    /** @throws dev.getj.io.GetjException if the file cannot be written */
    static void write(List<Metrics.Line> lines, Path file) {
        XYChart chart = new XYChartBuilder()
                .width(800)
                .height(450)
                .title("Training loss")
                .xAxisTitle("step")
                .yAxisTitle("loss of the last state")
                .build();
        double[] steps = lines.stream().mapToDouble(Metrics.Line::step).toArray();
        double[] losses = lines.stream().mapToDouble(Metrics.Line::loss).toArray();
        chart.addSeries("loss", steps, losses).setMarker(SeriesMarkers.NONE);
        ImageGrid.writePng(BitmapEncoder.getBufferedImage(chart), file);
    }
}
