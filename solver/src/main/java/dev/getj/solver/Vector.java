package dev.getj.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/**
 * A vector that knows what it was computed from, for the backward pass: what a {@link
 * VectorFunction} computes with. Operations return new vectors.
 */
public final class Vector {
    /** Hands the gradient of a vector on to what it was computed from. */
    interface Backward {
        /**
         * @param d gradient of the vector
         * @param parameters whether the gradients of parameters are wanted too
         */
        void run(double[] d, boolean parameters);
    }

    private final double[] value;
    private final double[] gradient;
    private final Backward backward;
    private final List<Vector> operands;

    Vector(double[] value, Backward backward, Vector... operands) {
        this.value = value;
        this.backward = backward;
        this.operands = List.of(operands);
        gradient = new double[value.length];
    }

    /** A vector that is not differentiated further. */
    public static Vector of(double... value) {
        return new Vector(value.clone(), (d, parameters) -> {});
    }

    /** Number of elements. */
    public int size() {
        return value.length;
    }

    /** {@code W v} for a W [O, I]: {@code z Wᵀ} where z is a row. */
    public Vector linear(Parameter w) {
        if (w.columns() != size()) {
            throw new IllegalArgumentException(
                    "a matrix with %s columns takes no vector of %s"
                            .formatted(w.columns(), size()));
        }
        int inputs = size();
        double[] y = new double[w.rows()];
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < inputs; j++) {
                y[i] += w.value()[i * inputs + j] * value[j];
            }
        }
        // y = W v: dv = Wᵀ dy, dW = dy vᵀ
        Backward back =
                (d, parameters) -> {
                    for (int i = 0; i < d.length; i++) {
                        for (int j = 0; j < inputs; j++) {
                            gradient[j] += d[i] * w.value()[i * inputs + j];
                            if (parameters) {
                                w.gradient()[i * inputs + j] += d[i] * value[j];
                            }
                        }
                    }
                };
        return new Vector(y, back, this);
    }

    /** The sum of two vectors of the same size. */
    public Vector plus(Vector other) {
        requireSize(other);
        double[] y = new double[size()];
        Arrays.setAll(y, i -> value[i] + other.value[i]);
        Backward back =
                (d, parameters) -> {
                    for (int i = 0; i < d.length; i++) {
                        gradient[i] += d[i];
                        other.gradient[i] += d[i];
                    }
                };
        return new Vector(y, back, this, other);
    }

    /** The product of two vectors of the same size, element by element. */
    public Vector times(Vector other) {
        requireSize(other);
        double[] y = new double[size()];
        Arrays.setAll(y, i -> value[i] * other.value[i]);
        Backward back =
                (d, parameters) -> {
                    for (int i = 0; i < d.length; i++) {
                        gradient[i] += d[i] * other.value[i];
                        other.gradient[i] += d[i] * value[i];
                    }
                };
        return new Vector(y, back, this, other);
    }

    /** Every element times {@code factor}. */
    public Vector scale(double factor) {
        return map(v -> factor * v, v -> factor);
    }

    /** The hyperbolic tangent of each element. */
    public Vector tanh() {
        return map(
                Math::tanh,
                v -> {
                    double y = Math.tanh(v);
                    return 1 - y * y;
                });
    }

    /** Any function of one number, on each element, and its derivative. */
    public Vector map(DoubleUnaryOperator function, DoubleUnaryOperator derivative) {
        double[] y = new double[size()];
        Arrays.setAll(y, i -> function.applyAsDouble(value[i]));
        Backward back =
                (d, parameters) -> {
                    for (int i = 0; i < d.length; i++) {
                        gradient[i] += d[i] * derivative.applyAsDouble(value[i]);
                    }
                };
        return new Vector(y, back, this);
    }

    private void requireSize(Vector other) {
        if (other.size() != size()) {
            throw new IllegalArgumentException(
                    "vectors of %s and %s elements do not go together"
                            .formatted(size(), other.size()));
        }
    }

    double[] value() {
        return value;
    }

    double[] gradient() {
        return gradient;
    }

    /** From {@code cotangent}, the gradient of this vector, back to all it was computed from. */
    void pullBack(double[] cotangent, boolean parameters) {
        List<Vector> order = new ArrayList<>();
        collect(order, Collections.newSetFromMap(new IdentityHashMap<>()));
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] += cotangent[i];
        }
        for (Vector vector : order.reversed()) {
            vector.backward.run(vector.gradient, parameters);
        }
    }

    // operands before what is computed from them
    private void collect(List<Vector> order, Set<Vector> seen) {
        if (seen.add(this)) {
            operands.forEach(operand -> operand.collect(order, seen));
            order.add(this);
        }
    }
}
