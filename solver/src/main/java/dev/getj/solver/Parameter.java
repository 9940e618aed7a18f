package dev.getj.solver;

import java.util.Arrays;

/** A matrix that a {@link VectorFunction} depends on, weights or inputs, and its gradient. */
public final class Parameter {
    private final int rows;
    private final int columns;
    private final double[] value;
    private final double[] gradient;

    private Parameter(int rows, int columns, double[] value) {
        this.rows = rows;
        this.columns = columns;
        this.value = value;
        gradient = new double[value.length];
    }

    /**
     * @param value [rows · columns], row-major; used as it is, so that writing to it changes the
     *     parameter
     * @throws IllegalArgumentException if the number of values is another
     */
    public static Parameter of(int rows, int columns, double... value) {
        if (value.length != rows * columns) {
            throw new IllegalArgumentException(
                    "a parameter of %s × %s has %s values, not %s"
                            .formatted(rows, columns, rows * columns, value.length));
        }
        return new Parameter(rows, columns, value);
    }

    /** [rows · columns], row-major. */
    public double[] value() {
        return value;
    }

    /** The gradient, in the same order; every backward pass adds to it. */
    public double[] gradient() {
        return gradient;
    }

    /** Sets the gradient to zero. */
    public void clearGradient() {
        Arrays.fill(gradient, 0);
    }

    /** Row {@code i}: the input of sample i, for one. */
    public Vector row(int i) {
        double[] row = Arrays.copyOfRange(value, i * columns, (i + 1) * columns);
        return new Vector(
                row,
                (d, parameters) -> {
                    if (parameters) {
                        for (int j = 0; j < columns; j++) {
                            gradient[i * columns + j] += d[j];
                        }
                    }
                });
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }
}
