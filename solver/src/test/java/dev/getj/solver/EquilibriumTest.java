package dev.getj.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.reference.ReferenceBackend;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.List;

class EquilibriumTest {
    private final Backend backend = new ReferenceBackend();

    /** {@code f(z) = z/2 + x}, with the gradient of x. */
    private static final class Halving implements HostFunction {
        private double dX;

        @Override
        public void value(int b, double[] z, double[] next) {
            next[0] = z[0] / 2 + 1;
        }

        @Override
        public void pullBack(int b, double[] z, double[] next, double[] v, double[] product) {
            product[0] = v[0] / 2;
        }

        @Override
        public void accumulate(int b, double[] z, double[] next, double[] v) {
            dX += v[0];
        }
    }

    private final Halving halving = new Halving();
    private final HostMap map = HostMap.of(backend, 1, 1, halving);

    @Test
    void supervisedStatesAreThoseAskedFor() {
        assertEquals(List.of(5), GradientSteps.last(5, 1).supervised());
        assertEquals(List.of(2, 4, 5), GradientSteps.every(2, 5, 1).supervised());
        assertEquals(List.of(2, 4), GradientSteps.every(2, 4, 1).supervised());
        assertEquals(List.of(1, 3, 5), GradientSteps.at(5, 1, List.of(3, 1)).supervised());
        Equilibrium unrolled = Equilibrium.unrolled(map, 3);
        assertTrue(unrolled.forward().isEmpty());
        assertEquals(3, unrolled.states().size());
        assertArrayEquals(new float[] {1}, unrolled.states().get(0).get());
        assertArrayEquals(new float[] {1.5f}, unrolled.states().get(1).get());
        assertArrayEquals(new float[] {1.75f}, unrolled.states().get(2).get());
        unrolled.cotangents().forEach(cotangent -> cotangent.set(1));
        unrolled.backward();
        assertEquals(1 + 1.5 + 1.75, halving.dX);
    }

    @Test
    void anImplicitGradientIsThatOfTheFixedPoint() {
        Solver solver = new FixedPointIteration(60, 1e-9, StopMeasure.ABSOLUTE, 1);
        Equilibrium equilibrium = Equilibrium.implicit(map, solver, solver);
        List<Statistics> forward = equilibrium.forward();
        assertEquals(1, forward.size());
        assertEquals(2, equilibrium.states().getFirst().get()[0], 1e-6);
        equilibrium.cotangents().getFirst().set(1);
        List<Statistics> backward = equilibrium.backward();
        assertEquals(1, backward.size());
        assertTrue(backward.getFirst().absoluteLowest()[0] < 1e-9);
        assertEquals(2, halving.dX, 1e-8); // z = 2 x
    }

    @Test
    void weightingsAreThoseOfTheReference() {
        assertEquals(0.64, new Weighting.Exponential(0.8).weight(0, 3), 1e-15);
        assertEquals(1, new Weighting.Exponential(0.8).weight(2, 3));
        assertEquals(1 - 0.6, new Weighting.Linear(0.9).weight(0, 3), 1e-15);
        assertEquals(1, new Weighting.Linear(0.9).weight(2, 3));
        assertEquals(0.5, new Weighting.Constant(0.5).weight(1, 3));
    }

    @Test
    void whatCannotBeIsRefused() {
        refused("at least 1 gradient step is needed, not 0", () -> GradientSteps.last(0, 1));
        refused("the damping must lie in (0, 1], not 2.0", () -> GradientSteps.last(1, 2));
        refused(
                "the supervised steps must ascend from 1 to 2: [2, 3]",
                () -> GradientSteps.at(2, 1, List.of(3)));
        refused(
                "the gap between supervised steps must be at least 1, not 0",
                () -> GradientSteps.every(0, 1, 1));
        refused("an equilibrium needs at least one slice", () -> new Equilibrium(map, List.of()));
        refused("the loss decay must lie in (0, 1], not 0.0", () -> new Weighting.Exponential(0));
        refused("the loss slope must lie in [0, 1], not 2.0", () -> new Weighting.Linear(2));
        refused(
                "at least 1 power iteration is needed, not 0",
                () -> PowerMethod.prepare(map, map.state()).estimate(0, 1));
    }

    private static void refused(String message, Executable body) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, body).getMessage());
    }

    @Test
    void aFunctionWithoutDerivativesSaysWhatItLacks() {
        HostMap plain = HostMap.of(backend, 1, 1, (b, z, next) -> next[0] = z[0] / 2);
        Equilibrium equilibrium = Equilibrium.unrolled(plain, 1);
        equilibrium.forward();
        UnsupportedOperationException error =
                assertThrows(UnsupportedOperationException.class, equilibrium::backward);
        assertEquals(
                "a gradient needs HostFunction.pullBack, which this function does not have",
                error.getMessage());
        assertThrows(
                IllegalStateException.class,
                () -> JacobianPenalty.prepare(plain, plain.state()).accumulate(1));
    }
}
