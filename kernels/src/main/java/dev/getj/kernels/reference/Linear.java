package dev.getj.kernels.reference;

import static dev.getj.kernels.reference.DoubleBuffer.add;
import static dev.getj.kernels.reference.DoubleBuffer.get;
import static dev.getj.kernels.reference.DoubleBuffer.set;

import dev.getj.kernels.op.MatMulOp;
import dev.getj.kernels.tensor.Tensor;

import java.util.Arrays;

/** {@link MatMulOp}: the linear layer and its gradients, three loops each. */
final class Linear {
    private Linear() {}

    static void compute(MatMulOp operation) {
        switch (operation) {
            case MatMulOp.Linear(var x, var weight, var bias, var y) ->
                    store(forward(x, weight, bias.orElse(null)), y);
            case MatMulOp.LinearGelu(var x, var weight, var bias, var pre, var y) -> {
                double[] sums = forward(x, weight, bias.orElse(null));
                pre.ifPresent(it -> store(sums, it));
                Arrays.setAll(sums, i -> Gelu.value(sums[i]));
                store(sums, y);
            }
            case MatMulOp.LinearResidual(var x, var weight, var bias, var residual, var y) -> {
                double[] sums = forward(x, weight, bias.orElse(null));
                double[] kept = values(residual);
                Arrays.setAll(sums, i -> sums[i] + kept[i % kept.length]);
                store(sums, y);
            }
            case MatMulOp.LinearInjected op -> {
                double[] sums = forward(op.x(), op.weight(), op.bias().orElse(null));
                inject(sums, op);
                store(sums, op.y());
            }
            case MatMulOp.LinearBackwardInput(var dY, var weight, var dX) ->
                    store(backwardInput(dY, weight), dX);
            case MatMulOp.LinearGeluBackwardInput(var dY, var weight, var pre, var dPre) -> {
                double[] kept = values(pre);
                double[] sums = backwardInput(dY, weight);
                Arrays.setAll(sums, i -> sums[i] * Gelu.derivative(kept[i]));
                store(sums, dPre);
            }
            case MatMulOp.LinearBackwardWeight(var dY, var x, var dWeight, var dBias) ->
                    backwardWeight(dY, x, dWeight, dBias.orElse(null));
            case MatMulOp.InjectionBackward(var dY, var dInjection, int column, var dCondition) ->
                    injectBackward(dY, dInjection.orElse(null), column, dCondition.orElse(null));
        }
    }

    // an operand that may be the result as well
    private static double[] values(Tensor tensor) {
        double[] values = new double[tensor.size()];
        Arrays.setAll(values, i -> get(tensor, i));
        return values;
    }

    // rounded to y's type only here
    private static void store(double[] sums, Tensor y) {
        for (int i = 0; i < sums.length; i++) {
            set(y, i, sums[i]);
        }
    }

    // x [R, I], weight [O, I], bias [O]: [R, O]
    private static double[] forward(Tensor x, Tensor weight, Tensor bias) {
        int inputs = weight.dim(1);
        int outputs = weight.dim(0);
        double[] sums = new double[x.rows() * outputs];
        for (int r = 0; r < x.rows(); r++) {
            for (int o = 0; o < outputs; o++) {
                double sum = bias == null ? 0 : get(bias, o);
                for (int i = 0; i < inputs; i++) {
                    sum += get(x, r * inputs + i) * get(weight, o * inputs + i);
                }
                sums[r * outputs + o] = sum;
            }
        }
        return sums;
    }

    // sums [R, O], injection [R, J], condition [B, O]
    private static void inject(double[] sums, MatMulOp.LinearInjected op) {
        int outputs = op.y().dim(-1);
        int rows = op.y().rows();
        Tensor injection = op.injection().orElse(null);
        Tensor condition = op.condition().orElse(null);
        for (int r = 0; r < rows; r++) {
            for (int o = 0; o < outputs; o++) {
                if (injection != null) {
                    int at = r * injection.dim(-1) + op.column() + o;
                    sums[r * outputs + o] += get(injection, at);
                }
                if (condition != null) {
                    int sample = r / (rows / condition.rows());
                    sums[r * outputs + o] += get(condition, sample * outputs + o);
                }
            }
        }
    }

    // the transpose of inject
    private static void injectBackward(
            Tensor dY, Tensor dInjection, int column, Tensor dCondition) {
        int outputs = dY.dim(-1);
        for (int r = 0; r < dY.rows(); r++) {
            for (int o = 0; o < outputs; o++) {
                double slope = get(dY, r * outputs + o);
                if (dInjection != null) {
                    add(dInjection, r * dInjection.dim(-1) + column + o, slope);
                }
                if (dCondition != null) {
                    int sample = r / (dY.rows() / dCondition.rows());
                    add(dCondition, sample * outputs + o, slope);
                }
            }
        }
    }

    // dY [R, O], weight [O, I]: [R, I]
    private static double[] backwardInput(Tensor dY, Tensor weight) {
        int inputs = weight.dim(1);
        int outputs = weight.dim(0);
        double[] sums = new double[dY.rows() * inputs];
        for (int r = 0; r < dY.rows(); r++) {
            for (int i = 0; i < inputs; i++) {
                double sum = 0;
                for (int o = 0; o < outputs; o++) {
                    sum += get(dY, r * outputs + o) * get(weight, o * inputs + i);
                }
                sums[r * inputs + i] = sum;
            }
        }
        return sums;
    }

    // dY [R, O], x [R, I], dWeight [O, I], dBias [O]
    private static void backwardWeight(Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
        int inputs = dWeight.dim(1);
        int outputs = dWeight.dim(0);
        for (int r = 0; r < dY.rows(); r++) {
            for (int o = 0; o < outputs; o++) {
                double slope = get(dY, r * outputs + o);
                for (int i = 0; i < inputs; i++) {
                    add(dWeight, o * inputs + i, slope * get(x, r * inputs + i));
                }
                if (dBias != null) {
                    add(dBias, o, slope);
                }
            }
        }
    }
}
