package example;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Backends;
import dev.getj.kernels.Tensor;
import dev.getj.solver.Anderson;
import dev.getj.solver.Equilibrium;
import dev.getj.solver.HostFunction;
import dev.getj.solver.HostMap;

import java.util.Arrays;

/** The gradient of L = ½‖z‖², z = tanh(z Wᵀ + x), with respect to W and x. */
public class TanhGradient {
    /** f and what it needs to be differentiated, one sample at a time. */
    record Tanh(double[][] w, double[][] x, double[][] dW, double[][] dX) implements HostFunction {
        @Override
        public void value(int b, double[] z, double[] next) {
            for (int i = 0; i < next.length; i++) {
                double sum = x[b][i];
                for (int j = 0; j < z.length; j++) {
                    sum += w[i][j] * z[j];
                }
                next[i] = Math.tanh(sum);
            }
        }

        // product = vᵀ ∂f/∂z
        @Override
        public void pullBack(int b, double[] z, double[] next, double[] v, double[] product) {
            for (int i = 0; i < next.length; i++) {
                double d = v[i] * (1 - next[i] * next[i]);
                for (int j = 0; j < z.length; j++) {
                    product[j] += d * w[i][j];
                }
            }
        }

        // dW += vᵀ ∂f/∂W, dX += vᵀ ∂f/∂x
        @Override
        public void accumulate(int b, double[] z, double[] next, double[] v) {
            for (int i = 0; i < next.length; i++) {
                double d = v[i] * (1 - next[i] * next[i]);
                dX[b][i] += d;
                for (int j = 0; j < z.length; j++) {
                    dW[i][j] += d * z[j];
                }
            }
        }
    }

    public static void main(String[] args) {
        double[][] w = {{0.5, -0.4}, {0.3, 0.6}};
        double[][] x = {{1, 0}, {-0.5, 0.2}, {0, 2}};
        Tanh tanh = new Tanh(w, x, new double[2][2], new double[3][2]);

        try (Backend backend = Backends.jvm(2)) {
            HostMap map = HostMap.of(backend, 3, 2, tanh);
            Equilibrium layer =
                    Equilibrium.implicit(map, Anderson.fast(40, 1e-6), Anderson.fast(40, 1e-6));
            layer.forward();
            Tensor z = layer.states().getLast();
            layer.cotangents().getLast().set(z.get()); // ∂L/∂z = z
            layer.backward();

            System.out.println("z = " + Arrays.toString(z.get()));
            System.out.println("dW = " + Arrays.deepToString(tanh.dW()));
            System.out.println("dx = " + Arrays.deepToString(tanh.dX()));
        }
    }
}
