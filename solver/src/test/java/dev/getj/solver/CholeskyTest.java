package dev.getj.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Random;

/**
 * Against EJML, which rounds in the same order: weights of Anderson were computed with it before.
 */
class CholeskyTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 6, 17})
    void theSameBitsAsEjml(int n) {
        Random random = new Random(n);
        int definite = 0;
        for (int round = 0; round < 200; round++) {
            double[][] a = gram(n, round % 4 == 0 ? n - 1 : n + 2, random);
            double[] b = random.doubles(n, -1, 1).toArray();
            LinearSolverDense<DMatrixRMaj> ejml = LinearSolverFactory_DDRM.chol(n);
            DMatrixRMaj expected = new DMatrixRMaj(n, 1, true, b.clone());
            boolean solved = ejml.setA(new DMatrixRMaj(a));
            if (solved) {
                ejml.solve(expected, expected);
                definite++;
            }
            assertEquals(solved, Cholesky.solve(a, b));
            assertArrayEquals(expected.data, b);
        }
        assertTrue(definite >= 100, () -> "too few systems to compare with n = " + n);
    }

    /** V Vᵀ of random V [n, rank]: singular, up to rounding, where rank is below n. */
    private static double[][] gram(int n, int rank, Random random) {
        double[][] v = new double[n][];
        for (int i = 0; i < n; i++) {
            v[i] = random.doubles(rank, -1, 1).toArray();
        }
        double[][] a = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < rank; k++) {
                    a[i][j] += v[i][k] * v[j][k];
                }
            }
        }
        return a;
    }

    @Test
    void onlyTheLowerTriangleIsRead() {
        double[] b = {6, 5};
        assertTrue(Cholesky.solve(new double[][] {{4, Double.NaN}, {2, 3}}, b));
        assertArrayEquals(new double[] {1, 1}, b, 1e-15);
    }

    @Test
    void aMatrixThatIsNotPositiveDefiniteLeavesTheRightHandSide() {
        double[] b = {1, 2};
        assertFalse(Cholesky.solve(new double[][] {{1, 2}, {2, 1}}, b));
        assertFalse(Cholesky.solve(new double[][] {{0, 0}, {0, 0}}, b));
        assertArrayEquals(new double[] {1, 2}, b);
    }
}
