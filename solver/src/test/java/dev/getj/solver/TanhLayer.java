package dev.getj.solver;

import java.util.Arrays;

/**
 * {@code f(z) = tanh(z Wᵀ + x)}.
 *
 * @param w [D, D]
 * @param x [B, D]
 * @param dW accumulated, likewise {@code dX}
 */
record TanhLayer(int width, double[] w, double[] x, double[] dW, double[] dX)
        implements HostFunction {
    static TanhLayer of(int width, double[] w, double[] x) {
        return new TanhLayer(width, w, x, new double[w.length], new double[x.length]);
    }

    void clearGradients() {
        Arrays.fill(dW, 0);
        Arrays.fill(dX, 0);
    }

    @Override
    public void value(int b, double[] z, double[] next) {
        for (int i = 0; i < width; i++) {
            double sum = x[b * width + i];
            for (int j = 0; j < width; j++) {
                sum += w[i * width + j] * z[j];
            }
            next[i] = Math.tanh(sum);
        }
    }

    @Override
    public void pullBack(int b, double[] z, double[] next, double[] v, double[] product) {
        for (int i = 0; i < width; i++) {
            double d = v[i] * (1 - next[i] * next[i]);
            for (int j = 0; j < width; j++) {
                product[j] += d * w[i * width + j];
            }
        }
    }

    @Override
    public void accumulate(int b, double[] z, double[] next, double[] v) {
        for (int i = 0; i < width; i++) {
            double d = v[i] * (1 - next[i] * next[i]);
            dX[b * width + i] += d;
            for (int j = 0; j < width; j++) {
                dW[i * width + j] += d * z[j];
            }
        }
    }
}
