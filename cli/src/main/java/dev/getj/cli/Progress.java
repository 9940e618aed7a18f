package dev.getj.cli;

import java.io.PrintWriter;
import java.time.Duration;

/**
 * Shows how far a long piece of work has come, always on standard error: a bar on a terminal, a
 * line every few seconds elsewhere, nothing under {@code --quiet}. One thread at a time.
 */
sealed interface Progress extends AutoCloseable
        permits TerminalProgress, LineProgress, SilentProgress {
    /**
     * Starts showing.
     *
     * @param what the work in a word or two
     * @param unit what is counted: {@code images}, {@code steps}
     * @param total how many there will be
     */
    static Progress start(String what, String unit, long total, boolean quiet, PrintWriter err) {
        if (quiet) {
            return new SilentProgress();
        }
        int columns = terminalColumns();
        return columns > 0
                ? new TerminalProgress(what, unit, total, columns, err)
                : new LineProgress(what, unit, total, Duration.ofSeconds(5), err);
    }

    /** {@code done} of the total are done. */
    void at(long done);

    /** The latest figures, shown behind the rate: {@code loss 0.123}. */
    void figures(String text);

    /** Leaves the last state standing, complete or not. */
    @Override
    void close();

    /** The terminal's width, which the launcher tells; 0 if standard error is no terminal. */
    private static int terminalColumns() {
        String columns = System.getenv("GETJ_TERMINAL");
        return columns != null && columns.matches("[1-9]\\d{0,4}") ? Integer.parseInt(columns) : 0;
    }
}
