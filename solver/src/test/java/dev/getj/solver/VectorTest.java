package dev.getj.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.kernels.reference.ReferenceBackend;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Random;

class VectorTest {
    private static final double STEP = 1e-5;
    private final Random random = new Random(11);
    private final Parameter w = gaussian(4, 3);
    private final Parameter u = gaussian(3, 4);
    private final Parameter x = gaussian(2, 4);
    private final Parameter z = gaussian(1, 3);

    private Parameter gaussian(int rows, int columns) {
        double[] values = new double[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian();
        }
        return Parameter.of(rows, columns, values);
    }

    // every operation, with vectors that are used more than once
    private Vector everything(Vector z) {
        Vector h = z.linear(w).plus(x.row(1)).tanh();
        Vector squared = h.times(h).plus(h.scale(-0.7)).plus(x.row(0));
        return squared.map(Math::exp, Math::exp).linear(u).plus(z).times(z);
    }

    @Test
    void gradientsAgreeWithFiniteDifferences() {
        double[] cotangent = {0.3, -1.2, 0.8};
        Vector state = Vector.of(z.value());
        everything(state).pullBack(cotangent, true);
        check("z", z.value(), state.gradient(), cotangent);
        check("w", w.value(), w.gradient(), cotangent);
        check("u", u.value(), u.gradient(), cotangent);
        check("x", x.value(), x.gradient(), cotangent);
    }

    private void check(String name, double[] values, double[] gradient, double[] cotangent) {
        for (int i = 0; i < values.length; i++) {
            double value = values[i];
            double difference = 0;
            for (int sign = -1; sign <= 1; sign += 2) {
                values[i] = value + sign * STEP;
                double[] y = everything(Vector.of(z.value())).value();
                for (int j = 0; j < y.length; j++) {
                    difference += sign * cotangent[j] * y[j];
                }
            }
            values[i] = value;
            double slope = difference / (2 * STEP);
            assertEquals(slope, gradient[i], 1e-7 * Math.max(1, Math.abs(slope)), name + i);
        }
    }

    @Test
    void onlyWhenAskedDoParametersGetTheirGradients() {
        everything(Vector.of(z.value())).pullBack(new double[] {1, 1, 1}, false);
        for (Parameter parameter : List.of(w, u, x)) {
            assertArrayEquals(new double[parameter.value().length], parameter.gradient());
        }
    }

    /** The same gradients as with derivatives written out by hand. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void asALayer(boolean implicit) {
        GoldenFile golden = new GoldenFile("/golden/solver_tanh.safetensors");
        Parameter weight = Parameter.of(20, 20, golden.get("W"));
        Parameter input = Parameter.of(4, 20, golden.get("x"));
        ReferenceBackend backend = new ReferenceBackend();
        HostMap map =
                HostMap.of(backend, 4, 20, (b, z) -> z.linear(weight).plus(input.row(b)).tanh());
        Solver solver = Anderson.fast(100, 1e-10);
        Equilibrium layer =
                implicit
                        ? Equilibrium.implicit(map, solver, solver)
                        : Equilibrium.phantom(map, solver, 5, 0.5);
        layer.forward();
        double[] state = Doubles.get(layer.states().getLast());
        double[] target = golden.get("target");
        double[] slope = new double[state.length];
        for (int i = 0; i < slope.length; i++) {
            slope[i] = 2 * (state[i] - target[i]) / slope.length;
        }
        Doubles.set(layer.cotangents().getLast(), slope);
        layer.backward();
        String key = implicit ? "ift" : "phantom5";
        assertArrayEquals(golden.get(key + ".dW"), weight.gradient(), 1e-6);
        assertArrayEquals(golden.get(key + ".dx"), input.gradient(), 1e-6);
        weight.clearGradient();
        assertEquals(0, weight.gradient()[7]);
    }

    @Test
    void sizesMustFit() {
        refused("a parameter of 2 × 3 has 6 values, not 2", () -> Parameter.of(2, 3, 1, 2));
        refused("a matrix with 4 columns takes no vector of 3", () -> Vector.of(1, 2, 3).linear(u));
        refused(
                "vectors of 3 and 2 elements do not go together",
                () -> Vector.of(1, 2, 3).plus(Vector.of(1, 2)));
        HostMap map = HostMap.of(new ReferenceBackend(), 1, 3, (b, z) -> z.linear(w));
        refused("f(z) has 4 elements, z has 3", map::apply);
    }

    private static void refused(String message, Runnable body) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, body::run).getMessage());
    }
}
