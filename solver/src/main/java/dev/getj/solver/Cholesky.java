package dev.getj.solver;

/**
 * Linear systems whose matrix is symmetric, positive definite and small, by the decomposition
 * {@code A = L Lᵀ} (Golub and Van Loan, Matrix Computations, section 4.2).
 */
final class Cholesky {
    private Cholesky() {}

    /**
     * Replaces {@code b} by the solution x of {@code A x = b}.
     *
     * @param a [n][n], of which the lower triangle is read, and overwritten by L
     * @param b [n]
     * @return false if A is not positive definite; then {@code b} is unchanged
     */
    static boolean solve(double[][] a, double[] b) {
        if (!decompose(a)) {
            return false;
        }
        int n = b.length;
        for (int i = 0; i < n; i++) { // L y = b
            double sum = b[i];
            for (int k = 0; k < i; k++) {
                sum -= a[i][k] * b[k];
            }
            b[i] = sum / a[i][i];
        }
        for (int i = n - 1; i >= 0; i--) { // Lᵀ x = y
            double sum = b[i];
            for (int k = i + 1; k < n; k++) {
                sum -= a[k][i] * b[k];
            }
            b[i] = sum / a[i][i];
        }
        return true;
    }

    private static boolean decompose(double[][] a) {
        int n = a.length;
        for (int i = 0; i < n; i++) {
            double pivot = reduced(a, i, i);
            if (pivot <= 0) {
                return false;
            }
            a[i][i] = Math.sqrt(pivot);
            double inverse = 1 / a[i][i];
            for (int j = i + 1; j < n; j++) {
                a[j][i] = reduced(a, j, i) * inverse;
            }
        }
        return true;
    }

    /** Element (j, i) of A less what the columns of L before i contribute to it. */
    private static double reduced(double[][] a, int j, int i) {
        double sum = a[j][i];
        for (int k = 0; k < i; k++) {
            sum -= a[i][k] * a[j][k];
        }
        return sum;
    }
}
