package dev.getj.eval;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The squared Fréchet (2-Wasserstein) distance between two Gaussians (Dowson and Landau 1982; as a
 * measure of image quality, Heusel et al. 2017): {@code |μ₁ − μ₂|² + tr C₁ + tr C₂ − 2 tr (C₁^½ C₂
 * C₁^½)^½}.
 *
 * <p>The last trace is the sum of the singular values of {@code F₂ᵀF₁} for any factors {@code C =
 * FFᵀ}, here {@code V √λ}. The usual way, the square root of the product {@code C₁C₂}, takes roots
 * of tiny eigenvalues that rounding has made negative or complex; here only the symmetric
 * covariances are decomposed, and singular values need no root.
 */
public final class FrechetDistance {
    private FrechetDistance() {}

    /**
     * Distance between the Gaussians with these moments; see {@link #between(double[], double[],
     * double[], double[])}.
     */
    public static double between(Moments a, Moments b) {
        return between(a.mean(), a.covariance(), b.mean(), b.covariance());
    }

    /**
     * Distance between two Gaussians.
     *
     * @param meanA [F], as {@code meanB}
     * @param covarianceA symmetric positive semi-definite, row-major [F, F], as is {@code
     *     covarianceB}; may be singular
     * @return at least 0
     * @throws IllegalArgumentException if the sizes differ or a value is not finite
     */
    public static double between(
            double[] meanA, double[] covarianceA, double[] meanB, double[] covarianceB) {
        int n = meanA.length;
        if (meanB.length != n || covarianceA.length != n * n || covarianceB.length != n * n) {
            throw new IllegalArgumentException(
                    "moments of different sizes: means of %s and %s, covariances of %s and %s"
                            .formatted(n, meanB.length, covarianceA.length, covarianceB.length));
        }
        double distance = 0;
        for (int i = 0; i < n; i++) {
            distance +=
                    (meanA[i] - meanB[i]) * (meanA[i] - meanB[i])
                            + covarianceA[i * n + i]
                            + covarianceB[i * n + i];
        }
        requireFinite(meanA, covarianceA, meanB, covarianceB);
        DMatrixRMaj product = new DMatrixRMaj(n, n);
        CommonOps_DDRM.multTransA(factor(covarianceB, n), factor(covarianceA, n), product);
        distance -= 2 * sumOfSingularValues(product);
        return Math.max(0, distance);
    }

    private static void requireFinite(double[]... values) {
        for (double[] array : values) {
            if (!Arrays.stream(array).allMatch(Double::isFinite)) {
                throw new IllegalArgumentException("the moments hold NaN or infinities");
            }
        }
    }

    /** {@code V √λ}; eigenvalues that rounding made negative count as 0. */
    private static DMatrixRMaj factor(double[] covariance, int n) {
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(n, true, true);
        if (!eigen.decompose(new DMatrixRMaj(n, n, true, covariance.clone()))) {
            throw new IllegalArgumentException("a covariance has no eigenvalue decomposition");
        }
        DMatrixRMaj factor = new DMatrixRMaj(n, n);
        for (int j = 0; j < n; j++) {
            double root = Math.sqrt(Math.max(0, eigen.getEigenvalue(j).getReal()));
            DMatrixRMaj vector = eigen.getEigenVector(j);
            for (int i = 0; i < n; i++) {
                factor.set(i, j, vector.get(i) * root);
            }
        }
        return factor;
    }

    private static double sumOfSingularValues(DMatrixRMaj matrix) {
        var svd = DecompositionFactory_DDRM.svd(matrix.numRows, matrix.numCols, false, false, true);
        if (!svd.decompose(matrix)) {
            throw new IllegalArgumentException(
                    "the product of the covariances has no singular values");
        }
        double[] values = svd.getSingularValues();
        return IntStream.range(0, svd.numberOfSingularValues()).mapToDouble(i -> values[i]).sum();
    }
}
