package dev.getj.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** A line every few seconds, for logs and pipes, and one at the end. */
final class LineProgress implements Progress {
    private final String what;
    private final String unit;
    private final long total;
    private final long interval;
    private final PrintWriter err;
    private final long start = System.nanoTime();
    private long printed = start;
    private long done;
    private String figures = "";

    LineProgress(String what, String unit, long total, Duration interval, PrintWriter err) {
        this.what = what;
        this.unit = unit;
        this.total = total;
        this.interval = interval.toNanos();
        this.err = err;
    }

    @Override
    public void at(long done) {
        this.done = done;
        long now = System.nanoTime();
        if (done < total && now - printed >= interval) {
            printed = now;
            double seconds = seconds(now);
            String left = done == 0 ? "?" : duration(seconds / done * (total - done));
            print(
                    String.format(
                            Locale.ROOT,
                            "%d/%d %s (%d%%), %.1f/s, %s left",
                            done,
                            total,
                            unit,
                            100 * done / total,
                            done / seconds,
                            left));
        }
    }

    @Override
    public void figures(String text) {
        figures = ", " + text;
    }

    @Override
    public void close() {
        double seconds = seconds(System.nanoTime());
        String of = done == total ? "" : "/" + total;
        print(
                String.format(
                        Locale.ROOT,
                        "%d%s %s in %s (%.1f/s)",
                        done,
                        of,
                        unit,
                        duration(seconds),
                        done / seconds));
    }

    private void print(String line) {
        err.println(what + ": " + line + figures);
        err.flush();
    }

    private double seconds(long now) {
        return Math.max(1, now - start) / 1e9;
    }

    /** {@code 75} as {@code 1 min 15 s}. */
    static String duration(double seconds) {
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        Duration rounded = Duration.ofSeconds(Math.round(seconds));
        if (rounded.toMinutes() == 0) {
            return rounded.toSeconds() + " s";
        }
        return rounded.toHours() == 0
                ? String.format(
                        Locale.ROOT, "%d min %02d s", rounded.toMinutes(), rounded.toSecondsPart())
                : String.format(
                        Locale.ROOT, "%d h %02d min", rounded.toHours(), rounded.toMinutesPart());
    }
}
