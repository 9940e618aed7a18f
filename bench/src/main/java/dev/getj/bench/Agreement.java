package dev.getj.bench;

import java.util.List;
import java.util.Locale;

/** Whether contenders compute the same: a race between different functions says nothing. */
final class Agreement {
    private Agreement() {}

    /**
     * Runs each contender once and compares with the first.
     *
     * @param tolerance of the largest difference, relative to the largest value
     * @throws IllegalStateException naming the contender that differs, and by how much
     */
    static void require(List<? extends Contender> contenders, double tolerance) {
        Contender first = contenders.getFirst();
        float[] expected = resultOf(first);
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        if (!(largest > 0 && largest < Double.POSITIVE_INFINITY)) {
            throw new IllegalStateException(
                    first.name() + " computed nothing to compare: its largest value is " + largest);
        }
        for (Contender contender : contenders.subList(1, contenders.size())) {
            double difference = difference(expected, resultOf(contender)) / largest;
            // written so that a NaN is refused
            if (!(difference <= tolerance)) {
                throw new IllegalStateException(
                        String.format(
                                Locale.ROOT,
                                "%s and %s differ by %.3g of the largest value, %.3g is allowed",
                                first.name(),
                                contender.name(),
                                difference,
                                tolerance));
            }
        }
    }

    private static float[] resultOf(Contender contender) {
        contender.run();
        return contender.result();
    }

    private static double difference(float[] expected, float[] actual) {
        if (actual.length != expected.length) {
            return Double.NaN;
        }
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs((double) expected[i] - actual[i]);
            if (Double.isNaN(difference)) {
                return difference;
            }
            largest = Math.max(largest, difference);
        }
        return largest;
    }
}
