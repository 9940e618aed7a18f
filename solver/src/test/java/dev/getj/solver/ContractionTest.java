package dev.getj.solver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Random;

/** How many evaluations each solver needs where plain iteration is slow. */
class ContractionTest {
    private static final int SAMPLES = 4;
    private static final int WIDTH = 50;
    private static final double RADIUS = 0.95;
    private static final double TOLERANCE = 1e-4;

    /** Another machine's tanh may differ in the last place, and with it when a solve stops. */
    private static final int ROUNDING = 3;

    /**
     * {@code z = tanh(z Wᵀ + x)} with ρ(W) = 0.95 and an x so small that tanh hardly bends: ρ(J) is
     * that of W. The counts are those of docs/solver.md.
     */
    @ParameterizedTest
    @CsvSource({"0, 111, 137, 46, 35", "1, 94, 310, 37, 31", "2, 117, 68, 26, 24"})
    void andersonAndBroydenNeedFewerEvaluationsThanPlainIteration(
            int seed, int plain, int torch, int anderson, int broyden) {
        Random random = new Random(seed);
        double[] weight = new double[WIDTH * WIDTH];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = random.nextGaussian();
        }
        double radius = radius(weight);
        for (int i = 0; i < weight.length; i++) {
            weight[i] *= RADIUS / radius;
        }
        double[] x = random.doubles(SAMPLES * WIDTH, -0.01, 0.01).toArray();
        try (Backend backend = Backends.jvm(2)) {
            HostMap map = HostMap.of(backend, SAMPLES, WIDTH, TanhLayer.of(WIDTH, weight, x));
            Solver iteration = new FixedPointIteration(1000, TOLERANCE, StopMeasure.ABSOLUTE, 1);
            expect(plain, map, iteration);
            expect(torch, map, Anderson.of(1000, TOLERANCE));
            expect(anderson, map, Anderson.fast(1000, TOLERANCE));
            expect(broyden, map, Broyden.of(1000, TOLERANCE));
            assertTrue(anderson + ROUNDING < plain - ROUNDING);
            assertTrue(broyden + ROUNDING < plain - ROUNDING);
        }
    }

    private static double radius(double[] matrix) {
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(WIDTH, false);
        assertTrue(eigen.decompose(DMatrixRMaj.wrap(WIDTH, WIDTH, matrix.clone())));
        double radius = 0;
        for (int i = 0; i < WIDTH; i++) {
            radius = Math.max(radius, eigen.getEigenvalue(i).getMagnitude());
        }
        return radius;
    }

    private static void expect(int evaluations, HostMap map, Solver solver) {
        assertEquals(evaluations, evaluations(map, solver), ROUNDING, solver.toString());
    }

    private static int evaluations(HostMap map, Solver solver) {
        Doubles.set(map.state(), new double[SAMPLES * WIDTH]);
        Statistics statistics = solver.prepare(map).run();
        for (double lowest : statistics.absoluteLowest()) {
            assertTrue(lowest < TOLERANCE, solver + " only reached " + lowest);
        }
        return statistics.evaluations();
    }
}
