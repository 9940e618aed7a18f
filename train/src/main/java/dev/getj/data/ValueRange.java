package dev.getj.data;

import dev.getj.io.GetjException;

/**
 * Which values of an array are black and white.
 *
 * @param low becomes −1
 * @param high becomes 1
 */
record ValueRange(double low, double high) {
    /** Floats are nominally in it. */
    static final ValueRange SIGNED = new ValueRange(-1, 1);

    /** Levels of whole numbers. */
    static final ValueRange LEVELS = new ValueRange(0, 255);

    /** Floats that filters or models made may leave the range by rounding. */
    private static final double ROUNDING = 0.01;

    /** Where the range was asked for, samples may lie beside it by half of its width. */
    private static final double ASKED = 0.5;

    /**
     * @param text {@code 0:255}
     * @throws IllegalArgumentException if it is no range
     */
    static ValueRange parse(String text) {
        String[] ends = text.split(":", -1);
        try {
            if (ends.length == 2) {
                ValueRange range =
                        new ValueRange(Double.parseDouble(ends[0]), Double.parseDouble(ends[1]));
                double width = range.high - range.low;
                if (width > 0 && Double.isFinite(width)) {
                    return range;
                }
            }
        } catch (NumberFormatException _) {
            // reported below
        }
        throw new IllegalArgumentException(
                "range=%s: two numbers are needed, of black and of white, such as 0:255"
                        .formatted(text));
    }

    /** A value of the range as a float in [−1, 1]; {@code level / 127.5 − 1} of 0:255. */
    float scaled(double value) {
        return equals(SIGNED) ? (float) value : (float) (value - low) / middle() - 1;
    }

    private float middle() {
        return (float) ((high - low) / 2);
    }

    /**
     * Compares the range with the values that there are.
     *
     * @param asked whether the user named the range
     * @param whole whether values are whole numbers
     * @throws GetjException if values lie outside, or all look like those of another range
     */
    void check(String source, double least, double most, boolean asked, boolean whole) {
        double beside = (high - low) * (asked ? ASKED : whole ? 0 : ROUNDING);
        if (least < low - beside || most > high + beside) {
            throw new GetjException(
                    "%s: its values go from %s to %s, but %s to %s is expected; say which value is black and which is white, such as range=%s"
                            .formatted(
                                    source,
                                    text(least),
                                    text(most),
                                    text(low),
                                    text(high),
                                    proposal(least, most)));
        }
        if (!asked && least >= 0 && most <= 1 && (most > 0 || !whole)) {
            throw new GetjException(
                    "%s: its values go from %s to %s; say range=0:1 if 1 is white, or range=%s:%s if they are %s"
                            .formatted(
                                    source,
                                    text(least),
                                    text(most),
                                    text(low),
                                    text(high),
                                    whole ? "as dark as that" : "meant as they are"));
        }
    }

    private static String proposal(double least, double most) {
        if (least >= 0) {
            return most <= 1.01
                    ? "0:1"
                    : most <= 256 ? "0:255" : most < 65536 ? "0:65535" : "0:" + text(most);
        }
        return least >= -128 && most < 128 && most - least > 64
                ? "-128:127"
                : text(least) + ":" + text(most);
    }

    /** {@code 255}, {@code 0.25}. */
    static String text(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Float.toString((float) value);
    }

    @Override
    public String toString() {
        return text(low) + ":" + text(high);
    }
}
