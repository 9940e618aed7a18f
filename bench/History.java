import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;

import dev.getj.chart.ChartTheme;
import dev.getj.chart.LineAxes;
import dev.getj.picture.ImageGrid;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Draws the ratios of {@code bench/history.jsonl}, getj's time over that of its best peer in the
 * same run, and prints them. Exits with 1 if a line is not a result.
 *
 * <pre>{@code
 * java --class-path '.getj/app/*' bench/History.java docs/images/history.png
 * }</pre>
 */
final class History {
    private static final Path FILE = Path.of("bench/history.jsonl");

    /** A ratio is written down with two digits. */
    private static final double ROUNDING = 0.0051;

    /** Lines of the same color have other marks. */
    private static final int COLORS = 5;

    private History() {}

    /**
     * A line.
     *
     * @param date when the figure was written down, UTC
     * @param commit that wrote it down
     * @param machine processor or device
     * @param what was done
     * @param unit of getj and peerValue: less is better
     * @param getj median
     * @param peer the best of those in the same run
     * @param peerValue its median
     * @param ratio getj / peerValue
     * @param command that measures it
     */
    record Result(
            String date,
            String commit,
            String machine,
            String what,
            String unit,
            double getj,
            String peer,
            double peerValue,
            double ratio,
            String command) {
        Result {
            if (!(Math.abs(ratio - getj / peerValue) < ROUNDING)) {
                throw new IllegalArgumentException(
                        "the ratio of %s and %s is not %s".formatted(getj, peerValue, ratio));
            }
        }

        Date time() {
            return Date.from(LocalDateTime.parse(date).toInstant(ZoneOffset.UTC));
        }
    }

    public static void main(String[] arguments) throws IOException {
        List<Result> results = read();
        Map<String, List<Result>> lines = new LinkedHashMap<>();
        for (Result result : results) {
            lines.computeIfAbsent(result.what + ", " + result.machine, _ -> new ArrayList<>())
                    .add(result);
            System.out.printf(
                    Locale.ROOT,
                    "%s %s  %-40s %8.2f %s, %.2f of %s (%s)%n",
                    result.date,
                    result.commit,
                    result.what,
                    result.getj,
                    result.unit,
                    result.ratio,
                    result.peer,
                    result.machine);
        }
        if (arguments.length > 0) {
            ImageGrid.writePng(BitmapEncoder.getBufferedImage(chart(lines)), Path.of(arguments[0]));
        }
    }

    private static List<Result> read() throws IOException {
        ObjectMapper json =
                new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);
        List<Result> results = new ArrayList<>();
        for (String line : Files.readAllLines(FILE)) {
            try {
                results.add(json.readValue(line, Result.class));
            } catch (IOException malformed) {
                String problem = malformed.getMessage().lines().findFirst().orElse("");
                System.err.printf("%s, line %s: %s%n", FILE, results.size() + 1, problem);
                System.exit(1);
            }
        }
        return results;
    }

    private static XYChart chart(Map<String, List<Result>> lines) {
        XYChart chart =
                new LineAxes(
                                "Time of getj over that of its best peer, below 1: getj is faster",
                                "written down",
                                "ratio",
                                false)
                        .chart();
        int i = 0;
        for (List<Result> results : lines.values()) {
            Result last = results.getLast();
            List<Date> x = results.stream().map(Result::time).toList();
            List<Double> y = results.stream().map(Result::ratio).toList();
            XYSeries series = chart.addSeries(last.what + ": " + shortName(last.machine), x, y);
            series.setMarker(i < COLORS ? SeriesMarkers.CIRCLE : SeriesMarkers.DIAMOND);
            series.setMarkerColor(ChartTheme.color(i));
            series.setLineColor(ChartTheme.color(i++));
            series.setLineStyle(ChartTheme.STROKE);
        }
        chart.getStyler()
                .setXAxisMin((Double) null)
                .setDatePattern("d MMM")
                .setLegendPosition(Styler.LegendPosition.OutsideS);
        return chart;
    }

    // legends cut long entries
    private static String shortName(String machine) {
        return machine.replace("NVIDIA ", "");
    }
}
