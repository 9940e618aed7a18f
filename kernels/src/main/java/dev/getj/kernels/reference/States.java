package dev.getj.kernels.reference;

import static dev.getj.kernels.reference.DoubleBuffer.get;
import static dev.getj.kernels.reference.DoubleBuffer.set;

import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.HostInts;
import dev.getj.kernels.tensor.Tensor;

/** {@link StateOp}. */
final class States {
    private States() {}

    static void compute(StateOp operation) {
        switch (operation) {
            case StateOp.Fill(float value, var y) -> {
                for (int i = 0; i < y.size(); i++) {
                    set(y, i, value);
                }
            }
            case StateOp.FillColumns(float value, var y, int column, int count) -> {
                for (int row = 0; row < y.rows(); row++) {
                    for (int i = 0; i < count; i++) {
                        set(y, row * y.dim(-1) + column + i, value);
                    }
                }
            }
            case StateOp.Copy(var x, var y) -> copy(x, y);
            case StateOp.Cast(var x, var y) -> copy(x, y);
            case StateOp.Add(var x, var y) -> mix(1, x, 1, y);
            case StateOp.Mix(float a, var x, float b, var y) -> mix(a, x, b, y);
            case StateOp.Normal(var key, var y) -> Normal.fill(HostInts.of(key), y);
            case StateOp.ResidualNorms(var next, var previous, var norms) ->
                    residualNorms(next, previous, norms);
            case StateOp.Select(var chosen, var from, var to) -> {
                int[] selected = HostInts.of(chosen);
                int length = from.size() / from.dim(0);
                for (int i = 0; i < from.size(); i++) {
                    if (selected[i / length] != 0) {
                        set(to, i, get(from, i));
                    }
                }
            }
            case StateOp.KeepBest op -> keepBest(op);
            case StateOp.Advance op -> {
                compute(op.measure());
                compute(op.keep());
                compute(op.move());
            }
            case StateOp.InnerProducts(var history, var x, var dots) ->
                    innerProducts(history, x, dots);
            case StateOp.Combine(var coefficients, var history, float beta, var y) ->
                    combine(coefficients, history, beta, y);
        }
    }

    // rounded to the type of y
    private static void copy(Tensor x, Tensor y) {
        for (int i = 0; i < y.size(); i++) {
            set(y, i, get(x, i));
        }
    }

    static void mix(float a, Tensor x, float b, Tensor y) {
        for (int i = 0; i < y.size(); i++) {
            set(y, i, a * get(x, i) + b * get(y, i));
        }
    }

    private static void residualNorms(Tensor next, Tensor previous, Tensor norms) {
        int length = next.size() / next.dim(0);
        for (int b = 0; b < next.dim(0); b++) {
            double residual = 0;
            double norm = 0;
            for (int i = b * length; i < (b + 1) * length; i++) {
                double difference = get(next, i) - get(previous, i);
                residual += difference * difference;
                norm += get(next, i) * get(next, i);
            }
            set(norms, 2 * b, Math.sqrt(residual));
            set(norms, 2 * b + 1, Math.sqrt(norm));
        }
    }

    private static void keepBest(StateOp.KeepBest op) {
        int length = op.candidate().size() / op.candidate().dim(0);
        for (int b = 0; b < op.candidate().dim(0); b++) {
            double residual = get(op.norms(), 2 * b);
            if (op.relative()) {
                residual /= get(op.norms(), 2 * b + 1) + StateOp.RESIDUAL_EPSILON;
            }
            if (residual < get(op.lowest(), b)) {
                set(op.lowest(), b, residual);
                for (int i = b * length; i < (b + 1) * length; i++) {
                    set(op.best(), i, get(op.candidate(), i));
                }
            }
        }
    }

    private static void innerProducts(Tensor history, Tensor x, Tensor dots) {
        int states = history.dim(0);
        int length = x.size() / x.dim(0);
        for (int i = 0; i < dots.size(); i++) {
            int at = i / states * length;
            double sum = 0;
            for (int e = at; e < at + length; e++) {
                sum += get(history, i % states * x.size() + e) * get(x, e);
            }
            set(dots, i, sum);
        }
    }

    private static void combine(Tensor coefficients, Tensor history, float beta, Tensor y) {
        int states = history.dim(0);
        int length = y.size() / y.dim(0);
        for (int i = 0; i < y.size(); i++) {
            double sum = beta == 0 ? 0 : beta * get(y, i);
            for (int j = 0; j < states; j++) {
                double coefficient = get(coefficients, i / length * states + j);
                if (coefficient != 0) {
                    sum += coefficient * get(history, j * y.size() + i);
                }
            }
            set(y, i, sum);
        }
    }
}
