package example;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Backends;
import dev.getj.solver.Anderson;
import dev.getj.solver.HostMap;
import dev.getj.solver.Solver;
import dev.getj.solver.Statistics;

import java.util.Arrays;

/** Solves z = tanh(z Wᵀ + x) for three x at once. */
public class TanhEquilibrium {
    public static void main(String[] args) {
        double[][] w = {{0.5, -0.4}, {0.3, 0.6}};
        double[][] x = {{1, 0}, {-0.5, 0.2}, {0, 2}};

        try (Backend backend = Backends.jvm(2)) {
            HostMap map =
                    HostMap.of(
                            backend,
                            3, // problems
                            2, // numbers in z
                            (b, z, next) -> {
                                for (int i = 0; i < 2; i++) {
                                    double sum = x[b][i] + w[i][0] * z[0] + w[i][1] * z[1];
                                    next[i] = Math.tanh(sum);
                                }
                            });
            Solver.Solve solve = Anderson.fast(40, 1e-5).prepare(map);
            Statistics statistics = solve.run();

            float[] z = solve.best().get(); // [3, 2], row-major
            System.out.println("z = " + Arrays.toString(z));
            System.out.println("after " + statistics.evaluations() + " evaluations");
        }
    }
}
