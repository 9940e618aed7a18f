package dev.getj.bench;

import dev.getj.io.AtomicFile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/** Tables in markdown, printed as they come, and charts beside them. */
final class Report {
    private final Path folder;
    private final StringBuilder text = new StringBuilder();

    /**
     * @param folder exists
     */
    Report(Path folder) {
        this.folder = folder;
    }

    /** A paragraph, printed at once. */
    void say(String line) {
        line(line);
        line("");
    }

    /** The heading of a table of comparisons; the rows follow by {@link #row}. */
    void heading(List<String> contenders, Roofs roofs) {
        String own = roofs == null ? "" : " of roof |";
        line("| | " + String.join(" | ", contenders) + " | getj / best peer |" + own);
        line("|---".repeat(contenders.size() + 2 + (roofs == null ? 0 : 1)) + "|");
    }

    /** A comparison as medians in milliseconds and GFLOP/s. */
    void row(Comparison comparison, Roofs roofs) {
        StringBuilder row = new StringBuilder("| " + comparison.label() + " |");
        comparison
                .times()
                .forEach(
                        (name, times) ->
                                row.append(
                                        text(
                                                " %s ms (%s … %s), %.0f |",
                                                ms(times.medianMs()),
                                                ms(times.minMs()),
                                                ms(times.maxMs()),
                                                comparison.gflops(name))));
        row.append(text(" %.2f |", comparison.ratio()));
        if (roofs != null) {
            double share = comparison.gflops(Comparison.GETJ) / roofs.gflops();
            row.append(text(" %.0f %% |", 100 * share));
        }
        line(row.toString());
    }

    /** How near getj comes to the roof of multiply-adds, and where it does not. */
    void shares(List<Comparison> comparisons, Roofs roofs) {
        Shares shares = Shares.of(comparisons, roofs);
        line("");
        say(shares.describe());
        if (!shares.low().isEmpty()) {
            say(shares.warning());
        }
    }

    /**
     * Adds a report that another process wrote and printed.
     *
     * @param other its folder, within this report's
     */
    void include(Path other) {
        Path file = other.resolve("report.md");
        try {
            String pictures = "](" + folder.relativize(other) + "/";
            text.append(Files.readString(file).replaceAll("]\\((?=[a-z]+\\.png\\))", pictures));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** The chart of a table of comparisons. */
    void chart(
            String name,
            String title,
            String axis,
            List<Comparison> comparisons,
            BiFunction<Comparison, String, Double> height) {
        Map<String, List<Double>> heights = new LinkedHashMap<>();
        for (Comparison comparison : comparisons) {
            for (String contender : comparison.times().keySet()) {
                heights.computeIfAbsent(contender, _ -> new ArrayList<>())
                        .add(height.apply(comparison, contender));
            }
        }
        List<String> groups = comparisons.stream().map(Comparison::label).toList();
        line("");
        picture(name, title, axis, groups, heights);
    }

    /** A table of kernels and its chart. */
    void kernels(String name, String title, List<KernelTable.Line> lines) {
        line("| kernel | median ms | best ms | GFLOP/s | GB/s | of roof | bytes allocated |");
        line("|---".repeat(7) + "|");
        for (KernelTable.Line k : lines) {
            line(
                    text(
                            "| %s | %.4f | %.4f | %.1f | %.1f | %.0f %% | %.0f |",
                            k.kernel(),
                            k.medianMs(),
                            k.bestMs(),
                            k.gflops(),
                            k.gbps(),
                            100 * k.ofRoof(),
                            k.allocated()));
        }
        line("");
        picture(
                name,
                title,
                "share of roof, %",
                lines.stream().map(KernelTable.Line::kernel).toList(),
                Map.of("getj", lines.stream().map(k -> 100 * k.ofRoof()).toList()));
    }

    private void picture(
            String name,
            String title,
            String axis,
            List<String> groups,
            Map<String, List<Double>> heights) {
        String file = name + ".png";
        Bars.write(title, axis, groups, heights, folder.resolve(file));
        say("![" + title + "](" + file + ")");
    }

    /**
     * Writes what was printed.
     *
     * @return where
     */
    Path write() {
        Path file = folder.resolve("report.md");
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> out.write(bytes));
        return file;
    }

    private void line(String line) {
        System.out.println(line);
        text.append(line).append('\n');
    }

    private static String ms(double milliseconds) {
        return text(milliseconds < 10 ? "%.3f" : "%.1f", milliseconds);
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
