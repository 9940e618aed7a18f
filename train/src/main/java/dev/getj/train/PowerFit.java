package dev.getj.train;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * An average as a sum of others: of the coefficients that sum to 1, those whose sum of weightings is
 * nearest to the wanted one, in the squares over all steps. Weightings are those of steps, not of a continuous time, so an
 * average that is among the others is met exactly; see {@code docs/training.md}.
 *
 * @param coefficients of the averages, in order
 * @param misfit norm of what is left, relative to the wanted weighting
 */
record PowerFit(double[] coefficients, double misfit) {
    /** An average of a profile after a step. */
    record Average(PowerProfile profile, long step) {}

    static PowerFit of(List<Average> averages, Average wanted) {
        Products products = new Products(averages, wanted);
        int n = averages.size();
        double unit = products.of(wanted, wanted);
        // the last row and column: coefficients sum to 1, and what it takes
        DMatrixRMaj matrix = new DMatrixRMaj(n + 1, n + 1);
        DMatrixRMaj right = new DMatrixRMaj(n + 1, 1);
        right.set(n, 0, 1);
        for (int i = 0; i < n; i++) {
            right.set(i, 0, products.of(averages.get(i), wanted) / unit);
            matrix.set(i, n, 1);
            matrix.set(n, i, 1);
            for (int j = 0; j < n; j++) {
                matrix.set(i, j, products.of(averages.get(i), averages.get(j)) / unit);
            }
        }
        DMatrixRMaj solution = new DMatrixRMaj(n + 1, 1);
        // after step 1 all averages are the same
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.pseudoInverse(true);
        solver.setA(matrix.copy());
        solver.solve(right.copy(), solution);
        double[] coefficients = Arrays.copyOf(solution.getData(), n);
        double left = 1;
        for (int i = 0; i < n; i++) {
            left -= 2 * coefficients[i] * right.get(i, 0);
            for (int j = 0; j < n; j++) {
                left += coefficients[i] * coefficients[j] * matrix.get(i, j);
            }
        }
        return new PowerFit(coefficients, Math.sqrt(Math.max(0, left)));
    }

    /**
     * Inner products of weightings, {@code Σ_s p(s) q(s)} over the steps that both have. With {@code
     * p(s) = (T/t)^(γ+1) d(s)}, {@code d(s) = (s/T)^(γ+1) − ((s−1)/T)^(γ+1)} and T the last step of
     * all, sums of d are the same for all averages of two profiles and taken once.
     */
    private static final class Products {
        private final double last;
        private final List<Double> exponents;
        private final long[] steps;
        private final TreeMap<Long, double[][]> sums = new TreeMap<>();

        Products(List<Average> averages, Average wanted) {
            List<Average> all = new ArrayList<>(averages);
            all.add(wanted);
            exponents = all.stream().map(each -> each.profile.exponent() + 1).distinct().toList();
            steps = all.stream().mapToLong(Average::step).sorted().distinct().toArray();
            last = steps[steps.length - 1];
            int kinds = exponents.size();
            double[][] sum = new double[kinds][kinds];
            double[] before = new double[kinds];
            double[] part = new double[kinds];
            int next = 0;
            for (long s = 1; s <= (long) last; s++) {
                for (int a = 0; a < kinds; a++) {
                    double now = Math.pow(s / last, exponents.get(a));
                    part[a] = now - before[a];
                    before[a] = now;
                }
                for (int a = 0; a < kinds; a++) {
                    for (int b = 0; b < kinds; b++) {
                        sum[a][b] += part[a] * part[b];
                    }
                }
                if (steps[next] == s) {
                    sums.put(s, Arrays.stream(sum).map(double[]::clone).toArray(double[][]::new));
                    next++;
                }
            }
        }

        double of(Average p, Average q) {
            double a = p.profile.exponent() + 1;
            double b = q.profile.exponent() + 1;
            return sums.get(Math.min(p.step, q.step))[exponents.indexOf(a)][exponents.indexOf(b)]
                    * Math.pow(last / p.step, a)
                    * Math.pow(last / q.step, b);
        }
    }
}
