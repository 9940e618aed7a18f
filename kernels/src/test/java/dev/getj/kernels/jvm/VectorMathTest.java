package dev.getj.kernels.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.reference.Gelu;

import jdk.incubator.vector.FloatVector;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

class VectorMathTest {
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    @Test
    void exp2IsWithinTwoUlps() {
        float[] x = sweep(-126, 126.9f, 400_000);
        float[] y = apply(VectorMath::exp2, x);
        for (int i = 0; i < x.length; i++) {
            double exact = Math.pow(2, x[i]);
            assertEquals(exact, y[i], 2 * Math.ulp((float) exact), "2 to the power of " + x[i]);
        }
    }

    @Test
    void exp2EndsInZeroAndKeepsNaN() {
        float[] y = apply(VectorMath::exp2, -INFINITY, -1e30f, -1e6f, -126.1f, 0, 1, Float.NaN);
        assertEquals(0, y[0]);
        assertEquals(0, y[1]);
        assertEquals(0, y[2]);
        assertEquals(0, y[3]);
        assertEquals(1, y[4]);
        assertEquals(2, y[5]);
        assertTrue(Float.isNaN(y[6]));
    }

    @Test
    void geluIsWithinTheTolerance() {
        for (float[] x : new float[][] {sweep(-14, 14, 700_000), anyFloats(300_000)}) {
            float[] y = gelu(x);
            for (int i = 0; i < x.length; i++) {
                // beyond 2, half an ulp of the result is already more than 1e-7
                assertEquals(
                        Gelu.value(x[i]),
                        y[i],
                        1e-7 * Math.max(1, Math.abs((double) x[i])),
                        "gelu of " + x[i]);
                if (Math.abs(x[i]) < 2) {
                    assertEquals(Gelu.value(x[i]), y[i], 1e-7, "gelu of " + x[i]);
                }
            }
        }
    }

    @Test
    void geluTendsToZeroAndToItsArgument() {
        float[] y = gelu(-INFINITY, -1e30f, -20, 0, 20, 1e30f, INFINITY, Float.NaN);
        assertEquals(0, y[0], 1e-36);
        assertEquals(0, y[1], 1e-36);
        assertEquals(0, y[2], 1e-36);
        assertEquals(0, y[3]);
        assertEquals(20, y[4]);
        assertEquals(1e30f, y[5]);
        assertEquals(INFINITY, y[6]);
        assertTrue(Float.isNaN(y[7]));
    }

    @Test
    void geluDerivativeIsWithinTheTolerance() {
        for (float[] x : new float[][] {sweep(-14, 14, 700_000), anyFloats(300_000)}) {
            float[] y = geluDerivative(x);
            for (int i = 0; i < x.length; i++) {
                assertEquals(Gelu.derivative(x[i]), y[i], 2e-7, "derivative of gelu at " + x[i]);
            }
        }
        float[] ends = geluDerivative(-INFINITY, INFINITY, Float.NaN);
        assertEquals(0, ends[0], 1e-35);
        assertEquals(1, ends[1]);
        assertTrue(Float.isNaN(ends[2]));
    }

    @Test
    void logIsWithinTwoUlps() {
        float[] x = sweep(0x1p-24f, 1, 400_000);
        for (int i = 0; i < 1000; i++) {
            x[i] = 1 - i * 0x1p-24f;
            x[1000 + i] = (i + 1) * 0x1p-24f;
        }
        float[] y = apply(VectorMath::log, x);
        for (int i = 0; i < x.length; i++) {
            double exact = Math.log(x[i]);
            assertEquals(exact, y[i], 2 * Math.ulp((float) exact), "log of " + x[i]);
        }
    }

    @Test
    void sineAndCosineOfTurns() {
        float[] u = sweep(0, 1, 400_000);
        close(u, VectorMath::sinTurns, x -> Math.sin(2 * Math.PI * x), 1.2e-7);
        close(u, VectorMath::cosTurns, x -> Math.cos(2 * Math.PI * x), 1.2e-7);
    }

    @Test
    void everyLaneComputesTheSame() {
        float[] x = sweep(-6, 6, 100);
        float[] together = gelu(x);
        for (int i = 0; i < x.length; i++) {
            assertEquals(together[i], gelu(x[i])[0]);
        }
    }

    private static void close(
            float[] x,
            UnaryOperator<FloatVector> function,
            DoubleUnaryOperator exact,
            double tolerance) {
        float[] y = apply(function, x);
        for (int i = 0; i < x.length; i++) {
            assertEquals(exact.applyAsDouble(x[i]), y[i], tolerance, "at " + x[i]);
        }
    }

    private static float[] apply(UnaryOperator<FloatVector> function, float... x) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i += VectorMath.LANES) {
            var mask = VectorMath.SPECIES.indexInRange(i, x.length);
            function.apply(FloatVector.fromArray(VectorMath.SPECIES, x, i, mask))
                    .intoArray(y, i, mask);
        }
        return y;
    }

    private static float[] gelu(float... x) {
        return inPlace(VectorMath::gelu, x);
    }

    private static float[] geluDerivative(float... x) {
        return inPlace(VectorMath::geluDerivative, x);
    }

    private interface InPlace {
        void apply(float[] x, int at, int count);
    }

    private static float[] inPlace(InPlace function, float... x) {
        int count = (x.length + VectorMath.LANES - 1) / VectorMath.LANES * VectorMath.LANES;
        float[] y = Arrays.copyOf(x, count);
        function.apply(y, 0, count);
        return Arrays.copyOf(y, x.length);
    }

    private static float[] sweep(float from, float to, int count) {
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) (from + (to - (double) from) * i / (count - 1));
        }
        return x;
    }

    private static float[] anyFloats(int count) {
        Random random = new Random(1);
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            do {
                x[i] = Float.intBitsToFloat(random.nextInt());
            } while (!Float.isFinite(x[i]));
        }
        return x;
    }
}
