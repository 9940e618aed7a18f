package dev.getj.cli;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** A bar with rate and time left, redrawn in place. */
final class TerminalProgress implements Progress {
    private static final int REDRAW_MILLIS = 200;

    private final ProgressBar bar;

    TerminalProgress(String what, String unit, long total, int columns, PrintWriter err) {
        bar =
                new ProgressBarBuilder()
                        .setTaskName(what)
                        .setInitialMax(total)
                        .setUnit(" " + unit, 1)
                        .showSpeed(new DecimalFormat("0.0", new DecimalFormatSymbols(Locale.ROOT)))
                        .setStyle(style())
                        .setUpdateIntervalMillis(REDRAW_MILLIS)
                        .setConsumer(new Line(columns - 1, err))
                        .build();
    }

    @Override
    public void at(long done) {
        bar.stepTo(done);
    }

    @Override
    public void figures(String text) {
        bar.setExtraMessage(" " + text);
    }

    @Override
    public void close() {
        bar.close();
    }

    private static ProgressBarStyle style() {
        String encoding = System.getProperty("stderr.encoding");
        boolean unicode =
                encoding != null && Charset.forName(encoding).equals(StandardCharsets.UTF_8);
        return unicode ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII;
    }

    /** The line that the bar is drawn on, over and over, at most {@code columns} wide. */
    private record Line(int columns, PrintWriter err) implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return columns;
        }

        @Override
        public void accept(String drawn) {
            err.print("\r" + drawn);
            err.flush();
        }

        @Override
        public void close() {
            err.println();
            err.flush();
        }
    }
}
