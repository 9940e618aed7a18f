package dev.getj.study;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Values of several lines over a common axis, one value a seed: a chart and a table alike.
 *
 * @param name lower case, for files
 * @param logarithmic whether the chart's y axis is, if the values are of more than one decade
 */
record Figure(
        String name,
        String title,
        String xTitle,
        String yTitle,
        boolean logarithmic,
        List<Line> lines) {
    /** How the names of figures of errors end. */
    static final String ERRORS = "-error";

    /**
     * @param name for legends
     * @param spots x ascending
     */
    record Line(String name, List<Spot> spots) {}

    /**
     * @param values one a seed, at least one
     */
    record Spot(double x, double[] values) {
        double mean() {
            return Arrays.stream(values).average().orElseThrow();
        }

        double least() {
            return Arrays.stream(values).min().orElseThrow();
        }

        double most() {
            return Arrays.stream(values).max().orElseThrow();
        }
    }

    /** True if its values are errors on held-out pairs, which are small numbers. */
    boolean isOfErrors() {
        return name.endsWith(ERRORS);
    }

    /** True if the chart's y axis is logarithmic. */
    boolean overDecades() {
        return logarithmic
                && spots().mapToDouble(Spot::most).max().orElse(1)
                        > 10 * spots().mapToDouble(Spot::least).min().orElse(1);
    }

    private Stream<Spot> spots() {
        return lines.stream().flatMap(line -> line.spots.stream());
    }

    /** All x that occur, ascending. */
    double[] xs() {
        return spots().mapToDouble(Spot::x).sorted().distinct().toArray();
    }
}
