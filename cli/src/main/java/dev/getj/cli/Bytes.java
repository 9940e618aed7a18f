package dev.getj.cli;

import java.util.Locale;

/** Amounts of memory for people. */
final class Bytes {
    private Bytes() {}

    /** {@code 1536} as {@code 1.5 KiB}. */
    static String text(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int power = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        double value = bytes / Math.pow(1024, power);
        return String.format(Locale.ROOT, "%.1f %siB", value, "KMGTPE".charAt(power - 1));
    }
}
