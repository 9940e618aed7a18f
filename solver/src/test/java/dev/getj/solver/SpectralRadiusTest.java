package dev.getj.solver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;

import org.ejml.data.Complex_F64;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.junit.jupiter.api.Test;

import java.util.Random;

/** Estimates beside EJML's eigenvalues of the whole Jacobian. */
class SpectralRadiusTest {
    private static final int WIDTH = 60;
    private static final int SAMPLES = 2;

    /** f(z) = tanh(z Wᵀ + x), and J at a z that bends tanh. */
    private record Problem(TanhLayer layer, double[] z) {
        static Problem random(int seed, double radius) {
            Random random = new Random(seed);
            double[] w = new double[WIDTH * WIDTH];
            for (int i = 0; i < w.length; i++) {
                w[i] = random.nextGaussian();
            }
            double factor = radius / Math.sqrt(WIDTH);
            for (int i = 0; i < w.length; i++) {
                w[i] *= factor;
            }
            double[] x = random.doubles(SAMPLES * WIDTH, -1, 1).toArray();
            double[] z = random.doubles(SAMPLES * WIDTH, -1, 1).toArray();
            return new Problem(TanhLayer.of(WIDTH, w, x), z);
        }

        Complex_F64 largest(int b) {
            double[] next = new double[WIDTH];
            double[] here = new double[WIDTH];
            System.arraycopy(z, b * WIDTH, here, 0, WIDTH);
            layer.value(b, here, next);
            DMatrixRMaj jacobian = new DMatrixRMaj(WIDTH, WIDTH);
            for (int i = 0; i < WIDTH; i++) {
                for (int j = 0; j < WIDTH; j++) {
                    jacobian.set(i, j, (1 - next[i] * next[i]) * layer.w()[i * WIDTH + j]);
                }
            }
            EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(WIDTH, false);
            assertTrue(eigen.decompose(jacobian));
            Complex_F64 largest = new Complex_F64();
            for (int i = 0; i < WIDTH; i++) {
                if (eigen.getEigenvalue(i).getMagnitude() > largest.getMagnitude()) {
                    largest = eigen.getEigenvalue(i);
                }
            }
            return largest;
        }
    }

    @Test
    void twentyRandomContractionsAreKnownToOnePercent() {
        int real = 0;
        int complex = 0;
        double worstPower = 0;
        for (int seed = 0; seed < 20; seed++) {
            Problem problem = Problem.random(seed, 0.9);
            try (Backend backend = Backends.jvm(1)) {
                HostMap map = HostMap.of(backend, SAMPLES, WIDTH, problem.layer);
                Doubles.set(map.state(), problem.z);
                double[] radius = SpectralRadius.prepare(map, map.state(), 30).estimate(seed);
                double[] power = PowerMethod.prepare(map, map.state()).estimate(30, seed);
                for (int b = 0; b < SAMPLES; b++) {
                    Complex_F64 largest = problem.largest(b);
                    double expected = largest.getMagnitude();
                    assertTrue(expected < 1, "a contraction");
                    assertEquals(expected, radius[b], 0.01 * expected, "seed " + seed);
                    real += largest.isReal() ? 1 : 0;
                    complex += largest.isReal() ? 0 : 1;
                    worstPower = Math.max(worstPower, Math.abs(power[b] / expected - 1));
                }
            }
        }
        assertTrue(real >= 5, "real ones among them: " + real);
        assertTrue(complex >= 5, "complex pairs among them: " + complex);
        assertTrue(worstPower > 0.5, "the power method does not know them: " + worstPower);
    }

    @Test
    void allProductsGiveAllEigenvalues() {
        // a rotation by 0.3 with a modulus of 0.8 beside smaller numbers: the basis ends at three
        double[] w = {
            0.8 * Math.cos(0.3),
            -0.8 * Math.sin(0.3),
            0,
            0.8 * Math.sin(0.3),
            0.8 * Math.cos(0.3),
            0,
            0,
            0,
            0.5
        };
        try (Backend backend = Backends.jvm(1)) {
            HostMap map = HostMap.of(backend, 1, 3, TanhLayer.of(3, w, new double[3]));
            assertEquals(0.8, SpectralRadius.prepare(map, map.state(), 30).estimate(1)[0], 1e-5);
            assertEquals(0.8, SpectralRadius.prepare(map, map.state(), 3).estimate(1)[0], 1e-5);
        }
    }

    @Test
    void aBasisThatSpansAllThereIsEnds() {
        double[] w = new double[16];
        w[0] = 0.7;
        w[5] = 0.7;
        w[10] = 0.7;
        w[15] = 0.7;
        try (Backend backend = Backends.jvm(1)) {
            HostMap map = HostMap.of(backend, 1, 4, TanhLayer.of(4, w, new double[4]));
            assertEquals(0.7, SpectralRadius.prepare(map, map.state(), 4).estimate(1)[0], 1e-6);
            HostMap still =
                    HostMap.of(backend, 1, 4, TanhLayer.of(4, new double[16], new double[4]));
            assertEquals(0, SpectralRadius.prepare(still, still.state(), 4).estimate(1)[0]);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> SpectralRadius.prepare(map, map.state(), 0));
        }
    }
}
