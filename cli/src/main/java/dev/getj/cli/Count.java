package dev.getj.cli;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Whole numbers as they are typed: {@code 500000}, or {@code 5e5}. */
final class Count {
    // at most two digits of exponent, so that the number stays small enough to write out
    private static final Pattern SCIENTIFIC =
            Pattern.compile("[+-]?\\d+(\\.\\d+)?[eE]\\+?\\d{1,2}");

    private Count() {}

    /**
     * @throws NumberFormatException if it is no whole number of 64 bits
     */
    static long parseLong(String typed) {
        if (!SCIENTIFIC.matcher(typed).matches()) {
            return Long.parseLong(typed);
        }
        try {
            return new BigDecimal(typed).longValueExact();
        } catch (ArithmeticException e) {
            throw new NumberFormatException(typed);
        }
    }

    /**
     * @throws NumberFormatException if it is no whole number of 32 bits
     */
    static int parseInt(String typed) {
        long value = parseLong(typed);
        if (value != (int) value) {
            throw new NumberFormatException(typed);
        }
        return (int) value;
    }
}
