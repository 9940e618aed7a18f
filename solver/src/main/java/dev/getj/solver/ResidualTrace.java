package dev.getj.solver;

import java.util.Arrays;

/** The residuals of one sample in one measure, and the lowest of them. */
final class ResidualTrace {
    private static final double RELATIVE_EPSILON = 1e-9;

    private double[] values = new double[16];
    private int size;
    private double lowest = Double.POSITIVE_INFINITY;
    private double lowestOfStartUp = Double.POSITIVE_INFINITY;

    /** {@code ‖f(z) − z‖₂ / (‖f(z)‖₂ + 1e-9)}. */
    static double relative(double residual, double norm) {
        return residual / (norm + RELATIVE_EPSILON);
    }

    /** What was lowest so far counts only if nothing finite follows. */
    void endStartUp() {
        lowestOfStartUp = lowest;
        lowest = Double.POSITIVE_INFINITY;
    }

    /** Adds a residual; true if it is lower than all before, which a NaN never is. */
    boolean add(double residual) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = residual;
        if (residual < lowest) {
            lowest = residual;
            return true;
        }
        return false;
    }

    int size() {
        return size;
    }

    double last() {
        return values[size - 1];
    }

    double lowest() {
        return lowest < Double.POSITIVE_INFINITY ? lowest : lowestOfStartUp;
    }

    /** Largest over smallest of the last {@code window} values; infinite if there are fewer. */
    double spread(int window) {
        if (size < window) {
            return Double.POSITIVE_INFINITY;
        }
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        for (int i = size - window; i < size; i++) {
            least = Math.min(least, values[i]);
            most = Math.max(most, values[i]);
        }
        return most / least;
    }

    double[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
