package example;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.Anderson;
import dev.getj.solver.Equilibrium;
import dev.getj.solver.HostMap;
import dev.getj.solver.Parameter;
import dev.getj.solver.Solver;

import java.util.Arrays;

/** Solves z = tanh(z Wᵀ + x) for three x at once; then the gradient of L = ½‖z‖². */
public class TanhEquilibrium {
    public static void main(String[] args) {
        Parameter w = Parameter.of(2, 2, 0.5, -0.4, 0.3, 0.6);
        Parameter x = Parameter.of(3, 2, 1, 0, -0.5, 0.2, 0, 2);

        try (Backend backend = Backends.jvm(2)) {
            HostMap map = HostMap.of(backend, 3, 2, (b, z) -> z.linear(w).plus(x.row(b)).tanh());
            Solver solver = Anderson.fast(40, 1e-6);

            Solver.Solve solve = solver.prepare(map);
            int evaluations = solve.run().evaluations();
            float[] solution = solve.best().get(); // [3, 2], row-major
            System.out.println("z = " + Arrays.toString(solution));
            System.out.println("after " + evaluations + " evaluations");

            Equilibrium layer = Equilibrium.implicit(map, solver, solver);
            layer.forward();
            Tensor z = layer.states().getLast();
            layer.cotangents().getLast().set(z.get()); // ∂L/∂z = z
            layer.backward();
            System.out.println("dW = " + Arrays.toString(w.gradient()));
            System.out.println("dx = " + Arrays.toString(x.gradient()));
        }
    }
}
